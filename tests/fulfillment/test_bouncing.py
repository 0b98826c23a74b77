"""A mail that came back: said by a person, seen by staff, put right by another mail."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import acts, bouncing
from fulfillment.errors import NotNow
from fulfillment.models import Fulfillment, Mail, MailState, State
from inventory.models import Product
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep

pytestmark = pytest.mark.django_db
TROUBLE = "The latest mail bounced. Correct the address, then send it again."


@pytest.fixture
def sent(itep: PretendItep, called: Product, give_test: Give) -> Fulfillment:
    stock(called, 1)
    one = give_test(called)
    work()
    return fresh(one)


def test_it_needs_a_person_until_another_mail_goes(sent: Fulfillment, by_sam: Actor) -> None:
    came_back = bouncing.it_bounced(mail_id=sent.mails.get().pk, actor=by_sam, reason="550 ana@example.org unknown")
    one = fresh(sent)
    assert (came_back.state, one.state, one.reason) == (MailState.BOUNCED, State.SENT, TROUBLE)
    told = AuditEntry.objects.get(verb="mail.bounced")
    assert (told.user, told.oid, told.reason) == (by_sam.user, one.oid, "550 ana@example.org unknown")
    assert "ana" not in f"{told.detail}{came_back.note}"
    acts.send_again(oid=one.oid, email="ana@example.com", actor=by_sam, reason="")
    work()
    assert (fresh(one).reason, mail.outbox[-1].to, len(mail.outbox)) == ("", ["ana@example.com"], 2)


def test_an_older_mail_that_comes_back_late_changes_nothing_for_the_candidate(sent: Fulfillment, by_sam: Actor) -> None:
    first = sent.mails.get()
    acts.resend(oid=sent.oid, actor=by_sam, reason="")
    work()
    bouncing.it_bounced(mail_id=first.pk, actor=by_sam)
    assert (fresh(sent).reason, Mail.objects.get(pk=first.pk).state) == ("", MailState.BOUNCED)


@pytest.mark.parametrize("state", [MailState.QUEUED, MailState.REFUSED, MailState.WITHHELD, MailState.BOUNCED])
def test_only_what_was_taken_can_come_back(sent: Fulfillment, by_sam: Actor, state: MailState) -> None:
    Mail.objects.update(state=state)
    with pytest.raises(NotNow):
        bouncing.it_bounced(mail_id=sent.mails.get().pk, actor=by_sam)
    assert (Mail.objects.get().state, AuditEntry.objects.filter(verb="mail.bounced").count()) == (state, 0)


def test_staff_say_it_on_the_mail_and_put_it_right_on_the_candidate(sent: Fulfillment, sam_browser: Client) -> None:
    path = f"/candidates/mails/{sent.mails.get().pk}/"
    assert "It bounced" in sam_browser.get(path).content.decode()
    page = sam_browser.post(f"{path}bounced/", {"reason": "unknown user"}, follow=True).content.decode()
    resend = f'href="/candidates/{sent.oid}/resend/"'
    assert (TROUBLE in page, "Bounced" in page, resend in page) == (True, True, True)
    assert TROUBLE in sam_browser.get("/").content.decode()
    again = sam_browser.get(path).content.decode()
    assert ("It bounced</button>" in again, resend in again) == (False, True)
    assert 'name="email"' in sam_browser.get(f"/candidates/{sent.oid}/resend/").content.decode()
    twice = sam_browser.post(f"{path}bounced/", follow=True).content.decode()
    assert "That was said already." in twice
    assert Client().post(f"{path}bounced/").status_code == 302
    assert AuditEntry.objects.filter(verb="mail.bounced").count() == 1

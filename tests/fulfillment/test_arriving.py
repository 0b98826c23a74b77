"""It never reached them: the same ID and link. It reached somebody else: a new link, and a new ID if wished."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import arriving, links
from fulfillment.errors import BadRequest, NotNow
from fulfillment.models import Fulfillment, MailState, State
from inventory.errors import ReasonNeeded
from inventory.models import Delivery, Product, TestID
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep

pytestmark = pytest.mark.django_db
RIGHT = "ana.silva@example.org"


@pytest.fixture
def sent(itep: PretendItep, called: Product, give_test: Give) -> Fulfillment:
    stock(called, 2)
    one = give_test(called)
    work()
    return fresh(one)


@pytest.mark.parametrize("email", ["ana@example.org", RIGHT])
def test_it_never_reached_them(itep: PretendItep, sent: Fulfillment, by_sam: Actor, email: str) -> None:
    arriving.never_reached_them(oid=sent.oid, email=email, actor=by_sam, reason="spam?")
    work()
    one = fresh(sent)
    assert (one.link_token, one.sent_test_id, one.email) == (sent.link_token, "BUSPLUS0001", email)
    assert (mail.outbox[1].to, links.page_url(one) in mail.outbox[1].body) == ([email], True)
    assert (len(itep.asked), len(mail.outbox)) == (1, 2)
    assert AuditEntry.objects.get(verb="fulfillment.never_reached").reason == "spam?"


def test_a_mail_that_has_not_gone_out_goes_to_the_corrected_address_once(
    itep: PretendItep, sent: Fulfillment, by_sam: Actor
) -> None:
    arriving.never_reached_them(oid=sent.oid, email=sent.email, actor=by_sam)
    arriving.never_reached_them(oid=sent.oid, email=RIGHT, actor=by_sam)
    arriving.never_reached_them(oid=sent.oid, email=RIGHT, actor=by_sam)
    work()
    assert [letter.to for letter in mail.outbox] == [["ana@example.org"], [RIGHT]]
    assert list(sent.mails.values_list("state", flat=True)) == [
        MailState.ACCEPTED,
        MailState.WITHHELD,
        MailState.ACCEPTED,
    ]


def test_it_reached_somebody_else(itep: PretendItep, sent: Fulfillment, by_sam: Actor, client: Client) -> None:
    arriving.it_reached_somebody_else(oid=sent.oid, email=RIGHT, actor=by_sam, reason="her namesake wrote")
    work()
    one = fresh(sent)
    assert (one.sent_test_id, one.email, one.link_token == sent.link_token) == ("BUSPLUS0001", RIGHT, False)
    assert client.get(links.page_path(sent)).status_code == 404
    assert client.get(links.page_path(one)).status_code == 200
    assert (mail.outbox[1].to, links.page_url(one) in mail.outbox[1].body) == ([RIGHT], True)
    assert (len(itep.asked), len(mail.outbox)) == (1, 2)
    told = AuditEntry.objects.get(verb="fulfillment.link_revoked")
    assert (told.user, told.reason) == (by_sam.user, "her namesake wrote")


def test_and_the_id_is_replaced_as_well(itep: PretendItep, sent: Fulfillment, by_sam: Actor, client: Client) -> None:
    arriving.it_reached_somebody_else(oid=sent.oid, email=RIGHT, actor=by_sam, reason="wrong Ana", replace=True)
    assert (fresh(sent).state, client.get(links.page_path(sent)).status_code) == (State.CLAIMED, 404)
    work()
    one = fresh(sent)
    assert (one.state, one.sent_test_id) == (State.SENT, "BUSPLUS0002")
    assert [letter.to for letter in mail.outbox] == [["ana@example.org"], [RIGHT]]
    assert "BUSPLUS0001, no longer counts" in mail.outbox[1].body
    assert itep.asked[1]["assigned_to"]["email"] == RIGHT
    assert TestID.objects.get(test_id="BUSPLUS0001").to_clear_since is not None


def test_a_mail_with_the_old_link_that_has_not_gone_out_is_held_back(
    itep: PretendItep, sent: Fulfillment, by_sam: Actor
) -> None:
    arriving.never_reached_them(oid=sent.oid, email=sent.email, actor=by_sam)
    arriving.it_reached_somebody_else(oid=sent.oid, email=RIGHT, actor=by_sam, reason="x")
    work()
    assert [(letter.to, links.page_url(sent) in letter.body) for letter in mail.outbox] == [
        ([sent.email], True),
        ([RIGHT], False),
    ]


@pytest.mark.parametrize(
    ("email", "reason", "error"), [("nowhere", "x", BadRequest), ("", "x", BadRequest), (RIGHT, " ", ReasonNeeded)]
)
@pytest.mark.parametrize("replace", [True, False])
def test_what_is_refused_changes_nothing(
    sent: Fulfillment, by_sam: Actor, email: str, reason: str, error: type[Exception], replace: bool
) -> None:
    with pytest.raises(error):
        arriving.it_reached_somebody_else(oid=sent.oid, email=email, actor=by_sam, reason=reason, replace=replace)
    one = fresh(sent)
    assert (one.link_token, one.email, one.state, one.mails.count()) == (sent.link_token, sent.email, State.SENT, 1)
    assert TestID.objects.get(test_id="BUSPLUS0002").is_available is True


def test_before_anything_was_told_nothing_can_have_arrived(called: Product, give_test: Give, by_sam: Actor) -> None:
    one = give_test(called)
    with pytest.raises(NotNow, match="has not confirmed a test ID yet"):
        arriving.never_reached_them(oid=one.oid, email=RIGHT, actor=by_sam)
    assert fresh(one).email == "ana@example.org"


def test_what_the_asker_hands_out_is_the_askers(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 1)
    one = give_test(called, delivery=Delivery.NONE)
    work()
    with pytest.raises(NotNow, match="whoever asked for it"):
        arriving.it_reached_somebody_else(oid=one.oid, email=RIGHT, actor=by_sam, reason="x")
    assert fresh(one).link_token == one.link_token

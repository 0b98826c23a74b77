"""Acts, each with its rule; where it is refused, nothing changed and nothing was sent."""

from __future__ import annotations

import pytest
from django.core import mail
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import acts, progress
from fulfillment.errors import BadRequest, NotCancellable, NotRepeatable, NotResendable
from fulfillment.models import State
from inventory.models import Delivery, Product, TestID
from outbox.models import Entry
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep

pytestmark = pytest.mark.django_db


def test_a_waiting_one_is_cancelled_at_once(academic: Product, give_test: Give, by_sam: Actor) -> None:
    one = give_test(academic)
    assert acts.cancel(oid=one.oid, actor=by_sam, reason="Not needed").state == State.CANCELLED
    entry = AuditEntry.objects.get(verb="fulfillment.cancel_asked")
    assert (entry.user, entry.reason, entry.detail) == (by_sam.user, "Not needed", {"came_to": "freed"})
    with pytest.raises(NotCancellable):
        acts.cancel(oid=one.oid, actor=by_sam, reason="Again")


def test_one_that_was_told_is_to_be_cleared_at_itep(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 1)
    one = give_test(called)
    work()
    acts.cancel(oid=one.oid, actor=by_sam, reason="Not needed")
    row = TestID.objects.get()
    assert (fresh(one).state, row.to_clear_since is not None, row.is_available) == (State.CANCELLED, True, False)


@pytest.mark.parametrize("status", ["Started", "Finished", "Review", "Completed"])
def test_a_test_that_was_taken_is_not_cancelled_nor_sent_again(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor, status: str
) -> None:
    stock(called, 1)
    one = give_test(called)
    work()
    progress.seen(oid=one.oid, status_raw=status, at=timezone.now(), by="webhook")
    with pytest.raises(NotCancellable):
        acts.cancel(oid=one.oid, actor=by_sam, reason="x")
    with pytest.raises(NotResendable):
        acts.resend(oid=one.oid, actor=by_sam, reason="x")
    assert (fresh(one).state, len(mail.outbox), one.mails.count()) == (State.SENT, 1, 1)


def test_where_itep_sends_our_own_mail_goes_and_never_the_call_again(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 1)
    one = give_test(called, delivery=Delivery.ITEP)
    work()
    acts.resend(oid=one.oid, actor=by_sam, reason="Lost")
    work()
    assert (len(itep.asked), len(mail.outbox), fresh(one).state) == (1, 1, State.SENT)


def test_what_the_asker_hands_out_is_not_sent(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 1)
    one = give_test(called, delivery=Delivery.NONE)
    work()
    with pytest.raises(NotResendable):
        acts.resend(oid=one.oid, actor=by_sam, reason="x")
    assert (fresh(one).state, mail.outbox) == (State.ASSIGNED, [])


def test_two_clicks_are_one_mail(itep: PretendItep, called: Product, give_test: Give, by_sam: Actor) -> None:
    stock(called, 1)
    one = give_test(called)
    work()
    acts.resend(oid=one.oid, actor=by_sam, reason="Lost")
    with pytest.raises(NotResendable):
        acts.resend(oid=one.oid, actor=by_sam, reason="Lost")
    work()
    assert len(mail.outbox) == 2


def test_an_address_that_is_none_is_refused(academic: Product, give_test: Give, by_sam: Actor) -> None:
    one = give_test(academic)
    with pytest.raises(BadRequest):
        acts.send_again(oid=one.oid, email="nowhere", actor=by_sam, reason="")
    assert fresh(one).email == "ana@example.org"


def test_only_a_reserved_one_is_called_again(academic: Product, give_test: Give, by_sam: Actor) -> None:
    one = give_test(academic)
    with pytest.raises(NotRepeatable):
        acts.call_again(oid=one.oid, actor=by_sam)
    assert not Entry.objects.filter(kind="fulfillment.call").exists()

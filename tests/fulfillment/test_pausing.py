"""While all calls are paused: requests are accepted, reserved and queued, mails go on; resumed, calls go in order."""

from __future__ import annotations

import pytest
from django.core import mail

from access.actors import Actor
from fulfillment import acts
from fulfillment.models import State
from inventory import pauses
from inventory.models import Product
from outbox.models import Entry, EntryState
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep

pytestmark = pytest.mark.django_db


def test_requests_are_reserved_and_called_in_order_once_calls_go_on(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 3)
    sent = give_test(called)
    work()
    pauses.pause_all(because="iTEP moves house", actor=by_sam)
    acts.resend(oid=sent.oid, actor=by_sam, reason="Lost")
    held = [give_test(called, allow_duplicate=True) for _ in range(2)]
    work()
    assert (len(itep.asked), len(mail.outbox)) == (1, 2)
    for one in map(fresh, held):
        assert (one.state, one.reason) == (State.CLAIMED, "No calls are made now: iTEP moves house")
    assert not Entry.objects.filter(kind="fulfillment.call", state=EntryState.PENDING).exists()
    pauses.resume_all(actor=by_sam)
    work()
    assert [fresh(one).state for one in held] == [State.SENT] * 2
    assert [asked["test_id"] for asked in itep.asked] == ["BUSPLUS0001", "BUSPLUS0002", "BUSPLUS0003"]


def test_who_waits_for_stock_waits_for_that_and_not_for_the_pause(
    called: Product, give_test: Give, by_sam: Actor
) -> None:
    pauses.pause_all(because="iTEP moves house", actor=by_sam)
    assert give_test(called).reason == "No test ID is available. Requests wait in order."

"""A confirmed ID is given up, and the request goes on with its next; in every state, and with whatever comes late."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django import Settings

from access.models import AuditEntry
from inventory import claims, products
from inventory.claims import Cancelled
from inventory.errors import ClaimMoved, ReasonNeeded
from inventory.models import Claim, ClaimSource, ClaimState, Holding, Product, TestID
from inventory.models.claims import AssignedToRecord
from itep.client import Answer, Outcome
from tests.conftest import stock
from tests.inventory.conftest import Desk, claim_of, held, row_of, told_to_serve
from tests.inventory.test_reconciliation import applied

pytestmark = pytest.mark.django_db
OLD, NEW = "BUSPLUS0001", "BUSPLUS0002"


def replace(desk: Desk, oid: UUID, *, aside: bool = False) -> str:
    return claims.replace(oid=oid, actor=desk.actor, reason="does not open", aside=aside)


def test_the_old_one_is_an_earlier_id_to_be_cleared_and_the_next_is_reserved(desk: Desk) -> None:
    stock(desk.product, 2)
    oid = desk.at(ClaimState.CONFIRMED)
    assert replace(desk, oid) == OLD
    claim, old = claim_of(oid), row_of(OLD)
    assert (claim.state, held(oid), claim.confirmed_at, claim.refused_ids) == ("reserved", NEW, None, 0)
    assert (old.holder_id, old.holding, old.is_available) == (claim.pk, Holding.EARLIER, False)
    assert (old.to_clear_since is not None, old.set_aside_at) == (True, None)
    told = AuditEntry.objects.get(verb="test_id.replaced")
    assert (told.test_id, told.oid, told.reason, told.user) == (OLD, oid, "does not open", desk.actor.user)
    desk.begin(oid)
    desk.answer(oid, Outcome.CONFIRMED)
    assert (claim_of(oid).state, held(oid)) == ("confirmed", NEW)
    assert AssignedToRecord.objects.count() == 2  # what was written before stays ours


def test_without_stock_it_waits_before_those_who_came_later(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = desk.at(ClaimState.CONFIRMED)
    later = desk.open()
    replace(desk, oid)
    assert (claim_of(oid).state, held(oid), told_to_serve()) == ("waiting", "", 2)
    stock(desk.product, 1, first=2)
    assert claims.serve_waiting(product=desk.product, actor=desk.actor) == [oid]
    assert claim_of(later).state == "waiting"


def test_who_came_before_is_not_overtaken(desk: Desk) -> None:
    stock(desk.product, 2)
    first, oid = desk.open(), desk.at(ClaimState.CONFIRMED)
    claims.cancel(oid=first, actor=desk.actor, reason="x")
    Claim.objects.filter(oid=first).update(state=ClaimState.WAITING, ended_at=None)
    replace(desk, oid)
    assert (claim_of(oid).state, row_of(OLD).is_available) == ("waiting", True)


def test_while_the_product_is_paused_it_waits(desk: Desk) -> None:
    stock(desk.product, 2)
    oid = desk.at(ClaimState.CONFIRMED)
    products.pause(product=desk.product, because="its key", actor=desk.actor)
    replace(desk, oid)
    assert (claim_of(oid).state, row_of(NEW).is_available) == ("waiting", True)


@pytest.mark.parametrize(
    "state", [ClaimState.WAITING, ClaimState.RESERVED, ClaimState.CALLING, ClaimState.UNKNOWN, ClaimState.ENDED]
)
def test_only_a_confirmed_id_is_replaced(desk: Desk, state: ClaimState) -> None:
    if state not in (ClaimState.WAITING, ClaimState.ENDED):
        stock(desk.product, 2)
    oid = desk.at(state)
    before, mine = claim_of(oid).revision, held(oid)
    with pytest.raises(ClaimMoved) as refused:
        replace(desk, oid)
    assert refused.value.why == claims.why_not_replace(claim_of(oid)) != ""
    assert (claim_of(oid).revision, claim_of(oid).state, held(oid)) == (before, state, mine)
    assert not AuditEntry.objects.filter(verb="test_id.replaced").exists()


def test_not_while_somebody_has_the_text_in_hand_nor_while_itep_contradicts_us(desk: Desk, hand: Desk) -> None:
    stock(hand.product, 1)
    by_hand = hand.open()
    claims.text_taken(oid=by_hand, text="x", actor=hand.actor)
    assert "in hand" in claims.why_not_replace(claim_of(by_hand))
    stock(desk.product, 2)
    oid = desk.at(ClaimState.CONFIRMED)
    claims.confirm_by_webhook(oid=oid, test_id="OTHER1", at=timezone.now(), source="post 1")
    assert "do not agree" in claims.why_not_replace(claim_of(oid))


def test_it_needs_a_reason(desk: Desk) -> None:
    stock(desk.product, 2)
    oid = desk.at(ClaimState.CONFIRMED)
    with pytest.raises(ReasonNeeded):
        claims.replace(oid=oid, actor=desk.actor, reason=" ")
    assert held(oid) == OLD


def test_a_broken_one_is_kept_out_of_the_stock_for_good(desk: Desk) -> None:
    stock(desk.product, 2)
    oid = desk.at(ClaimState.CONFIRMED)
    replace(desk, oid, aside=True)
    claims.cleared(test_id=OLD, actor=desk.actor)
    claims.release(test_id=OLD, actor=desk.actor, reason="iTEP took it back")
    assert (row_of(OLD).holder, row_of(OLD).is_available) == (None, False)
    claims.take_back(test_id=OLD, actor=desk.actor)
    assert row_of(OLD).is_available is True


def test_a_person_frees_the_old_one_while_its_request_goes_on(desk: Desk) -> None:
    stock(desk.product, 2)
    oid = desk.at(ClaimState.CONFIRMED)
    replace(desk, oid)
    claims.cleared(test_id=OLD, actor=desk.actor)
    assert row_of(OLD).is_available is False
    claims.release(test_id=OLD, actor=desk.actor, reason="nobody saw it")
    assert (row_of(OLD).is_available, held(oid)) == (True, NEW)


def test_the_next_one_is_free_at_once_when_cancelled_though_the_old_one_was_told(desk: Desk) -> None:
    stock(desk.product, 2)
    oid = desk.at(ClaimState.CONFIRMED)
    claims.told(oid=oid)
    replace(desk, oid)
    assert claims.cancel(oid=oid, actor=desk.actor, reason="x") == Cancelled.FREED
    assert (row_of(NEW).is_available, row_of(OLD).is_available) == (True, False)


def test_an_export_that_shows_the_old_text_does_not_bring_it_back(desk: Desk) -> None:
    stock(desk.product, 2)
    oid = desk.at(ClaimState.CONFIRMED)
    replace(desk, oid)
    applied(desk.actor, (OLD, AssignedToRecord.objects.get().text), (NEW, ""))
    assert (claim_of(oid).state, held(oid), row_of(OLD).holding) == ("reserved", NEW, Holding.EARLIER)


@pytest.mark.parametrize("told", [True, False])
def test_an_export_returns_the_old_one_only_if_nobody_knows_it(desk: Desk, told: bool) -> None:
    stock(desk.product, 2)
    oid = desk.at(ClaimState.CONFIRMED)
    if told:
        claims.told(oid=oid)
    replace(desk, oid)
    applied(desk.actor, (OLD, ""), (NEW, ""))
    assert (row_of(OLD).is_available, held(oid)) == (not told, NEW)


@pytest.mark.parametrize("state", [ClaimState.RESERVED, ClaimState.CALLING, ClaimState.UNKNOWN])
def test_a_late_webhook_does_not_bring_the_old_one_back(desk: Desk, state: ClaimState) -> None:
    stock(desk.product, 2)
    oid = desk.at(ClaimState.CONFIRMED)
    replace(desk, oid)
    if state != ClaimState.RESERVED:
        desk.begin(oid)
    if state == ClaimState.UNKNOWN:
        desk.answer(oid, Outcome.UNKNOWN)
    before = claim_of(oid).revision
    found = claims.confirm_by_webhook(oid=oid, test_id=OLD, at=timezone.now(), source="post 1")
    assert (found.conflict, found.reason) == (True, "The request has given this test ID up.")
    assert (claim_of(oid).state, claim_of(oid).revision, held(oid)) == (state, before, NEW)


def test_what_itep_answers_counts_even_if_it_is_the_old_one(desk: Desk) -> None:
    """iTEP may know our OID, and answer with what it gave for it before: its answer wins (DESIGN.md section 6)."""
    stock(desk.product, 2)
    oid = desk.at(ClaimState.CONFIRMED)
    replace(desk, oid)
    desk.begin(oid)
    desk.answer(oid, Outcome.CONFIRMED, test_id=OLD)
    assert (held(oid), row_of(NEW).holding, row_of(OLD).to_clear_since) == (OLD, Holding.EARLIER, None)


def test_an_answer_to_the_call_before_changes_nothing(desk: Desk) -> None:
    stock(desk.product, 2)
    oid = desk.open()
    revision = desk.begin(oid)
    desk.answer(oid, Outcome.CONFIRMED)
    replace(desk, oid)
    late = claims.record_answer(
        oid=oid, revision=revision, answer=Answer(Outcome.CONFIRMED, test_id=OLD), source="call 1"
    )
    assert (late.moved, claim_of(oid).state, held(oid)) == (True, "reserved", NEW)


def test_a_sale_buys_another_one(desk: Desk) -> None:
    Product.objects.update(source="sale")
    desk.product.refresh_from_db()
    oid = desk.open()
    desk.begin(oid)
    desk.answer(oid, Outcome.CONFIRMED, test_id="SOLD1")
    assert replace(desk, oid) == "SOLD1"
    assert (claim_of(oid).state, held(oid), row_of("SOLD1").holding) == ("reserved", "", Holding.EARLIER)
    desk.begin(oid)
    desk.answer(oid, Outcome.CONFIRMED, test_id="SOLD2")
    assert held(oid) == "SOLD2"


def test_where_itep_picks_it_needs_one_that_nobody_waits_for(desk: Desk, settings: Settings) -> None:
    stock(desk.product, 2)
    oid = desk.at(ClaimState.CONFIRMED)
    Claim.objects.update(source=ClaimSource.ITEP_PICKS)
    TestID.objects.filter(test_id=NEW).update(set_aside_at=timezone.now())
    replace(desk, oid)
    assert claim_of(oid).state == "waiting"
    claims.take_back(test_id=NEW, actor=desk.actor)
    assert claims.serve_waiting(product=desk.product, actor=desk.actor) == [oid]
    assert held(oid) == ""


# Another deadline.

DAY = date(2027, 3, 1)


def _with_expiry(desk: Desk, *days: date | None) -> None:
    stock(desk.product, len(days))
    for number, day in enumerate(days, start=1):
        TestID.objects.filter(test_id=f"BUSPLUS{number:04}").update(valid_until=day)


def test_who_waits_takes_one_that_outlives_the_new_deadline(desk: Desk) -> None:
    oid = desk.open()
    assert claims.outlive(oid=oid, day=DAY, actor=desk.actor) == ""
    _with_expiry(desk, DAY - timedelta(1), DAY)
    claims.serve_waiting(product=desk.product, actor=desk.actor)
    assert (held(oid), claim_of(oid).outlive) == (NEW, DAY)


def test_one_merely_reserved_is_exchanged_for_one_that_outlives(desk: Desk) -> None:
    _with_expiry(desk, DAY - timedelta(1), DAY)
    oid = desk.open()
    assert held(oid) == OLD
    assert claims.outlive(oid=oid, day=DAY, actor=desk.actor) == NEW
    assert (claim_of(oid).state, held(oid), row_of(OLD).is_available) == ("reserved", NEW, True)
    assert AuditEntry.objects.get(verb="claim.exchanged").detail == {"next": NEW}


def test_it_keeps_what_it_has_where_none_is_better(desk: Desk) -> None:
    _with_expiry(desk, DAY - timedelta(1), DAY - timedelta(2))
    TestID.objects.filter(test_id=NEW).update(set_aside_at=timezone.now())
    oid = desk.open()
    revision = claim_of(oid).revision
    assert claims.outlive(oid=oid, day=DAY, actor=desk.actor) == ""
    assert (held(oid), claim_of(oid).revision) == (OLD, revision)


@pytest.mark.parametrize("state", [ClaimState.CALLING, ClaimState.UNKNOWN, ClaimState.CONFIRMED])
def test_one_that_was_called_stays(desk: Desk, state: ClaimState) -> None:
    _with_expiry(desk, DAY - timedelta(1), DAY)
    oid = desk.at(state)
    revision = claim_of(oid).revision
    assert claims.outlive(oid=oid, day=DAY, actor=desk.actor) == ""
    assert (held(oid), claim_of(oid).revision, claim_of(oid).outlive) == (OLD, revision, DAY)


def test_one_that_was_put_off_by_itep_stays_as_well(desk: Desk) -> None:
    _with_expiry(desk, DAY - timedelta(1), DAY)
    oid = desk.at(ClaimState.CALLING)
    desk.answer(oid, Outcome.RETRY)
    assert claims.outlive(oid=oid, day=DAY, actor=desk.actor) == ""
    assert held(oid) == OLD

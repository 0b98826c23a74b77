"""A person does what the call would do, or looks what became of one."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from inventory import claims, texts
from inventory.errors import ClaimMoved, TestIdNeeded
from inventory.models import AssignedToRecord, ClaimState, Holding, Source
from tests.conftest import stock
from tests.inventory.conftest import Desk, claim_of, held, row_of, told_to_serve, told_to_settle


def test_a_text_that_was_taken_is_unknown(hand: Desk) -> None:
    stock(hand.product, 1)
    oid = hand.open()
    claims.text_taken(oid=oid, text="for Ana", actor=hand.actor)
    claim = claim_of(oid)
    assert (claim.state, claim.by_hand, claim.was_unknown) == ("unknown", True, False)
    assert claim.call_until == claim.call_began_at
    record = AssignedToRecord.objects.get()
    assert (record.text, record.written_by, record.test_id) == ("for Ana", "person", "ACADPLUS0001")
    assert told_to_settle(oid) == 1


def test_taking_it_again_only_moves_the_time(hand: Desk) -> None:
    stock(hand.product, 1)
    oid = hand.open()
    first = claims.text_taken(oid=oid, text="for Ana", actor=hand.actor)
    again = claims.text_taken(oid=oid, text="for Ana", actor=hand.actor)
    assert again.revision == first.revision
    assert (again.call_until or timezone.now()) > (first.call_until or timezone.now()) - timedelta(microseconds=1)
    assert AssignedToRecord.objects.count() == 1


@pytest.mark.parametrize(
    "state", [ClaimState.WAITING, ClaimState.CALLING, ClaimState.UNKNOWN, ClaimState.CONFIRMED, ClaimState.ENDED]
)
def test_nothing_is_taken_of_what_is_not_reserved(desk: Desk, state: ClaimState) -> None:
    if state != ClaimState.WAITING:
        stock(desk.product, 1)
    oid = desk.at(state)
    before, records = claim_of(oid), AssignedToRecord.objects.count()
    with pytest.raises(ClaimMoved):
        claims.text_taken(oid=oid, text="x", actor=desk.actor)
    assert claim_of(oid).revision == before.revision
    assert AssignedToRecord.objects.count() == records


def test_done_confirms_with_the_person_as_source(hand: Desk) -> None:
    stock(hand.product, 1)
    oid = hand.open()
    claims.text_taken(oid=oid, text="for Ana", actor=hand.actor)
    assert claims.done_at_itep(oid=oid, actor=hand.actor, password="pw").conflict is False
    claim, row = claim_of(oid), row_of("ACADPLUS0001")
    assert claim.state == ClaimState.CONFIRMED
    assert (row.standing, row.said_by, row.assigned_to, row.password) == ("ours", "person", "for Ana", "pw")


def test_done_without_taking_the_text_keeps_what_it_would_have_been(hand: Desk) -> None:
    texts.register(lambda oid: f"text of {oid}")
    stock(hand.product, 1)
    oid = hand.open()
    claims.done_at_itep(oid=oid, actor=hand.actor)
    assert AssignedToRecord.objects.get().text == f"text of {oid}"
    assert claim_of(oid).state == ClaimState.CONFIRMED


def test_done_with_another_id_frees_one_that_was_merely_reserved(hand: Desk) -> None:
    stock(hand.product, 2)
    oid = hand.open()
    claims.done_at_itep(oid=oid, actor=hand.actor, test_id="ACADPLUS0002")
    assert held(oid) == "ACADPLUS0002"
    assert row_of("ACADPLUS0001").is_available is True
    assert told_to_serve() == 1


def test_done_with_another_id_keeps_one_whose_text_was_taken(hand: Desk) -> None:
    stock(hand.product, 2)
    oid = hand.open()
    claims.text_taken(oid=oid, text="for Ana", actor=hand.actor)
    claims.done_at_itep(oid=oid, actor=hand.actor, test_id="ACADPLUS0002")
    assert row_of("ACADPLUS0001").holding == Holding.EARLIER


def test_a_sale_by_hand_needs_its_id(hand: Desk) -> None:
    hand.product.source = Source.SALE
    hand.product.save()
    oid = hand.open()
    with pytest.raises(TestIdNeeded):
        claims.done_at_itep(oid=oid, actor=hand.actor)
    assert claim_of(oid).state == ClaimState.RESERVED
    claims.done_at_itep(oid=oid, actor=hand.actor, test_id="SOLD7")
    assert (held(oid), row_of("SOLD7").said_by) == ("SOLD7", "person")


def test_not_done_is_reserved_again_with_the_same_id(hand: Desk) -> None:
    stock(hand.product, 2)
    oid = hand.open()
    claims.text_taken(oid=oid, text="for Ana", actor=hand.actor)
    claim = claims.not_done_at_itep(oid=oid, actor=hand.actor)
    assert (claim.state, claim.by_hand, held(oid)) == ("reserved", False, "ACADPLUS0001")
    assert told_to_settle(oid) == 2


def test_a_person_who_looked_settles_an_unknown_call(desk: Desk) -> None:
    stock(desk.product, 2)
    arrived, lost = desk.at(ClaimState.UNKNOWN), desk.at(ClaimState.UNKNOWN)
    claims.done_at_itep(oid=arrived, actor=desk.actor)
    claims.not_done_at_itep(oid=lost, actor=desk.actor)
    assert (claim_of(arrived).state, claim_of(lost).state) == ("confirmed", "reserved")
    desk.begin(lost)
    assert claim_of(lost).was_unknown is False


@pytest.mark.parametrize("state", [ClaimState.WAITING, ClaimState.CALLING, ClaimState.CONFIRMED, ClaimState.ENDED])
def test_where_nothing_is_open_a_person_cannot_settle(desk: Desk, state: ClaimState) -> None:
    if state != ClaimState.WAITING:
        stock(desk.product, 1)
    oid = desk.at(state)
    before = claim_of(oid).revision
    for act in (claims.done_at_itep, claims.not_done_at_itep):
        with pytest.raises(ClaimMoved):
            act(oid=oid, actor=desk.actor)
    assert claim_of(oid).revision == before


def _pending(desk: Desk) -> UUID:
    oid = desk.at(ClaimState.UNKNOWN)
    assert claims.cancel(oid=oid, actor=desk.actor, reason="ill") == "noted"
    return oid


def test_not_done_carries_out_a_pending_cancel(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = _pending(desk)
    assert claims.not_done_at_itep(oid=oid, actor=desk.actor).state == ClaimState.ENDED
    assert row_of("BUSPLUS0001").is_available is True


def test_done_carries_it_out_as_well_and_the_id_is_to_clear(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = _pending(desk)
    claims.done_at_itep(oid=oid, actor=desk.actor)
    row = row_of("BUSPLUS0001")
    assert claim_of(oid).state == ClaimState.ENDED
    assert row.to_clear_since is not None
    assert row.holder_id == claim_of(oid).pk

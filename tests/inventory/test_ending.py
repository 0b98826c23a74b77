"""Cancelling, in every state; and the acts of a person on the ID itself."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from access.models import AuditEntry
from inventory import claims
from inventory.claims import Cancelled, Recorded
from inventory.errors import NotPossible, ReasonNeeded
from inventory.models import Claim, ClaimState, Standing, TestID
from itep.client import Outcome
from tests.conftest import stock
from tests.inventory.conftest import Desk, claim_of, held, row_of, told_to_serve, told_to_settle


def _cancel(desk: Desk, oid: object) -> Cancelled:
    return claims.cancel(oid=oid, actor=desk.actor, reason="no longer needed")  # type: ignore[arg-type]


def test_who_waits_is_let_go(desk: Desk) -> None:
    oid = desk.open()
    assert _cancel(desk, oid) == Cancelled.FREED
    assert claim_of(oid).state == ClaimState.ENDED


def test_what_was_not_called_is_freed_at_once(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = desk.open()
    assert _cancel(desk, oid) == Cancelled.FREED
    assert row_of("BUSPLUS0001").is_available is True
    assert told_to_serve() == 1
    assert AuditEntry.objects.get(verb="claim.cancelled").reason == "no longer needed"


def test_cancelling_twice_changes_nothing(desk: Desk) -> None:
    oid = desk.at(ClaimState.ENDED)
    before = claim_of(oid).revision
    assert _cancel(desk, oid) == Cancelled.ALREADY
    assert claim_of(oid).revision == before


def test_what_is_assigned_is_to_be_cleared_at_itep(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = desk.at(ClaimState.CONFIRMED)
    assert _cancel(desk, oid) == Cancelled.TO_CLEAR
    row = row_of("BUSPLUS0001")
    assert row.to_clear_since is not None
    assert (row.holder_id, row.is_available) == (claim_of(oid).pk, False)


@pytest.mark.parametrize(
    ("outcome", "state", "freed"),
    [
        (Outcome.CONFIRMED, ClaimState.ENDED, False),
        (Outcome.UNAVAILABLE, ClaimState.ENDED, True),
        (Outcome.BAD_KEY, ClaimState.ENDED, True),
        (Outcome.REFUSED, ClaimState.ENDED, True),
        (Outcome.RETRY, ClaimState.ENDED, True),
        (Outcome.UNKNOWN, ClaimState.UNKNOWN, False),
    ],
)
def test_a_cancel_during_a_call_is_carried_out_with_its_outcome(
    desk: Desk, outcome: Outcome, state: ClaimState, freed: bool
) -> None:
    stock(desk.product, 2)
    oid = desk.at(ClaimState.CALLING)
    before = claim_of(oid).revision
    assert _cancel(desk, oid) == Cancelled.NOTED
    assert claim_of(oid).revision == before  # or the call could not record its outcome
    assert _cancel(desk, oid) == Cancelled.NOTED
    assert AuditEntry.objects.filter(verb="cancel.noted").count() == 1
    assert desk.answer(oid, outcome) == Recorded(state)
    assert held(oid) == ("" if freed else "BUSPLUS0001")
    assert told_to_settle(oid) == (0 if state == ClaimState.UNKNOWN else 1)
    assert row_of("BUSPLUS0002").is_available is True


def test_an_id_that_was_told_returns_only_by_a_persons_act_with_a_reason(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = desk.open()
    desk.begin(oid, tells=True)
    desk.answer(oid, Outcome.RETRY)
    assert _cancel(desk, oid) == Cancelled.TO_CLEAR
    claims.cleared(test_id="BUSPLUS0001", actor=desk.actor)
    assert row_of("BUSPLUS0001").is_available is False
    with pytest.raises(ReasonNeeded):
        claims.release(test_id="BUSPLUS0001", actor=desk.actor, reason="  ")
    claims.release(test_id="BUSPLUS0001", actor=desk.actor, reason="never sent, says iTEP")
    assert row_of("BUSPLUS0001").is_available is True
    assert AuditEntry.objects.get(verb="test_id.released").reason == "never sent, says iTEP"


def test_told_is_kept_once_and_is_no_transition(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = desk.at(ClaimState.CONFIRMED)
    claims.told(oid=oid)
    first = claim_of(oid)
    claims.told(oid=oid)
    assert (claim_of(oid).told_at, claim_of(oid).revision) == (first.told_at, 2)


def test_a_release_alone_makes_nothing_available(desk: Desk) -> None:
    stock(desk.product, 1)
    _cancel(desk, desk.at(ClaimState.CONFIRMED))
    claims.release(test_id="BUSPLUS0001", actor=desk.actor, reason="a mistake")
    row = row_of("BUSPLUS0001")
    assert (row.holder, row.standing, row.is_available) == (None, Standing.OURS, False)
    assert row.to_clear_since is not None
    assert told_to_serve() == 0
    claims.cleared(test_id="BUSPLUS0001", actor=desk.actor)
    assert row_of("BUSPLUS0001").is_available is True


def test_clearing_frees_what_was_never_told(desk: Desk) -> None:
    stock(desk.product, 1)
    _cancel(desk, desk.at(ClaimState.CONFIRMED))
    claims.cleared(test_id="BUSPLUS0001", actor=desk.actor)
    row = row_of("BUSPLUS0001")
    assert (row.is_available, row.assigned_to, row.said_by, row.to_clear_since) == (True, "", "person", None)
    with pytest.raises(NotPossible):
        claims.cleared(test_id="BUSPLUS0001", actor=desk.actor)


@pytest.mark.parametrize("state", [ClaimState.RESERVED, ClaimState.CALLING, ClaimState.UNKNOWN, ClaimState.CONFIRMED])
def test_what_a_live_request_holds_is_neither_released_nor_set_aside(desk: Desk, state: ClaimState) -> None:
    stock(desk.product, 1)
    oid = desk.at(state)
    for act in (claims.release, claims.set_aside):
        with pytest.raises(NotPossible):
            act(test_id="BUSPLUS0001", actor=desk.actor, reason="because")
    row = row_of("BUSPLUS0001")
    assert (row.holder_id, row.set_aside_at) == (claim_of(oid).pk, None)


def test_an_earlier_id_of_a_live_request_can_be_released(desk: Desk) -> None:
    stock(desk.product, 2)
    oid = desk.at(ClaimState.CALLING)
    desk.answer(oid, Outcome.CONFIRMED, test_id="BUSPLUS0002")
    claims.release(test_id="BUSPLUS0001", actor=desk.actor, reason="looked: it is free")
    assert row_of("BUSPLUS0001").is_available is True
    assert held(oid) == "BUSPLUS0002"


def test_what_nobody_holds_is_not_released(desk: Desk) -> None:
    stock(desk.product, 1)
    with pytest.raises(NotPossible):
        claims.release(test_id="BUSPLUS0001", actor=desk.actor, reason="because")


def test_set_aside_and_taken_back(desk: Desk) -> None:
    stock(desk.product, 1)
    claims.set_aside(test_id="BUSPLUS0001", actor=desk.actor, reason="for the fair")
    assert TestID.objects.available().count() == 0
    oid = desk.open()
    claims.take_back(test_id="BUSPLUS0001", actor=desk.actor)
    assert claims.serve_waiting(product=desk.product, actor=desk.actor) == [oid]


def test_a_webhook_confirms_as_an_answer_would(desk: Desk) -> None:
    stock(desk.product, 2)
    for state in (ClaimState.RESERVED, ClaimState.UNKNOWN):
        oid = desk.at(state)
        mine = held(oid)
        assert claims.confirm_by_webhook(oid=oid, test_id=mine, at=timezone.now(), source="post 1").conflict is False
        assert claim_of(oid).state == ClaimState.CONFIRMED
        assert told_to_settle(oid) == 1


def test_a_webhook_gives_one_who_waits_its_id(desk: Desk) -> None:
    oid = desk.open()
    claims.confirm_by_webhook(oid=oid, test_id="NEW1", at=timezone.now(), source="post 1")
    assert (held(oid), row_of("NEW1").said_by) == ("NEW1", "webhook")


def test_a_webhook_with_another_id_than_the_confirmed_one_is_for_quarantine(desk: Desk) -> None:
    stock(desk.product, 2)
    oid = desk.at(ClaimState.CONFIRMED)
    found = claims.confirm_by_webhook(oid=oid, test_id="BUSPLUS0002", at=timezone.now(), source="post 1")
    assert (found.conflict, found.reason) == (True, "The request is confirmed with another test ID.")
    assert held(oid) == "BUSPLUS0001"
    assert row_of("BUSPLUS0002").is_available is False  # whoever has it, it is not free
    again = claims.confirm_by_webhook(oid=oid, test_id="BUSPLUS0001", at=timezone.now(), source="post 2")
    assert again.conflict is False


@pytest.mark.parametrize("state", [ClaimState.CALLING, ClaimState.UNKNOWN, ClaimState.CONFIRMED])
def test_a_webhook_with_an_id_that_another_may_have_is_for_quarantine(desk: Desk, state: ClaimState) -> None:
    stock(desk.product, 2)
    other, oid = desk.at(state), desk.open()
    taken = held(other)
    assert claims.confirm_by_webhook(oid=oid, test_id=taken, at=timezone.now(), source="post").conflict is True
    assert (claim_of(oid).state, held(oid), held(other)) == ("reserved", "BUSPLUS0002", taken)


def test_a_webhook_after_the_request_ended_takes_the_id_out_of_stock(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = desk.at(ClaimState.UNKNOWN)
    claims.not_done_at_itep(oid=oid, actor=desk.actor)
    _cancel(desk, oid)
    assert row_of("BUSPLUS0001").is_available is True
    found = claims.confirm_by_webhook(oid=oid, test_id="BUSPLUS0001", at=timezone.now(), source="post 1")
    row = row_of("BUSPLUS0001")
    assert found.conflict is True
    assert (row.standing, row.is_available) == ("ours", False)
    assert row.to_clear_since is not None


def test_an_ended_request_that_still_has_the_id_is_no_conflict(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = desk.at(ClaimState.CONFIRMED)
    _cancel(desk, oid)
    later = timezone.now() + timedelta(minutes=1)
    assert claims.confirm_by_webhook(oid=oid, test_id="BUSPLUS0001", at=later, source="post").conflict is False
    assert claim_of(oid).state == ClaimState.ENDED


def test_an_oid_that_is_not_ours_is_said_so(desk: Desk) -> None:
    with pytest.raises(Claim.DoesNotExist):
        claims.confirm_by_webhook(oid=uuid4(), test_id="X", at=timezone.now(), source="post")

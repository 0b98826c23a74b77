"""Every unexplained state that an export can leave, and its repairs: to zero, and explained for the next export.

Each begins with a real export, goes through a repair, mends iTEP as the repair told a person to, and ends with the next
export, which finds nothing to explain.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry
from inventory import claims, mirror, texts, unexplained
from inventory.claims import repairing
from inventory.errors import NotPossible, ReasonNeeded
from inventory.models import Claim, ClaimState, Holding, Product, Standing, TestID
from inventory.repairs import Repair, Then
from itep.client import Outcome
from itep.statuses import Status
from outbox.models import Entry
from tests.conftest import stock
from tests.inventory.conftest import TEXT, Desk, claim_of, held, row_of, told_to_settle
from tests.inventory.test_reconciliation import FIRST, FREE, SECOND, THIRD, applied

pytestmark = pytest.mark.django_db
BEN = '{"name": "Ben Costa", "email": "ben@example.org"}'
LATER, LATEST = timedelta(hours=2), timedelta(hours=3)


@pytest.fixture(autouse=True)
def _stock(called: Product) -> None:
    stock(called, 3)
    texts.register(lambda oid: TEXT % oid)


def seen(test_id: str) -> str:
    found = unexplained.one(test_id)
    assert found is not None
    return found.seen


def allowed(test_id: str) -> set[Repair]:
    found = unexplained.one(test_id)
    assert found is not None
    return set(found.repairable)


def nothing_left(by: Actor, *rows: tuple[str, str] | tuple[str, str, str], later: timedelta = LATER) -> None:
    """Zero now, and the next export, as iTEP stands after the repair, finds no new conflict."""
    assert unexplained.number() == 0
    found = applied(by, *rows, later=later)
    rules = {rule for rule in found.values() if rule.split(".")[0] in ("d",) or rule in CONFLICTS}
    assert rules == set()
    assert unexplained.number() == 0


CONFLICTS = {
    *("c.two_claims", "c.other_holder", "c.another_id", "c.second_id", "c.told_to_another"),
    *("d.in_doubt", "e.unknown", "e.confirmed", "f.confirmed", "i.held"),
}


# Assignment lost: confirmed here, free at iTEP.


@pytest.fixture
def lost(desk: Desk, by_sam: Actor) -> UUID:
    oid = desk.at(ClaimState.CONFIRMED)
    claims.told(oid=oid)
    assert applied(by_sam, *FREE) == {FIRST: "f.confirmed"}
    assert (unexplained.number(), unexplained.test_ids()) == (1, [FIRST])
    assert allowed(FIRST) == {Repair.WRITE_AGAIN, Repair.ACCEPT, Repair.FREE}
    return oid


def test_it_says_of_what_since_when_and_by_which_row(lost: UUID) -> None:
    found = unexplained.one(FIRST)
    assert found is not None
    assert (found.test_id, found.rule, found.oids) == (FIRST, "f.confirmed", (lost,))
    assert found.because == "An export shows its test ID free."
    assert found.source.endswith(", row 2")
    assert found.since is not None


def test_lost_and_written_again_by_a_call(desk: Desk, by_sam: Actor, lost: UUID) -> None:
    before = told_to_settle(lost)
    done = repairing.write_again(test_id=FIRST, actor=by_sam, seen=seen(FIRST))

    assert done.oids == (lost,)
    assert (claim_of(lost).state, held(lost), claim_of(lost).conflict_at) == (ClaimState.RESERVED, FIRST, None)
    assert told_to_settle(lost) == before + 1
    assert row_of(SECOND).is_available  # nothing else is claimed
    desk.begin(lost)
    desk.answer(lost, Outcome.CONFIRMED)
    nothing_left(by_sam, (FIRST, TEXT % lost), *FREE[1:])
    assert claim_of(lost).state == ClaimState.CONFIRMED


def test_written_again_and_refused_it_keeps_its_id_and_asks_a_person(desk: Desk, lost: UUID, by_sam: Actor) -> None:
    repairing.write_again(test_id=FIRST, actor=by_sam)
    desk.begin(lost)
    recorded = desk.answer(lost, Outcome.UNAVAILABLE)

    assert (recorded.gave_up, recorded.took_next) == (True, False)
    assert (claim_of(lost).state, held(lost)) == (ClaimState.RESERVED, FIRST)
    assert row_of(SECOND).is_available


def test_written_again_and_taken_by_somebody_meanwhile_it_takes_no_other_by_itself(lost: UUID, by_sam: Actor) -> None:
    repairing.write_again(test_id=FIRST, actor=by_sam)
    assert applied(by_sam, (FIRST, BEN), *FREE[1:], later=LATER) == {FIRST: "e.reserved"}

    assert (claim_of(lost).state, held(lost)) == (ClaimState.RESERVED, "")
    assert (row_of(FIRST).holding, row_of(SECOND).is_available) == (Holding.EARLIER, True)
    claims.try_again(oid=lost, actor=by_sam)
    assert held(lost) == SECOND


def test_lost_and_given_up_for_the_next(by_sam: Actor, lost: UUID) -> None:
    repairing.accept(test_id=FIRST, actor=by_sam, reason="They gave it to Ben", seen=seen(FIRST))

    assert (claim_of(lost).state, held(lost), claim_of(lost).confirmed_at) == (ClaimState.RESERVED, SECOND, None)
    assert (row_of(FIRST).holding, row_of(FIRST).is_available) == (Holding.EARLIER, False)
    told = AuditEntry.objects.get(verb="difference.accepted")
    assert (told.user, told.reason, told.test_id) == (by_sam.user, "They gave it to Ben", FIRST)
    nothing_left(by_sam, *FREE)
    assert not row_of(FIRST).is_available  # told: only a person frees it


def test_lost_and_given_up_for_good(by_sam: Actor, lost: UUID) -> None:
    repairing.accept(test_id=FIRST, actor=by_sam, reason="not needed", then=Then.CANCEL)

    assert (claim_of(lost).state, row_of(FIRST).to_clear_since) == (ClaimState.ENDED, None)
    assert row_of(SECOND).is_available
    nothing_left(by_sam, *FREE)
    assert not row_of(FIRST).is_available


def test_lost_and_freed_ends_the_request_first(by_sam: Actor, lost: UUID) -> None:
    repairing.free(test_id=FIRST, actor=by_sam, reason="Nobody will use it", seen=seen(FIRST))

    assert claim_of(lost).state == ClaimState.ENDED
    assert row_of(FIRST).is_available
    assert AuditEntry.objects.get(verb="test_id.released").reason == "Nobody will use it"
    nothing_left(by_sam, *FREE)


def test_a_cancelled_request_contradicts_nothing(by_sam: Actor, lost: UUID) -> None:
    claims.cancel(oid=lost, actor=by_sam, reason="no")
    nothing_left(by_sam, *FREE)


# Somebody else's text.


@pytest.mark.parametrize("state", [ClaimState.CONFIRMED, ClaimState.UNKNOWN])
def test_somebody_elses_text_is_joined_to_the_request(desk: Desk, by_sam: Actor, state: ClaimState) -> None:
    oid = desk.at(state)
    assert applied(by_sam, (FIRST, BEN), *FREE[1:]) == {FIRST: f"e.{state}"}
    expected = {Repair.ACCEPT, Repair.JOIN} | ({Repair.WRITE_AGAIN} if state == ClaimState.CONFIRMED else set())
    assert allowed(FIRST) == expected

    repairing.join(test_id=FIRST, oid=oid, actor=by_sam, reason="It is Ben", seen=seen(FIRST))

    assert (claim_of(oid).state, held(oid)) == (ClaimState.CONFIRMED, FIRST)
    record = claim_of(oid).assigned_to_records.last()
    assert record is not None
    assert (record.text, record.written_by) == (BEN, "adopted")
    assert (row_of(FIRST).standing, row_of(FIRST).assigned_to) == (Standing.OURS, BEN)
    nothing_left(by_sam, (FIRST, BEN), *FREE[1:])


@pytest.mark.parametrize("state", [ClaimState.CONFIRMED, ClaimState.UNKNOWN])
@pytest.mark.parametrize("then", list(Then))
def test_somebody_elses_text_is_accepted(desk: Desk, by_sam: Actor, state: ClaimState, then: Then) -> None:
    oid = desk.at(state)
    applied(by_sam, (FIRST, BEN), *FREE[1:])

    repairing.accept(test_id=FIRST, actor=by_sam, reason="They gave it to Ben", then=then)

    now = (claim_of(oid).state, held(oid))
    assert now == ((ClaimState.RESERVED, SECOND) if then == Then.NEXT else (ClaimState.ENDED, FIRST))
    assert (row_of(FIRST).standing, row_of(FIRST).to_clear_since) == (Standing.OUTSIDE, None)
    nothing_left(by_sam, (FIRST, BEN), *FREE[1:])


def test_over_somebody_elses_text_ours_is_written_by_hand_alone(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.CONFIRMED)
    applied(by_sam, (FIRST, BEN), *FREE[1:])

    repairing.write_again(test_id=FIRST, actor=by_sam)

    assert (claim_of(oid).state, claim_of(oid).by_hand, held(oid)) == (ClaimState.UNKNOWN, True, FIRST)
    assert unexplained.number() == 0
    claims.done_at_itep(oid=oid, actor=by_sam)
    nothing_left(by_sam, (FIRST, TEXT % oid), *FREE[1:])


# Ready, though somebody started the test.


def started(test_id: str) -> None:
    mirror.heard_by_webhook(
        test_id=test_id, status=Status.STARTED, status_raw="Started", at=timezone.now(), source="webhook 1"
    )


def test_in_doubt_with_its_own_text_it_is_accepted(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.CONFIRMED)
    started(FIRST)
    assert applied(by_sam, (FIRST, TEXT % oid), *FREE[1:]) == {FIRST: "d.in_doubt"}
    assert allowed(FIRST) == {Repair.ACCEPT}

    done = repairing.accept(test_id=FIRST, actor=by_sam, reason="iTEP reset it", seen=seen(FIRST))

    assert done.ready_again
    assert (claim_of(oid).state, held(oid), row_of(FIRST).progress) == (ClaimState.CONFIRMED, FIRST, "ready")
    nothing_left(by_sam, (FIRST, TEXT % oid), *FREE[1:])


@pytest.mark.parametrize("repair", [Repair.WRITE_AGAIN, Repair.ACCEPT, Repair.FREE])
def test_in_doubt_and_free_is_lost_as_well(desk: Desk, by_sam: Actor, repair: Repair) -> None:
    oid = desk.at(ClaimState.CONFIRMED)
    started(FIRST)
    assert applied(by_sam, *FREE) == {FIRST: "d.in_doubt"}
    acts: dict[Repair, Callable[..., object]] = {
        Repair.WRITE_AGAIN: repairing.write_again,
        Repair.ACCEPT: repairing.accept,
        Repair.FREE: repairing.free,
    }

    acts[repair](test_id=FIRST, actor=by_sam, reason="iTEP reset it")

    if repair == Repair.WRITE_AGAIN:
        desk.begin(oid)
        desk.answer(oid, Outcome.CONFIRMED)
    nothing_left(by_sam, (FIRST, TEXT % oid) if repair == Repair.WRITE_AGAIN else FREE[0], *FREE[1:])


def test_in_doubt_and_nobodys_counts_and_goes_back_to_the_stock(desk: Desk, by_sam: Actor) -> None:
    started(FIRST)
    assert applied(by_sam, *FREE) == {FIRST: "d.in_doubt"}
    assert (unexplained.number(), allowed(FIRST)) == (1, {Repair.ACCEPT})
    found = unexplained.one(FIRST)
    assert found is not None
    assert (found.oids, found.source.endswith("row 2")) == ((), True)

    repairing.accept(test_id=FIRST, actor=by_sam, reason="iTEP reset it", seen=found.seen)

    assert row_of(FIRST).is_available
    assert Entry.objects.filter(kind="fulfillment.serve_waiting").count() >= 1
    nothing_left(by_sam, *FREE)
    assert row_of(FIRST).is_available


def test_in_doubt_and_nobodys_may_stay_aside(desk: Desk, by_sam: Actor) -> None:
    started(FIRST)
    applied(by_sam, *FREE)

    repairing.keep_aside(test_id=FIRST, actor=by_sam, reason="The school uses it")

    nothing_left(by_sam, *FREE)
    assert not row_of(FIRST).is_available


def test_in_doubt_with_somebody_elses_text_and_nobody_here(desk: Desk, by_sam: Actor) -> None:
    applied(by_sam, (FIRST, BEN), *FREE[1:])
    TestID.objects.filter(test_id=FIRST).update(progress="started", progress_at=timezone.now())
    assert applied(by_sam, (FIRST, BEN), *FREE[1:], later=LATER) == {FIRST: "d.in_doubt"}
    assert unexplained.number() == 1

    repairing.accept(test_id=FIRST, actor=by_sam, reason="iTEP reset it")

    assert row_of(FIRST).standing == Standing.OUTSIDE
    nothing_left(by_sam, (FIRST, BEN), *FREE[1:], later=LATEST)


@pytest.mark.parametrize("repair", [Repair.ACCEPT, Repair.FREE])
def test_in_doubt_and_an_earlier_id_counts_too(desk: Desk, by_sam: Actor, repair: Repair) -> None:
    oid = desk.at(ClaimState.UNKNOWN)
    claims.done_at_itep(oid=oid, actor=by_sam, test_id=SECOND)
    started(FIRST)
    assert applied(by_sam, FREE[0], (SECOND, TEXT % oid), FREE[2]) == {FIRST: "d.in_doubt"}
    assert (unexplained.test_ids(), allowed(FIRST)) == ([FIRST], {Repair.ACCEPT, Repair.FREE})
    assert claim_of(oid).conflict_at is None  # its own ID is as it should be: its candidate may be told

    act = repairing.accept if repair == Repair.ACCEPT else repairing.free
    act(test_id=FIRST, actor=by_sam, reason="iTEP reset it", seen=seen(FIRST))

    assert (claim_of(oid).state, held(oid)) == (ClaimState.CONFIRMED, SECOND)
    assert row_of(FIRST).is_available == (repair == Repair.FREE)
    nothing_left(by_sam, FREE[0], (SECOND, TEXT % oid), FREE[2])


# The text of one request on the ID of another, or on two.


@pytest.fixture
def rivals(desk: Desk, by_sam: Actor) -> tuple[UUID, UUID]:
    """The holder of FIRST, and one whose call was lost and whose text stands in FIRST: two requests, one difference."""
    holder, other = desk.at(ClaimState.CONFIRMED), desk.at(ClaimState.UNKNOWN)
    assert applied(by_sam, (FIRST, TEXT % other), *FREE[1:]) == {FIRST: "c.other_holder"}
    assert Claim.objects.filter(conflict_at__isnull=False).count() == 2
    assert unexplained.number() == 1
    assert allowed(FIRST) == {Repair.WRITE_AGAIN, Repair.JOIN}
    return holder, other


def test_it_is_the_others_and_the_holder_goes_on_with_its_next(by_sam: Actor, rivals: tuple[UUID, UUID]) -> None:
    holder, other = rivals
    repairing.join(test_id=FIRST, oid=other, actor=by_sam, reason="iTEP is right", seen=seen(FIRST))

    assert (claim_of(other).state, held(other)) == (ClaimState.CONFIRMED, FIRST)
    assert (claim_of(holder).state, held(holder)) == (ClaimState.RESERVED, THIRD)
    assert row_of(SECOND).holding == Holding.EARLIER  # it was called for the other one
    nothing_left(by_sam, (FIRST, TEXT % other), *FREE[1:])


def test_it_is_the_holders_and_its_text_is_written_there_by_hand(by_sam: Actor, rivals: tuple[UUID, UUID]) -> None:
    holder, other = rivals
    repairing.write_again(test_id=FIRST, actor=by_sam, seen=seen(FIRST))

    assert (claim_of(holder).state, claim_of(holder).by_hand, held(holder)) == (ClaimState.UNKNOWN, True, FIRST)
    assert (claim_of(other).state, claim_of(other).conflict_at) == (ClaimState.UNKNOWN, None)
    claims.done_at_itep(oid=holder, actor=by_sam)
    nothing_left(by_sam, (FIRST, TEXT % holder), *FREE[1:])


@pytest.mark.parametrize("whose", [0, 1])
def test_two_texts_in_one_are_one_requests_by_a_persons_word(desk: Desk, by_sam: Actor, whose: int) -> None:
    both = desk.at(ClaimState.CONFIRMED), desk.at(ClaimState.UNKNOWN)
    text = f"{both[0]} {both[1]}"
    assert applied(by_sam, (FIRST, text), *FREE[1:]) == {FIRST: "c.two_claims"}

    repairing.join(test_id=FIRST, oid=both[whose], actor=by_sam, reason="I asked", seen=seen(FIRST))

    assert held(both[whose]) == FIRST
    nothing_left(by_sam, (FIRST, text), *FREE[1:])
    assert held(both[whose]) == FIRST


@pytest.mark.parametrize("state", [ClaimState.UNKNOWN, ClaimState.WAITING])
def test_two_ids_with_one_text_are_told_apart(desk: Desk, by_sam: Actor, state: ClaimState) -> None:
    if state == ClaimState.WAITING:
        TestID.objects.filter(test_id__in=[FIRST, SECOND, THIRD]).update(standing=Standing.UNAVAILABLE)
    oid = desk.at(state)
    text = TEXT % oid
    assert applied(by_sam, (SECOND, text), (THIRD, text), FREE[0]) == {
        SECOND: "c.second_id",
        THIRD: "c.second_id",
    } | ({FIRST: "f.returned"} if state == ClaimState.WAITING else {})
    assert unexplained.number() == 1
    name = unexplained.test_ids()[0]

    repairing.join(test_id=name, oid=oid, actor=by_sam, reason="I asked", seen=seen(name))

    left = THIRD if name == SECOND else SECOND
    assert (claim_of(oid).state, held(oid)) == (ClaimState.CONFIRMED, name)
    assert (row_of(left).holding, row_of(left).to_clear_since is not None) == (Holding.EARLIER, True)
    nothing_left(by_sam, (SECOND, text), (THIRD, text), FREE[0])  # not cleared yet, and explained all the same


@pytest.fixture
def stray(desk: Desk, by_sam: Actor) -> UUID:
    """Confirmed on FIRST, and its text on SECOND as well."""
    oid = desk.at(ClaimState.CONFIRMED)
    found = applied(by_sam, (FIRST, TEXT % oid), (SECOND, TEXT % oid), FREE[2])
    assert found == {SECOND: "c.another_id"}
    assert (unexplained.test_ids(), allowed(SECOND)) == ([SECOND], {Repair.JOIN, Repair.CLEAR})
    return oid


def test_a_second_id_is_cleared_at_itep(by_sam: Actor, stray: UUID) -> None:
    repairing.clear(test_id=SECOND, actor=by_sam, reason="pasted twice", seen=seen(SECOND))

    assert held(stray) == FIRST
    assert (row_of(SECOND).holding, row_of(SECOND).to_clear_since is not None) == (Holding.EARLIER, True)
    nothing_left(by_sam, (FIRST, TEXT % stray), (SECOND, TEXT % stray), FREE[2])
    nothing_left(by_sam, (FIRST, TEXT % stray), *FREE[1:], later=LATEST)


def test_a_second_id_is_the_right_one(by_sam: Actor, stray: UUID) -> None:
    repairing.join(test_id=SECOND, oid=stray, actor=by_sam, reason="they moved her", seen=seen(SECOND))

    assert (claim_of(stray).state, held(stray)) == (ClaimState.CONFIRMED, SECOND)
    assert (row_of(FIRST).holding, row_of(FIRST).to_clear_since is not None) == (Holding.EARLIER, True)
    nothing_left(by_sam, (FIRST, TEXT % stray), (SECOND, TEXT % stray), FREE[2])


@pytest.mark.parametrize("repair", [Repair.JOIN, Repair.CLEAR])
def test_the_id_of_one_who_was_told_is_another_ones(desk: Desk, by_sam: Actor, repair: Repair) -> None:
    gone = desk.at(ClaimState.CONFIRMED)
    claims.told(oid=gone)
    claims.cancel(oid=gone, actor=by_sam, reason="ill")
    other = desk.at(ClaimState.UNKNOWN)
    assert applied(by_sam, (FIRST, TEXT % other), *FREE[1:]) == {FIRST: "c.told_to_another"}
    assert allowed(FIRST) == {Repair.JOIN, Repair.CLEAR}

    if repair == Repair.JOIN:
        repairing.join(test_id=FIRST, oid=other, actor=by_sam, reason="He never used it")
        assert held(other) == FIRST
        assert AuditEntry.objects.get(verb="test_id.released").oid == gone
        nothing_left(by_sam, (FIRST, TEXT % other), *FREE[1:])
    else:
        repairing.clear(test_id=FIRST, actor=by_sam, reason="wrong ID")
        assert (row_of(FIRST).to_clear_since is not None, held(other)) == (True, SECOND)
        nothing_left(by_sam, *FREE)


def test_one_request_in_two_differences_is_repaired_in_both(desk: Desk, by_sam: Actor) -> None:
    """FIRST carries two texts, and one of these two requests stands on THIRD as well."""
    holder, other = desk.at(ClaimState.CONFIRMED), desk.at(ClaimState.CONFIRMED)
    both = f"{holder} {other}"
    rows = ((FIRST, both), (SECOND, TEXT % other), (THIRD, TEXT % other))
    assert applied(by_sam, *rows) == {FIRST: "c.two_claims", THIRD: "c.another_id"}
    assert unexplained.number() == 2

    repairing.join(test_id=FIRST, oid=holder, actor=by_sam, reason="I asked", seen=seen(FIRST))
    assert unexplained.test_ids() == [THIRD]
    repairing.clear(test_id=THIRD, actor=by_sam, reason="a slip", seen=seen(THIRD))

    assert (held(holder), held(other)) == (FIRST, SECOND)
    nothing_left(by_sam, *rows)


def test_one_request_on_three_ids_is_asked_about_twice(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.CONFIRMED)
    rows = tuple((one, TEXT % oid) for one in (FIRST, SECOND, THIRD))
    assert applied(by_sam, *rows) == {SECOND: "c.another_id", THIRD: "c.another_id"}
    for _ in range(2):
        name = unexplained.test_ids()[0]
        repairing.clear(test_id=name, actor=by_sam, reason="a slip", seen=seen(name))
    assert held(oid) == FIRST
    nothing_left(by_sam, *rows)


# Another product.


def test_another_product_is_accepted(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.CONFIRMED)
    row = row_of(FIRST)
    other = Product.objects.create(code="HOSP")
    TestID.objects.filter(pk=row.pk).update(product=other)
    assert applied(by_sam, (FIRST, TEXT % oid), *FREE[1:]) == {FIRST: "i.held"}
    assert allowed(FIRST) == {Repair.ACCEPT}

    repairing.accept(test_id=FIRST, actor=by_sam, reason="iTEP moved it", seen=seen(FIRST))

    assert (claim_of(oid).product, held(oid), claim_of(oid).state) == (desk.product, FIRST, ClaimState.CONFIRMED)
    nothing_left(by_sam, (FIRST, TEXT % oid), *FREE[1:])


# What an answer or a webhook leaves.


def test_a_webhook_that_names_another_id_of_a_confirmed_request(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.CONFIRMED)
    claims.confirm_by_webhook(oid=oid, test_id=SECOND, at=timezone.now(), source="webhook 4")
    found = unexplained.one(SECOND)
    assert found is not None
    assert (found.rule, found.source, allowed(SECOND)) == ("c.another_id", "webhook 4", {Repair.JOIN, Repair.CLEAR})

    repairing.clear(test_id=SECOND, actor=by_sam, reason="a slip")
    nothing_left(by_sam, (FIRST, TEXT % oid), (SECOND, TEXT % oid), FREE[2])


def test_a_webhook_that_names_an_id_nobody_knows_for_a_request_that_ended(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.ENDED)
    claims.confirm_by_webhook(oid=oid, test_id="NEVERSEEN1", at=timezone.now(), source="webhook 4")
    assert (unexplained.test_ids(), allowed("NEVERSEEN1")) == (["NEVERSEEN1"], {Repair.CLEAR})

    repairing.clear(test_id="NEVERSEEN1", actor=by_sam, reason="a slip", seen=seen("NEVERSEEN1"))
    nothing_left(by_sam, *FREE)


# What is refused changes nothing.


def _picture() -> list[object]:
    return [*Claim.objects.order_by("id").values(), *TestID.objects.order_by("id").values("holder", "revision")]


def test_whoever_looked_before_something_changed_repairs_nothing(by_sam: Actor, lost: UUID) -> None:
    stamp = seen(FIRST)
    applied(by_sam, (FIRST, BEN), *FREE[1:], later=LATER)
    before = _picture()

    with pytest.raises(NotPossible, match="changed since you looked"):
        repairing.free(test_id=FIRST, actor=by_sam, reason="free", seen=stamp)
    assert _picture() == before


def test_without_a_reason_nothing_is_taken_from_anybody(by_sam: Actor, lost: UUID) -> None:
    before = _picture()
    for act in (repairing.accept, repairing.free, repairing.clear):
        with pytest.raises(ReasonNeeded):
            act(test_id=FIRST, actor=by_sam, reason=" ")
    assert _picture() == before


def test_while_a_call_runs_nothing_is_repaired(desk: Desk, by_sam: Actor, lost: UUID) -> None:
    Claim.objects.filter(oid=lost).update(state=ClaimState.CALLING)
    before = _picture()

    with pytest.raises(NotPossible, match="under way"):
        repairing.accept(test_id=FIRST, actor=by_sam, reason="yes")
    assert _picture() == before


def test_what_is_explained_is_not_repaired_again(by_sam: Actor, lost: UUID) -> None:
    repairing.accept(test_id=FIRST, actor=by_sam, reason="yes", then=Then.CANCEL)
    before = _picture()

    with pytest.raises(NotPossible, match="explained by now"):
        repairing.accept(test_id=FIRST, actor=by_sam, reason="yes")
    assert _picture() == before

"""A way out where nobody answers: held for all, tried one at a time, in order, at no entry's cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from access.actors import Actor
from outbox import locks, registry, ways
from outbox.locks import database_now, seconds_from_now
from outbox.models import Attempt, Entry, EntryState, Outcome, Pace, Way
from outbox.registry import Answer, Postpone, Rate, Reach
from outbox.running import run_due
from tests.outbox.conftest import Calls, expire, need

pytestmark = pytest.mark.django_db

GONE = Answer(Outcome.RETRY, note="Nobody is there.", reach=Reach.NEVER_LEFT)
SILENT = Answer(Outcome.UNKNOWN, note="No answer.", reach=Reach.SILENT)
BUSY = Answer(Outcome.RETRY, note="Not now.", status=503, reach=Reach.SILENT)
FINE = Answer(Outcome.DONE, note="fine", status=200, reach=Reach.ANSWERED)


@pytest.fixture
def out(calls: Calls) -> Calls:
    calls.register(way="there")
    calls.answer = GONE
    return calls


def several(count: int) -> list[Entry]:
    return [need(f"{number:02}") for number in range(count)]


def pending() -> int:
    return Entry.objects.filter(state=EntryState.PENDING).count()


def let_the_hold_pass() -> None:
    Way.objects.update(held_until=seconds_from_now(-1))


def test_the_first_that_cannot_leave_holds_all_others(out: Calls) -> None:
    several(5)
    assert (run_due(), out.sent, pending()) == (1, ["00"], 5)
    way = Way.objects.get()
    assert (way.name, way.failures, way.note) == ("there", 1, "Nobody is there.")
    assert way.held_until is not None
    assert timedelta(seconds=1) < way.held_until - database_now() < timedelta(seconds=3)
    assert run_due() == 0


def test_whoever_is_held_keeps_its_place_and_its_tries_for_a_week(out: Calls) -> None:
    several(3)
    before = list(Entry.objects.order_by("id").values_list("due_at", "tries"))
    for _try in range(200):  # more than `outgoing_tries`
        let_the_hold_pass()
        run_due()
    assert set(out.sent) == {"00"}
    assert list(Entry.objects.order_by("id").values_list("due_at", "tries")) == before
    assert (pending(), Attempt.objects.count()) == (3, 200)


def test_the_wait_between_two_tries_grows_to_five_minutes_and_no_further(out: Calls) -> None:
    several(2)
    waits = []
    for _try in range(12):
        let_the_hold_pass()
        run_due()
        held = Way.objects.get().held_until
        assert held is not None
        waits.append((held - database_now()).total_seconds())
    assert waits[0] < 3 < waits[3] < waits[5]
    assert 295 < waits[-1] <= 300


def test_one_at_a_time_is_tried(out: Calls) -> None:
    several(3)
    run_due()
    let_the_hold_pass()
    [way] = ways.held()
    first = ways.lease_to_knock(way)
    assert first is not None
    assert (first.key, ways.lease_to_knock(way), run_due()) == ("00", None, 0)


def test_whoever_dies_while_trying_keeps_nobody_from_it_for_longer_than_a_lease(out: Calls) -> None:
    out.register(way="there", lease_seconds=25)
    several(2)
    run_due()
    let_the_hold_pass()
    [way] = ways.held()
    killed = ways.lease_to_knock(way)
    assert killed is not None
    until = Way.objects.get().held_until
    assert until is not None
    assert timedelta(seconds=23) < until - database_now() <= timedelta(seconds=25)
    expire(killed)
    let_the_hold_pass()
    out.answer = FINE
    assert (run_due(), pending(), Way.objects.get().failures) == (2, 0, 0)


def test_on_the_first_answer_all_go_in_the_order_of_their_waiting(out: Calls) -> None:
    several(3)
    run_due()
    need("03")
    let_the_hold_pass()
    out.answer = FINE
    assert run_due() == 4
    assert out.sent == ["00", "00", "01", "02", "03"]
    assert Way.objects.filter(failures=0, failing_since=None, held_until=None, note="").count() == 1


def test_what_failed_before_the_hold_comes_back_to_its_place(out: Calls) -> None:
    """The first "not now" are backed off each for itself; once it is known to be the way, they go first again."""
    several(ways.SILENCES + 3)
    out.answer = BUSY
    run_due()
    assert out.sent == ["00", "01", "02", "03", "04"]
    assert list(Entry.objects.order_by("id").values_list("tries", flat=True)) == [1, 1, 1, 1, 0, 0, 0, 0]
    out.answer = FINE
    let_the_hold_pass()
    run_due()
    assert out.sent[5:] == ["04", "00", "01", "02", "03", "05", "06", "07"]


def test_silence_holds_after_a_few_so_that_unknowns_stay_rare(out: Calls) -> None:
    several(40)
    out.answer = SILENT
    assert run_due() == ways.SILENCES
    assert Entry.objects.filter(state=EntryState.UNKNOWN).count() == ways.SILENCES
    let_the_hold_pass()
    assert run_due() == 1
    assert Entry.objects.filter(state=EntryState.UNKNOWN).count() == ways.SILENCES + 1


def test_an_answer_in_between_begins_the_count_anew(out: Calls) -> None:
    for _round in range(3):
        out.answer = SILENT
        for number in range(ways.SILENCES - 1):
            need(f"{_round}-{number}")
        run_due()
        out.answer = FINE
        need(f"{_round}-fine")
        run_due()
    assert (pending(), ways.held()) == (0, [])


def test_failures_of_calls_that_were_under_way_are_one(out: Calls) -> None:
    for _call in range(4):
        with transaction.atomic():
            assert ways.heard("there", Reach.NEVER_LEFT, "gone", knocked=False) is True
    assert Way.objects.get().failures == 1
    with transaction.atomic():
        ways.heard("there", Reach.NEVER_LEFT, "gone", knocked=True)
    assert Way.objects.get().failures == 2


def test_other_work_goes_on(out: Calls) -> None:
    done: list[str] = []
    several(2)
    run_due()
    registry.register_local("test.local", lambda entry: done.append(entry.key))
    need("here", kind="test.local")
    assert (run_due(), done) == (1, ["here"])


def test_what_turns_out_not_to_be_due_lets_the_next_one_try(out: Calls) -> None:
    several(4)
    run_due()
    let_the_hold_pass()
    out.register(way="there", prepare=lambda entry, until: None if entry.key < "02" else entry.key)
    out.answer = FINE
    assert run_due() == 4
    assert out.sent == ["00", "02", "03"]


def test_work_that_is_to_rest_does_not_rest_the_way(out: Calls) -> None:
    """A pause is one entry's; the way is tried by the next."""
    several(2)
    run_due()
    let_the_hold_pass()
    until = database_now() + timedelta(hours=1)

    def rest(entry: Entry, lease_until: object) -> str:
        if entry.key == "00":
            raise Postpone(until, "paused")
        return entry.key

    out.register(way="there", prepare=rest)
    out.answer = FINE
    run_due()
    assert (out.sent, Entry.objects.get(key="00").due_at) == (["00", "01"], until)
    assert ways.held() == []


def test_a_person_does_not_wait_for_the_next_try(out: Calls, by_sam: Actor) -> None:
    several(2)
    assert ways.try_now(name="there", actor=by_sam) is False
    run_due()
    out.answer = FINE
    assert run_due() == 0
    assert ways.try_now(name="there", actor=by_sam) is True
    assert run_due() == 2


def test_a_wish_to_be_left_alone_holds_all_that_shares_the_pace(out: Calls) -> None:
    out.register(way="there", pace=lambda entry: Rate("key", 0))
    several(3)
    out.answer = Answer(Outcome.RETRY, status=429, retry_after=90, reach=Reach.ANSWERED)
    run_due()
    until = Pace.objects.get().next_at
    assert timedelta(seconds=88) < until - database_now() <= timedelta(seconds=90)
    run_due()
    assert (out.sent, set(Entry.objects.values_list("pace", "tries"))) == (["00"], {("key", 0)})
    assert locks.due(["test.call"]).count() == 0

    Pace.objects.update(next_at=seconds_from_now(-1))
    out.answer = FINE
    run_due()
    assert out.sent == ["00", "00", "01", "02"]


def test_a_shorter_wish_does_not_end_a_longer_one() -> None:
    with transaction.atomic():
        longer = locks.hold_pace("key", 60)
        assert locks.hold_pace("key", 1) == longer
        assert locks.hold_pace("another", 1) < longer

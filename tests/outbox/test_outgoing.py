"""Work that leaves the house: begun is committed first, an outcome is kept always, nothing is repeated blindly."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError

from outbox import outgoing, registry
from outbox.locks import database_now, lease_next
from outbox.models import Attempt, Entry, EntryState, Outcome
from outbox.registry import Again, Answer, Postpone, Verdict
from outbox.running import run_due, run_one
from tests.outbox.conftest import Calls, Killed, expire, make_due, need

pytestmark = pytest.mark.django_db


def stands() -> tuple[str, int, str]:
    entry = Entry.objects.get()
    assert entry.lease_token is None
    return entry.state, entry.tries, entry.note


def test_an_attempt_is_begun_before_and_closed_after(calls: Calls) -> None:
    calls.answer = Answer(Outcome.DONE, status=201, note="fine", request="POST", answer="{}")
    calls.during = lambda: Attempt.objects.get(outcome=Outcome.BEGUN, ended_at=None)
    need()
    assert run_due() == 1
    assert (stands(), calls.sent, calls.recorded) == (("done", 0, "fine"), ["one"], [Outcome.DONE])
    attempt = Attempt.objects.get()
    assert (attempt.number, attempt.outcome, attempt.status, attempt.late) == (1, "done", 201, False)
    assert (attempt.request, attempt.answer, attempt.ended_at is not None) == ("POST", "{}", True)


@pytest.mark.parametrize(
    ("outcome", "state", "tries"),
    [
        (Outcome.DONE, "done", 0),
        (Outcome.RETRY, "pending", 1),
        (Outcome.REFUSED, "dead", 0),
        (Outcome.UNKNOWN, "unknown", 0),
    ],
)
def test_what_an_outcome_usually_means(outcome: Outcome, state: str, tries: int, calls: Calls) -> None:
    calls.answer = Answer(outcome, note="so")
    need()
    run_due()
    assert stands() == (state, tries, "so")


@pytest.mark.parametrize(
    ("verdict", "state", "due"),
    [
        (Verdict.DONE, "done", False),
        (Verdict.AGAIN, "pending", True),
        (Again(), "pending", True),
        (Verdict.DEAD, "dead", False),
        (Verdict.UNKNOWN, "unknown", False),
    ],
)
def test_a_verdict_wins_over_the_outcome(verdict: Verdict | Again, state: str, due: bool, calls: Calls) -> None:
    calls.answer, calls.verdict = Answer(Outcome.REFUSED), verdict
    need()
    run_due(limit=1)
    assert (stands()[0], lease_next(registry.kinds()) is not None) == (state, due)


def test_the_wish_of_the_other_side_is_the_least_wait(calls: Calls) -> None:
    calls.answer = Answer(Outcome.RETRY, retry_after=120)
    need()
    run_due()
    assert (
        timedelta(seconds=118) < Entry.objects.get().due_at - database_now() <= timedelta(seconds=120, milliseconds=1)
    )


def test_out_of_tries_it_is_dead(calls: Calls) -> None:
    calls.register(max_tries=2)
    calls.answer = Answer(Outcome.RETRY, status=503, note="503")
    entry = need()
    for _ in range(2):
        assert run_due() == 1
        make_due(entry)
    assert (stands(), run_due()) == (("dead", 2, "Given up after 2 tries. 503"), 0)


def test_what_is_no_longer_needed_is_not_sent(calls: Calls) -> None:
    calls.register(prepare=lambda entry, until: None)
    need()
    run_due()
    assert (stands(), calls.sent, Attempt.objects.count()) == (("dropped", 0, "No longer needed."), [], 0)


def test_not_now_counts_no_try(calls: Calls) -> None:
    until = datetime(2100, 1, 1, tzinfo=UTC)

    def rest(entry: Entry, lease_until: datetime) -> str:
        raise Postpone(until, "paused")

    calls.register(prepare=rest)
    need()
    run_due()
    assert (stands(), calls.sent, Entry.objects.get().due_at) == (("pending", 0, "paused"), [], until)


def test_the_call_gets_the_full_lease(calls: Calls) -> None:
    seen: list[datetime] = []

    def note_lease(entry: Entry, until: datetime) -> str:
        seen.append(until)
        return entry.key

    calls.register(prepare=note_lease, lease_seconds=300)
    need()
    run_due()
    assert timedelta(seconds=295) < seen[0] - database_now() <= timedelta(seconds=300)


def test_a_lease_must_outlast_its_call(calls: Calls) -> None:
    with pytest.raises(ValueError, match="outlast"):
        calls.register(lease_seconds=10)


def test_killed_before_it_began_it_is_leased_again(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(entry: Entry, until: datetime) -> str:
        raise Killed

    calls.register(prepare=die)
    entry = need()
    with pytest.raises(Killed):
        run_due()
    assert (Attempt.objects.count(), run_due()) == (0, 0)
    expire(entry)
    calls.register()
    assert run_due() == 1
    assert (stands(), calls.sent, calls.lost) == (("done", 1, "fine"), ["one"], [])


def killed_in_the_call(calls: Calls) -> Entry:
    def die() -> None:
        raise Killed

    calls.during = die
    entry = need()
    with pytest.raises(Killed):
        run_due()
    calls.during = lambda: None
    expire(entry)
    return entry


def test_killed_in_the_call_it_is_unknown_and_not_repeated(calls: Calls) -> None:
    killed_in_the_call(calls)
    assert run_due() == 1
    assert stands() == ("unknown", 1, "It began, and no outcome is known.")
    assert (calls.sent, calls.lost, calls.recorded) == (["one"], [1], [])
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.ended_at) == (Outcome.UNKNOWN, None)
    assert run_due() == 0


def test_killed_in_the_call_what_may_be_repeated_goes_again(calls: Calls) -> None:
    calls.register(repeatable=True)
    killed_in_the_call(calls)
    assert run_due() == 1
    assert (stands()[0], calls.sent, calls.lost) == ("done", ["one", "one"], [])
    assert list(Attempt.objects.values_list("number", "outcome")) == [(1, "unknown"), (2, "done")]


@pytest.mark.parametrize("repeatable", [False, True])
def test_killed_before_the_outcome_is_recorded(repeatable: bool, calls: Calls) -> None:
    def die(*args: Any) -> None:
        raise Killed

    calls.register(repeatable=repeatable, record=die)
    entry = need()
    with pytest.raises(Killed):
        run_due()
    assert Attempt.objects.get().outcome == Outcome.BEGUN
    expire(entry)
    calls.register(repeatable=repeatable)
    run_due()
    assert (stands()[0], len(calls.sent)) == (("done", 2) if repeatable else ("unknown", 1))


def test_a_late_outcome_is_kept_and_changes_nothing(calls: Calls) -> None:
    calls.register(repeatable=True)
    entry = need()
    slow = lease_next(registry.kinds())
    assert slow is not None
    begun = outgoing.begin(slow, registry.handler("test.call"))  # type: ignore[arg-type]
    assert begun is not None
    expire(entry)
    assert run_due() == 1
    calls.late_verdict = Verdict.DEAD
    outgoing.close(begun, registry.handler("test.call"), Answer(Outcome.REFUSED, status=409), 1.0)  # type: ignore[arg-type]
    assert (stands()[0], calls.recorded, calls.late) == ("done", [Outcome.DONE], [Outcome.REFUSED])
    assert list(Attempt.objects.values_list("number", "outcome", "late", "status")) == [
        (1, "refused", True, 409),
        (2, "done", False, 200),
    ]


def test_a_late_outcome_may_settle_an_unknown(calls: Calls) -> None:
    entry = need()

    def somebody_else_takes_over() -> None:
        expire(entry)
        assert run_due() == 1
        assert Entry.objects.get().state == EntryState.UNKNOWN

    calls.during, calls.late_verdict = somebody_else_takes_over, Verdict.DONE
    assert run_due() == 1
    assert (stands(), calls.late, calls.lost, calls.sent) == (("done", 1, "fine"), [Outcome.DONE], [1], ["one"])
    assert Attempt.objects.get().late is True


def test_an_expired_lease_that_nobody_took_is_still_ours(calls: Calls) -> None:
    entry = need()
    calls.during = lambda: expire(entry)
    run_due()
    assert (stands()[0], calls.recorded, calls.late) == ("done", [Outcome.DONE], [])


@pytest.mark.parametrize(("repeatable", "state"), [(False, "unknown"), (True, "pending")])
def test_a_handler_that_fails_in_mid_air_has_not_said_that_nothing_left(
    repeatable: bool, state: str, calls: Calls
) -> None:
    def fail() -> None:
        raise ValueError("a secret")

    calls.register(repeatable=repeatable)
    calls.during = fail
    need()
    run_due()
    assert (stands()[0], stands()[2], len(calls.sent)) == (state, "ValueError", 1)


@pytest.mark.parametrize(("repeatable", "state"), [(False, "unknown"), (True, "pending")])
def test_an_outcome_that_the_room_cannot_record_is_kept_on_the_attempt(
    repeatable: bool, state: str, calls: Calls
) -> None:
    def fail(*args: Any) -> None:
        raise ValueError("a secret")

    calls.register(repeatable=repeatable, record=fail)
    need()
    run_due()
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.status) == (Outcome.DONE, 200)
    assert attempt.note == "done, but it could not be recorded. fine"
    assert (stands()[0], calls.lost) == (state, [] if repeatable else [1])


def test_a_busy_database_does_not_lose_an_outcome(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = [OperationalError("deadlock"), OperationalError("deadlock")]

    def busy_twice(*args: Any) -> None:
        if failures:
            raise failures.pop()

    monkeypatch.setattr("outbox.outgoing.time.sleep", lambda seconds: None)
    calls.register(record=busy_twice)
    need()
    run_due()
    assert (stands()[0], calls.sent, calls.lost) == ("done", ["one"], [])


def test_what_cannot_be_prepared_waits_and_nothing_leaves(calls: Calls) -> None:
    def fail(entry: Entry, until: datetime) -> str:
        raise ValueError

    calls.register(prepare=fail)
    need()
    run_due()
    assert (stands(), calls.sent, Attempt.objects.count()) == (("pending", 1, "ValueError"), [], 0)


def test_a_dead_entry_that_is_tried_again_knows_its_earlier_attempts(calls: Calls) -> None:
    calls.answer = Answer(Outcome.REFUSED)
    entry = need()
    run_due()
    Entry.objects.update(state=EntryState.PENDING)
    calls.answer = Answer(Outcome.DONE)
    assert run_due() == 1
    assert list(entry.attempts.values_list("number", "outcome")) == [(1, "refused"), (2, "done")]


def test_run_one_with_a_stolen_lease_sends_nothing(calls: Calls) -> None:
    entry = need()
    slow = lease_next(registry.kinds())
    assert slow is not None
    expire(entry)
    fast = lease_next(registry.kinds())
    assert fast is not None
    run_one(slow)
    assert (calls.sent, Attempt.objects.count()) == ([], 0)
    run_one(fast)
    assert (calls.sent, Attempt.objects.count()) == (["one"], 1)

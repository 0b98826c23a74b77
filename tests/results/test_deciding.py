"""What a post does to a result, cell by cell (issue 5, section 2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from itep.statuses import Status
from results.deciding import Current, Decision, Incoming, Kind, Superseded, decide
from results.models import ResultState

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = date(2026, 3, 9)
S, R = Status, ResultState
P, F, H, W = R.PROVISIONAL, R.FINAL, R.HELD, R.WITHDRAWN


def current(
    state: ResultState | None, *, fact: str = "old", received_at: datetime = NOW - timedelta(hours=1)
) -> Current | None:
    return None if state is None else Current(state, fact, DAY, received_at)


def incoming(status: Status | None, *, fact: str = "new", test_date: date | None = DAY, at: datetime = NOW) -> Incoming:
    return Incoming(status, fact, test_date, at)


def decided(now: Current | None, post: Incoming, *before: Superseded) -> Decision:
    return decide(current=now, incoming=post, superseded=before, repeat_days=3)


TABLE: list[tuple[ResultState | None, Status, ResultState | None]] = [
    (None, S.FINISHED, P), (None, S.COMPLETED, F),
    (None, S.REVIEW, None), (None, S.PROBLEM, None), (None, S.INVALIDATED, None),
    (None, S.DISABLED, None), (None, S.READY, None), (None, S.STARTED, None),
    (P, S.FINISHED, P), (P, S.COMPLETED, F), (P, S.REVIEW, H), (P, S.PROBLEM, H),
    (P, S.INVALIDATED, W), (P, S.DISABLED, W), (P, S.READY, W), (P, S.STARTED, W),
    (F, S.FINISHED, None), (F, S.COMPLETED, F), (F, S.REVIEW, H), (F, S.PROBLEM, H),
    (F, S.INVALIDATED, W), (F, S.DISABLED, W), (F, S.READY, W), (F, S.STARTED, W),
    (H, S.FINISHED, None), (H, S.COMPLETED, F), (H, S.REVIEW, H), (H, S.PROBLEM, H),
    (H, S.INVALIDATED, W), (H, S.DISABLED, W), (H, S.READY, W), (H, S.STARTED, W),
    (W, S.FINISHED, None), (W, S.COMPLETED, F), (W, S.REVIEW, H), (W, S.PROBLEM, H),
    (W, S.INVALIDATED, W), (W, S.DISABLED, W), (W, S.READY, W), (W, S.STARTED, W),
]  # fmt: skip


def test_the_table_is_whole() -> None:
    assert {(state, status) for state, status, _ in TABLE} == {
        (state, status) for state in (None, *ResultState) for status in Status
    }


@pytest.mark.parametrize(("state", "status", "then"), TABLE)
def test_a_new_fact(state: ResultState | None, status: Status, then: ResultState | None) -> None:
    expected = Decision(Kind.NOTHING) if then is None else Decision(Kind.REVISE, then)
    assert decided(current(state), incoming(status)) == expected


@pytest.mark.parametrize("state", list(ResultState))
@pytest.mark.parametrize("status", [*Status, None])
def test_the_current_fact_again_has_no_effect(state: ResultState, status: Status | None) -> None:
    assert decided(current(state, fact="same"), incoming(status, fact="same")) == Decision(Kind.REPEAT)


@pytest.mark.parametrize("state", [None, *ResultState])
def test_an_unknown_status_is_kept_and_asked_about(state: ResultState | None) -> None:
    decision = decided(current(state), incoming(None))
    assert (decision.kind, decision.state) == (Kind.ASK, H)
    assert "status" in decision.doubt


@pytest.mark.parametrize("state", [None, *ResultState])
def test_a_late_repeat_is_kept_and_asked_about_in_every_state(state: ResultState | None) -> None:
    before = Superseded("again", NOW - timedelta(days=3))
    decision = decided(current(state), incoming(S.COMPLETED, fact="again"), before)
    assert (decision.kind, decision.state) == (Kind.ASK, F)
    assert decision.doubt


@pytest.mark.parametrize("state", [None, *ResultState])
def test_after_the_days_of_repeats_it_is_a_revision(state: ResultState | None) -> None:
    before = Superseded("again", NOW - timedelta(days=3, seconds=1))
    assert decided(current(state), incoming(S.COMPLETED, fact="again"), before) == Decision(Kind.REVISE, F)


@pytest.mark.parametrize(
    ("test_date", "expected"),
    [
        (DAY + timedelta(days=1), Kind.REVISE),
        (DAY, Kind.NOTHING),
        (DAY - timedelta(days=1), Kind.NOTHING),
        (None, Kind.NOTHING),
    ],
)
def test_finished_after_final_matters_on_a_later_day_alone(test_date: date | None, expected: Kind) -> None:
    decision = decided(current(F), incoming(S.FINISHED, test_date=test_date))
    assert decision.kind == expected
    assert (decision.state, bool(decision.doubt)) == ((H, True) if expected == Kind.REVISE else (None, False))


@pytest.mark.parametrize(("state", "status", "then"), [one for one in TABLE if one[0] and one[2]])
def test_an_older_fact_never_overwrites_a_newer_one(state: ResultState, status: Status, then: ResultState) -> None:
    decision = decided(current(state), incoming(status, at=NOW - timedelta(hours=2)))
    if (state, then) == (P, F):
        assert decision == Decision(Kind.REVISE, F)  # Completed is more than Finished, whenever it came
    else:
        assert (decision.kind, decision.state) == (Kind.ASK, then)
        assert decision.doubt

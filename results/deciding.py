"""What a post does to a result: a pure decision (issue 5, section 2). Events come late, twice and in any order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from itep.statuses import Status
from results.models import ResultState

_HELD = frozenset({Status.REVIEW, Status.PROBLEM})
_WITHDRAWN = frozenset({Status.INVALIDATED, Status.DISABLED, Status.READY, Status.STARTED})
_AGAIN = "An earlier result came again: a late repeat, or iTEP went back to it."
_ENDED = frozenset({ResultState.HELD, ResultState.WITHDRAWN})


class Kind(StrEnum):
    NOTHING = "nothing"
    REPEAT = "repeat"  # the current fact again; its report may have moved
    REVISE = "revise"  # becomes the current revision, in `state`
    ASK = "ask"  # kept beside the current one; `state` if a person accepts it


@dataclass(frozen=True, slots=True)
class Current:
    """The current revision."""

    state: ResultState
    fact: str
    test_date: date | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Incoming:
    """A post. `status` is None where iTEP's word is not known, or is missing."""

    status: Status | None
    fact: str
    test_date: date | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Superseded:
    """A Completed that was current once."""

    fact: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """`doubt` says why a person is asked."""

    kind: Kind
    state: ResultState | None = None
    doubt: str = ""


NOTHING = Decision(Kind.NOTHING)


def decide(
    *, current: Current | None, incoming: Incoming, superseded: Iterable[Superseded], repeat_days: int
) -> Decision:
    """What `incoming` does.

    In every state a Completed equal to a superseded one within `repeat_days` is a late repeat.
    """
    if current is not None and current.fact == incoming.fact:
        return Decision(Kind.REPEAT)
    if incoming.status is None:
        return Decision(Kind.ASK, ResultState.HELD, "iTEP's status is missing, or a word that is not known.")
    if incoming.status == Status.COMPLETED and _repeats(incoming, superseded, repeat_days):
        return Decision(Kind.ASK, ResultState.FINAL, _AGAIN)
    decision = _by_status(current, incoming, incoming.status)
    return _unless_older(current, incoming, decision)


def _repeats(incoming: Incoming, superseded: Iterable[Superseded], repeat_days: int) -> bool:
    since = incoming.received_at - timedelta(days=repeat_days)
    return any(one.fact == incoming.fact and one.received_at >= since for one in superseded)


def _by_status(current: Current | None, incoming: Incoming, status: Status) -> Decision:
    if status == Status.COMPLETED:
        return Decision(Kind.REVISE, ResultState.FINAL)
    if current is None:
        return Decision(Kind.REVISE, ResultState.PROVISIONAL) if status == Status.FINISHED else NOTHING
    if status in _HELD:
        return Decision(Kind.REVISE, ResultState.HELD)
    if status in _WITHDRAWN:
        return Decision(Kind.REVISE, ResultState.WITHDRAWN)
    return _finished(current, incoming)


def _finished(current: Current, incoming: Incoming) -> Decision:
    """Finished after a final result: of the same sitting it came late; of a later day the test was taken again."""
    if current.state in _ENDED:
        return NOTHING
    if current.state == ResultState.PROVISIONAL:
        return Decision(Kind.REVISE, ResultState.PROVISIONAL)
    if current.test_date and incoming.test_date and incoming.test_date > current.test_date:
        return Decision(Kind.REVISE, ResultState.HELD, "The test was finished again, on a later day than this result.")
    return NOTHING


def _unless_older(current: Current | None, incoming: Incoming, decision: Decision) -> Decision:
    """An older fact (a post judged again) never overwrites a newer one; but Completed is more than Finished."""
    if current is None or decision.kind != Kind.REVISE or incoming.received_at >= current.received_at:
        return decision
    if current.state == ResultState.PROVISIONAL and decision.state == ResultState.FINAL:
        return decision
    return Decision(Kind.ASK, decision.state, "It came before the current result, and was judged after it.")

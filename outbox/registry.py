"""Who does the work of an entry: the kinds of work, and the handler that each room registers for its own.

A lower room tells an upper one by an entry of a kind whose handler the upper room registered in `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from outbox.models import Attempt, Entry, Outcome

LOCAL_TRIES = 16
LEASE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Again:
    """What was done so far is committed; come again, at once or at `due_at`. Not a failure, and counts no try."""

    due_at: datetime | None = None


class Verdict(StrEnum):
    """What becomes of an entry, where the outcome of its attempt alone does not say."""

    DONE = "done"
    AGAIN = "again"  # due at once, as with the next test ID
    RETRY = "retry"  # due after the back-off; counts a try
    DEAD = "dead"
    UNKNOWN = "unknown"


class Reach(StrEnum):
    """What an attempt says of its way: whether anybody is there."""

    UNSAID = ""
    ANSWERED = "answered"
    SILENT = "silent"  # it left, and came to nothing: no answer, or one that only says "not now"
    NEVER_LEFT = "never_left"  # no connection: surely nothing happened


@dataclass(frozen=True, slots=True)
class Answer:
    """How an attempt ended, as `perform` saw it.

    `request`, `answer` and `said` (the other side's own words of why not) are texts for people, already masked by the
    room, and kept encrypted; `note` is in our own words, and stands in clear. `retry_after` is in seconds, and meant
    for all that shares the pace. `value` is whatever `record` needs; it is not kept.
    """

    outcome: Outcome
    status: int | None = None
    note: str = ""
    request: str = ""
    answer: str = ""
    said: str = ""
    retry_after: float | None = None
    reach: Reach = Reach.UNSAID
    value: Any = None


class Postpone(Exception):
    """Raised by `prepare` (or a local run) where now is not the time: due again at `until`; counts no try."""

    def __init__(self, until: datetime, note: str = "") -> None:
        super().__init__(note)
        self.until, self.note = until, note


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `per_second` begun attempts a second under `name`, over all workers. 0: no limit."""

    name: str
    per_second: float


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Work that leaves the house: a call, a mail, a webhook.

    - `prepare(entry, lease_until)`: in the transaction that writes the attempt as begun. Gives what `perform` needs, or
      None where it is no longer needed. May raise `Postpone`.
    - `perform(work)`: outside of any transaction; must end within `lease_seconds - 10`, unless it is `endless`.
    - `record(entry, attempt, work, answer)`: in the transaction that closes attempt and entry, while the lease is ours.
    - `lost(entry, attempt)`: a begun attempt has no outcome and must not be repeated; in the transaction that makes
      the entry unknown.
    - `late(entry, attempt, work, answer)`: the outcome came after the lease was lost. A verdict settles an entry that
      is unknown by then, and nothing else.
    - `repeatable`: the same again does no harm (a mail with the same Message-ID).
    - `endless`: nobody can say how long it lasts (a large file), so the lease is renewed while its process lives.
    - `pace(entry)`: the rate limit that its begun attempts share.
    - `way`: the name of the way out; while nobody answers there, its kinds are held (`outbox.ways`).
    - `max_tries`: failures after which it is dead; None: as many as fill `REPEAT_DAYS`.
    """

    prepare: Callable[[Entry, datetime], Any]
    perform: Callable[[Any], Answer]
    record: Callable[[Entry, Attempt, Any, Answer], Verdict | Again | None] | None = None
    lost: Callable[[Entry, Attempt], None] | None = None
    late: Callable[[Entry, Attempt, Any, Answer], Verdict | None] | None = None
    repeatable: bool = False
    endless: bool = False
    lease_seconds: int = LEASE_SECONDS
    pace: Callable[[Entry], Rate | None] | None = None
    way: str = ""
    max_tries: int | None = None


@dataclass(frozen=True, slots=True)
class Local:
    """Work inside the house: done in one transaction with the end of its entry."""

    run: Callable[[Entry], Again | None]
    max_tries: int = LOCAL_TRIES


_handlers: dict[str, Local | Outgoing] = {}


def register_local(kind: str, run: Callable[[Entry], Again | None], *, max_tries: int = LOCAL_TRIES) -> None:
    """`run` does the work of entries of `kind`, exactly once: an exception rolls back, and is tried again."""
    _handlers[kind] = Local(run, max_tries)


def register_outgoing(kind: str, outgoing: Outgoing) -> None:
    """`outgoing` does the work of entries of `kind`."""
    if outgoing.lease_seconds <= 10:
        raise ValueError("a lease must outlast its call by 10 s")
    _handlers[kind] = outgoing


def handler(kind: str) -> Local | Outgoing:
    """Raises KeyError for a kind that nobody registered."""
    return _handlers[kind]


def kinds() -> list[str]:
    """The kinds that this process can do; entries of others wait for one that can."""
    return sorted(_handlers)


def pace_of(entry: Entry) -> str:
    """The name of the rate limit that work of its kind shares; "" where there is none."""
    one = _handlers.get(entry.kind)
    rate = one.pace(entry) if isinstance(one, Outgoing) and one.pace else None
    return rate.name if rate else ""


def kinds_by(way: str) -> list[str]:
    """The kinds that go out by this way."""
    return sorted(kind for kind, one in _handlers.items() if isinstance(one, Outgoing) and one.way == way)


def longest_lease(kinds: list[str]) -> int:
    """In seconds, of these kinds."""
    found = [_handlers[kind] for kind in kinds]
    return max((one.lease_seconds for one in found if isinstance(one, Outgoing)), default=LEASE_SECONDS)

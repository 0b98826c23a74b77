"""Reading entries and attempts, for the page of work under way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, Max, Q, QuerySet, When
from django.db.models.functions import Now

from outbox import locks
from outbox.models import Entry, EntryState

WORKING = Q(state=EntryState.PENDING, lease_until__gt=Now())
FILTERS: Mapping[str, Q] = {
    "stopped": Q(state=EntryState.DEAD),
    "unknown": Q(state=EntryState.UNKNOWN),
    "due": Q(state=EntryState.PENDING, due_at__lte=Now()) & ~WORKING,
    "working": WORKING,
    "later": Q(state=EntryState.PENDING, due_at__gt=Now()) & ~WORKING,
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries stand where."""

    stopped: int
    unknown: int
    due: int
    working: int
    later: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """How many stopped, and the pk of the newest: an act on all of them is about these, whatever stops meanwhile."""

    number: int
    newest: int


def counts(kind: str = "") -> Counts:
    """Of entries that have not ended well."""
    rows = Entry.objects.filter(kind=kind) if kind else Entry.objects.all()
    numbers = rows.aggregate(**{name: Count("pk", filter=which) for name, which in FILTERS.items()})
    return Counts(**numbers)


def entries(which: str = "", kind: str = "") -> QuerySet[Entry]:
    """Entries of one filter, or all that are open: what needs a person first, then in the order of their time."""
    wanted = FILTERS.get(which)
    if wanted is None:
        wanted = Q(state__in=[EntryState.DEAD, EntryState.UNKNOWN, EntryState.PENDING])
    worst_first = Case(When(state=EntryState.DEAD, then=0), When(state=EntryState.UNKNOWN, then=1), default=2)
    found = Entry.objects.filter(wanted).order_by(worst_first, "due_at", "id")
    return found.filter(kind=kind) if kind else found


def stopped(kind: str = "") -> Stopped:
    """What stopped, for an act on all of it."""
    found = entries("stopped", kind).order_by().aggregate(number=Count("pk"), newest=Max("pk"))
    return Stopped(found["number"], found["newest"] or 0)


def open_kinds() -> list[str]:
    """The kinds of which anything is open, or stopped."""
    return list(entries().order_by("kind").values_list("kind", flat=True).distinct())


def where(entry: Entry, *, now: object) -> str:
    """Which filter an entry stands under; `now` is the database's."""
    if entry.state == EntryState.DEAD:
        return "stopped"
    if entry.state != EntryState.PENDING:
        return str(entry.state)
    if entry.lease_until is not None and entry.lease_until > now:  # type: ignore[operator]
        return "working"
    return "due" if entry.due_at <= now else "later"  # type: ignore[operator]


_AT_ONCE = timedelta(seconds=5)  # what is due this soon was not put off


@dataclass(frozen=True, slots=True)
class Stalled:
    """Nobody works on an entry, though somebody waits for it. `again_at`: it failed, and is tried again by then."""

    since: datetime
    why: str = ""
    again_at: datetime | None = None
    entry_id: int | None = None
    given_up: bool = False


def stalled(entry: Entry | None, *, patience: timedelta) -> Stalled | None:
    """None while somebody works on it, or may begin any moment: its lease runs, or ran out within `patience`."""
    now = locks.database_now()
    if entry is None:
        return Stalled(since=now, given_up=True)
    if entry.state != EntryState.PENDING:
        return Stalled(entry.ended_at or now, entry.note, entry_id=entry.pk, given_up=True)
    idle_since = max(entry.lease_until or entry.created_at, entry.created_at)
    if idle_since > now - patience:
        return None
    if entry.due_at > now + _AT_ONCE:
        return Stalled(idle_since, entry.note, again_at=entry.due_at, entry_id=entry.pk)
    since = max(idle_since, entry.due_at)
    return Stalled(since, entry.note, entry_id=entry.pk) if since <= now - patience else None

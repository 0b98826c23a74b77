"""Reading entries and attempts, for the page of work under way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Case, Count, Q, QuerySet, When
from django.db.models.functions import Now

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


def counts() -> Counts:
    """Of entries that have not ended well."""
    numbers = Entry.objects.aggregate(**{name: Count("pk", filter=which) for name, which in FILTERS.items()})
    return Counts(**numbers)


def entries(which: str = "") -> QuerySet[Entry]:
    """Entries of one filter, or all that are open: what needs a person first, then in the order of their time."""
    wanted = FILTERS.get(which)
    if wanted is None:
        wanted = Q(state__in=[EntryState.DEAD, EntryState.UNKNOWN, EntryState.PENDING])
    worst_first = Case(When(state=EntryState.DEAD, then=0), When(state=EntryState.UNKNOWN, then=1), default=2)
    return Entry.objects.filter(wanted).order_by(worst_first, "due_at", "id")


def where(entry: Entry, *, now: object) -> str:
    """Which filter an entry stands under; `now` is the database's."""
    if entry.state == EntryState.DEAD:
        return "stopped"
    if entry.state != EntryState.PENDING:
        return str(entry.state)
    if entry.lease_until is not None and entry.lease_until > now:  # type: ignore[operator]
        return "working"
    return "due" if entry.due_at <= now else "later"  # type: ignore[operator]

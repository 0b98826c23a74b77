"""Every lock of the outbox: leasing the next due entry, holding one that is ours, named leases, turns under a pace.

Times are the database's: workers on several machines agree on when a lease ends.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Case, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Now

from outbox.models import Entry, EntryState, Lease, Pace, Way
from outbox.registry import LEASE_SECONDS

_LEASE = """
UPDATE outbox_entry
SET lease_token = %(token)s,
    lease_until = STATEMENT_TIMESTAMP() + make_interval(secs => %(seconds)s),
    tries = tries + CASE WHEN lease_token IS NULL THEN 0 ELSE 1 END
WHERE id = (
    SELECT id FROM outbox_entry
    WHERE state = 'pending' AND due_at <= STATEMENT_TIMESTAMP() AND kind = ANY(%(kinds)s)
      AND (lease_until IS NULL OR lease_until <= STATEMENT_TIMESTAMP())
      AND NOT EXISTS (SELECT 1 FROM outbox_pace
                      WHERE outbox_pace.name = outbox_entry.pace AND next_at > STATEMENT_TIMESTAMP())
    ORDER BY due_at, id
    FOR UPDATE SKIP LOCKED LIMIT 1)
RETURNING id
"""


def seconds_from_now(seconds: float) -> ExpressionWrapper[Any]:
    """`seconds` after the database's now, as an expression."""
    return ExpressionWrapper(Now() + Value(timedelta(seconds=seconds)), output_field=DateTimeField())


def database_now() -> datetime:
    """The database's now."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT EXTRACT(EPOCH FROM STATEMENT_TIMESTAMP())")
        else:
            cursor.execute("SELECT (julianday('now') - 2440587.5) * 86400.0")
        return datetime.fromtimestamp(float(cursor.fetchone()[0]), tz=UTC)


def due(kinds: list[str]) -> QuerySet[Entry]:
    """Pending entries whose time and turn have come, and that nobody works on, in their total order."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=Now())
    before_its_turn = Exists(Pace.objects.filter(name=OuterRef("pace"), next_at__gt=Now()))
    waiting = Entry.objects.filter(state=EntryState.PENDING, due_at__lte=Now(), kind__in=kinds)
    return waiting.filter(free, ~before_its_turn).order_by("due_at", "id")


def lease_next(kinds: list[str], *, seconds: int = LEASE_SECONDS) -> Entry | None:
    """Leases the next due entry: nobody else gets it before its lease expires. None: nothing is due.

    A lease that expired counts as a try, so that an entry that kills its worker is dead one day.
    """
    token = uuid4()
    with transaction.atomic(durable=True):
        if connection.vendor == "postgresql":
            pk = _lease_by_skipping(kinds, token, seconds)
        else:
            pk = _lease_by_condition(kinds, token, seconds)
    return None if pk is None else Entry.objects.get(pk=pk)


def _lease_by_skipping(kinds: list[str], token: UUID, seconds: int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(_LEASE, {"token": token, "seconds": seconds, "kinds": kinds})
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def _lease_by_condition(kinds: list[str], token: UUID, seconds: int) -> int | None:
    """SQLite ignores FOR UPDATE silently: the condition is asked again in the update, and its row count checked."""
    while True:
        pk = due(kinds).values_list("pk", flat=True).first()
        if pk is None:
            return None
        tries = F("tries") + Case(When(lease_token__isnull=True, then=0), default=1)
        if due(kinds).filter(pk=pk).update(lease_token=token, lease_until=seconds_from_now(seconds), tries=tries):
            return pk


def hold_ours(entry: Entry) -> Entry | None:
    """The entry, locked, while our lease on it stands; None once it is somebody else's or ended.

    A lease that expired, but that nobody took since, is still ours.
    """
    assert connection.in_atomic_block
    return (
        Entry.objects.select_for_update(of=("self",))
        .filter(pk=entry.pk, state=EntryState.PENDING, lease_token=entry.lease_token)
        .first()
    )


def renew(entry: Entry, seconds: float) -> bool:
    """Another `seconds` for our lease, if it is still ours."""
    ours = Entry.objects.filter(pk=entry.pk, state=EntryState.PENDING, lease_token=entry.lease_token)
    return bool(ours.update(lease_until=seconds_from_now(seconds)))


def hold(entry_id: int) -> Entry:
    """The entry, locked. Raises `Entry.DoesNotExist`."""
    assert connection.in_atomic_block
    return Entry.objects.select_for_update(of=("self",)).get(pk=entry_id)


def idle(which: Q) -> list[int]:
    """The keys of those that nobody works on, locked. One that is being taken this moment is left to who takes it:

    waiting for it, with a claim locked, would be waiting for somebody who wants that claim.
    """
    assert connection.in_atomic_block
    skip = connection.features.has_select_for_update_skip_locked
    found = Entry.objects.select_for_update(of=("self",), skip_locked=skip)
    return list(found.filter(which, lease_token__isnull=True).order_by("id").values_list("pk", flat=True))


def dead(*, kind: str, newest: int) -> list[Entry]:
    """The dead entries of a kind ("": of all) up to the pk `newest`, locked, in the order of their writing."""
    assert connection.in_atomic_block
    found = Entry.objects.select_for_update(of=("self",)).filter(state=EntryState.DEAD, pk__lte=newest)
    return list((found.filter(kind=kind) if kind else found).order_by("id"))


def take_lease(name: str, seconds: float) -> UUID | None:
    """Takes the named lease, if it is free or expired: its token, else None."""
    token = uuid4()
    Lease.objects.bulk_create([Lease(name=name)], ignore_conflicts=True)
    free = Q(token__isnull=True) | Q(until__lte=Now())
    taken = Lease.objects.filter(free, name=name).update(token=token, until=seconds_from_now(seconds))
    return token if taken else None


def give_lease_back(name: str, token: UUID) -> None:
    """Frees the named lease, if it is still ours."""
    Lease.objects.filter(name=name, token=token).update(token=None, until=None)


def take_turn(name: str, per_second: float) -> bool:
    """Whether one may begin under the pace `name` now; the next one may `1 / per_second` later. 0: without a limit."""
    if per_second <= 0:
        return not Pace.objects.filter(name=name, next_at__gt=Now()).exists()
    free = Pace.objects.filter(name=name, next_at__lte=Now())
    later = seconds_from_now(1 / per_second)
    if free.update(next_at=later):
        return True
    if Pace.objects.filter(name=name).exists():
        return False
    Pace.objects.bulk_create([Pace(name=name, next_at=Now())], ignore_conflicts=True)
    return bool(free.update(next_at=later))


def hold_pace(name: str, seconds: float) -> datetime:
    """Nobody begins under the pace `name` for so long: until when. An earlier, longer wish stays."""
    assert connection.in_atomic_block
    Pace.objects.bulk_create([Pace(name=name, next_at=Now())], ignore_conflicts=True)
    pace = Pace.objects.select_for_update(of=("self",)).get(name=name)
    pace.next_at = max(pace.next_at, database_now() + timedelta(seconds=seconds))
    pace.save(update_fields=["next_at"])
    return pace.next_at


def until_a_turn() -> float | None:
    """Seconds until something that waits for its turn may begin; None where nothing does."""
    waits = Entry.objects.filter(pace=OuterRef("name"), state=EntryState.PENDING, due_at__lte=Now())
    turns = Pace.objects.filter(Exists(waits), next_at__gt=Now())
    next_at = turns.order_by("next_at").values_list("next_at", flat=True).first()
    return None if next_at is None else max((next_at - database_now()).total_seconds(), 0.0)


def way(name: str) -> Way:
    """The way, locked; made where nothing has failed on it yet."""
    assert connection.in_atomic_block
    Way.objects.bulk_create([Way(name=name)], ignore_conflicts=True)
    return Way.objects.select_for_update(of=("self",)).get(name=name)


def knock(name: str, seconds: float) -> bool:
    """Whether we are the one who tries a held way now; nobody else does for `seconds`."""
    due = Way.objects.filter(name=name, held_until__lte=Now())
    return bool(due.update(held_until=seconds_from_now(seconds)))

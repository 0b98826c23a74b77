"""Writing what must still happen, in the transaction that made it necessary; trying again; giving up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from access import audit
from access.actors import Actor
from outbox import locks, registry
from outbox.errors import NotNow
from outbox.models import Attempt, Entry, EntryState
from outbox.waking import wake

__all__ = [
    "Need",
    "again",
    "drop",
    "erase",
    "no_longer_needed",
    "not_needed",
    "put_off",
    "settled",
    "wake",
    "write",
    "write_many",
]


GIVEN_UP = "Given up by a person."


@dataclass(frozen=True, slots=True)
class Need:
    """One entry of many, for `write_many`. `due_at` None: now."""

    kind: str
    key: str
    payload: Any = None
    oid: UUID | None = None
    due_at: datetime | None = None


def write(
    *, kind: str, key: str, payload: Any = None, oid: UUID | None = None, due_at: datetime | None = None
) -> Entry:
    """The entry of this need: written now, or the one that stands under the same kind and key already.

    Refuses outside a transaction: the need and what made it necessary go together.
    """
    write_many([Need(kind, key, payload, oid, due_at)])
    return Entry.objects.get(kind=kind, key=key)


def write_many(needs: Iterable[Need]) -> None:
    """As `write`, for bulk work: needs that are already written are left as they are."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an entry belongs in the transaction that made it necessary")
    Entry.objects.bulk_create(map(_entry, needs), batch_size=500, ignore_conflicts=True)
    wake()


def _entry(need: Need) -> Entry:
    entry = Entry(kind=need.kind, key=need.key, payload=need.payload, oid=need.oid, due_at=need.due_at or Now())
    entry.pace = registry.pace_of(entry)
    return entry


@transaction.atomic
def again(*, entry_id: int, actor: Actor) -> Entry:
    """A person tries a dead entry again, as if for the first time. Raises `NotNow` for any other."""
    entry = locks.hold(entry_id)
    if entry.state != EntryState.DEAD:
        raise NotNow(entry, "Only what was given up by the portal can be tried again.")
    Entry.objects.filter(pk=entry.pk).update(state=EntryState.PENDING, due_at=Now(), tries=0, note="", ended_at=None)
    _record(entry, actor, "work.tried_again")
    wake()
    entry.refresh_from_db()
    return entry


@transaction.atomic
def drop(*, entry_id: int, actor: Actor, reason: str) -> Entry:
    """Gives an entry up. Raises `NotNow` where it is done, dropped, or just being worked on."""
    entry = locks.hold(entry_id)
    if entry.state not in (EntryState.DEAD, EntryState.UNKNOWN, EntryState.PENDING):
        raise NotNow(entry, "It has ended already.")
    if entry.lease_token is not None:
        raise NotNow(entry, "It is being worked on now. Look again in a minute.")
    Entry.objects.filter(pk=entry.pk).update(state=EntryState.DROPPED, ended_at=Now(), note=GIVEN_UP)
    _record(entry, actor, "work.given_up", reason=reason)
    entry.refresh_from_db()
    return entry


@transaction.atomic
def again_many(*, kind: str, newest: int, actor: Actor) -> int:
    """As `again`, for all dead entries of a kind ("": of all) up to the pk `newest`, in the order of their writing.

    `newest`: what died after the person looked is not touched.
    """
    found = locks.dead(kind=kind, newest=newest)
    Entry.objects.filter(pk__in=[one.pk for one in found]).update(
        state=EntryState.PENDING, due_at=F("created_at"), tries=0, note="", ended_at=None
    )
    _record_many(found, actor, "work.tried_again")
    wake()
    return len(found)


@transaction.atomic
def drop_many(*, kind: str, newest: int, actor: Actor, reason: str) -> int:
    """As `drop`, for the same ones as `again_many`."""
    found = locks.dead(kind=kind, newest=newest)
    Entry.objects.filter(pk__in=[one.pk for one in found]).update(
        state=EntryState.DROPPED, ended_at=Now(), note=GIVEN_UP
    )
    _record_many(found, actor, "work.given_up", reason)
    return len(found)


def settled(*, kind: str, oid: UUID, note: str = "") -> int:
    """Evidence settled what was unknown (an export, a webhook, a person): the entries of it are done. Their number."""
    return Entry.objects.filter(kind=kind, oid=oid, state=EntryState.UNKNOWN).update(
        state=EntryState.DONE, ended_at=Now(), note=note or F("note")
    )


def no_longer_needed(*, kind: str, oid: UUID, dead_too: bool = False) -> int:
    """What waits to be done for it need not be any more; `dead_too`: nor what was given up. Their number.

    What is just being worked on is left to its worker, which looks again before anything leaves.
    """
    over = Q(state=EntryState.DEAD) | Q(state=EntryState.DROPPED, note=GIVEN_UP)
    which = Q(state=EntryState.PENDING) | over if dead_too else Q(state=EntryState.PENDING)
    waits = Entry.objects.filter(pk__in=locks.idle(which & Q(kind=kind, oid=oid)))
    return waits.update(state=EntryState.DROPPED, ended_at=Now(), note="No longer needed.")


@transaction.atomic
def erase(*, oid: UUID) -> int:
    """What was sent and answered about this oid is gone for good, also of a call that runs now. Attempts: their number.

    That there were attempts, when, and how they ended stays: the books still balance (DESIGN.md section 4, rule 11).
    """
    mine = Entry.objects.filter(oid=oid)
    mine.update(erased_at=Now())  # before the attempts: a call that ends meanwhile waits for this row, or sees it
    return Attempt.objects.filter(entry__in=mine).update(request="", answer="", said="")


def put_off(*, kind: str, oids: QuerySet[Any, Any], until: datetime) -> int:
    """What nobody works on now becomes due at `until`, for all of these oids at once. Their number."""
    number = _idle(kind, oids).update(due_at=until, note="")
    wake()
    return number


def not_needed(*, kind: str, oids: QuerySet[Any, Any], note: str) -> int:
    """What made these necessary was taken back, for all of these oids at once. Their number.

    What is just being worked on finds out by itself, in its own transaction.
    """
    return _idle(kind, oids).update(state=EntryState.DROPPED, ended_at=Now(), note=note[:300])


def _idle(kind: str, oids: QuerySet[Any, Any]) -> QuerySet[Entry]:
    return Entry.objects.filter(kind=kind, oid__in=oids, state=EntryState.PENDING, lease_token__isnull=True)


def _record(entry: Entry, actor: Actor, verb: str, reason: str = "") -> None:
    _record_many([entry], actor, verb, reason)


def _record_many(found: Iterable[Entry], actor: Actor, verb: str, reason: str = "") -> None:
    audit.record_many(
        audit.entry(
            actor=actor,
            verb=verb,
            oid=one.oid,
            subject=f"work {one.pk}",
            detail={"kind": one.kind, "tries": one.tries},
            reason=reason,
        )
        for one in found
    )

"""Writing what must still happen, in the transaction that made it necessary; trying again; giving up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from access import audit
from access.actors import Actor
from outbox import locks
from outbox.errors import NotNow
from outbox.models import Entry, EntryState
from outbox.waking import wake

__all__ = ["Need", "again", "drop", "not_needed", "put_off", "settled", "wake", "write", "write_many"]


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
    Entry.objects.bulk_create(
        (
            Entry(kind=need.kind, key=need.key, payload=need.payload, oid=need.oid, due_at=need.due_at or Now())
            for need in needs
        ),
        batch_size=500,
        ignore_conflicts=True,
    )
    wake()


@transaction.atomic
def again(*, entry_id: int, actor: Actor) -> Entry:
    """A person tries a dead entry again, as if for the first time. Raises `NotNow` for any other."""
    entry = locks.hold(entry_id)
    if entry.state != EntryState.DEAD:
        raise NotNow(entry, "Only what was given up by the portal can be tried again.")
    Entry.objects.filter(pk=entry.pk).update(
        state=EntryState.PENDING, due_at=Now(), tries=0, note="", ended_at=None, turn_at=None
    )
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
    Entry.objects.filter(pk=entry.pk).update(state=EntryState.DROPPED, ended_at=Now(), note="given up by a person")
    _record(entry, actor, "work.given_up", reason=reason)
    entry.refresh_from_db()
    return entry


def settled(*, kind: str, oid: UUID, note: str = "") -> int:
    """Evidence settled what was unknown (an export, a webhook, a person): the entries of it are done. Their number."""
    return Entry.objects.filter(kind=kind, oid=oid, state=EntryState.UNKNOWN).update(
        state=EntryState.DONE, ended_at=Now(), note=note or F("note")
    )


def put_off(*, kind: str, oids: QuerySet[Any, Any], until: datetime) -> int:
    """What nobody works on now becomes due at `until`, for all of these oids at once. Their number."""
    number = _idle(kind, oids).update(due_at=until, note="")
    wake()
    return number


def not_needed(*, kind: str, oids: QuerySet[Any, Any], note: str) -> int:
    """What made these necessary was taken back, for all of these oids at once. Their number.

    What is just being worked on finds out by itself, in its own transaction.
    """
    return _idle(kind, oids).update(state=EntryState.DROPPED, ended_at=Now(), note=note[:300], turn_at=None)


def _idle(kind: str, oids: QuerySet[Any, Any]) -> QuerySet[Entry]:
    return Entry.objects.filter(kind=kind, oid__in=oids, state=EntryState.PENDING, lease_token__isnull=True)


def _record(entry: Entry, actor: Actor, verb: str, reason: str = "") -> None:
    audit.record(
        actor=actor,
        verb=verb,
        oid=entry.oid,
        subject=f"work {entry.pk}",
        detail={"kind": entry.kind, "tries": entry.tries},
        reason=reason,
    )

"""Writing the audit trail: in the transaction of the change itself, one entry or many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from access.models import ActorKind, AuditEntry

if TYPE_CHECKING:
    from access.actors import Actor

Detail = Mapping[str, str | int | bool | list[str] | None]


def entry(
    *,
    actor: Actor,
    verb: str,
    oid: UUID | None = None,
    test_id: str = "",
    product: str = "",
    subject: str = "",
    source: str = "",
    detail: Detail | None = None,
    reason: str = "",
) -> AuditEntry:
    """An entry that is not written yet, for `record_many`."""
    return AuditEntry(
        actor_kind=actor.kind,
        user=actor.user,
        client=actor.client,
        by=actor.by,
        verb=verb,
        oid=oid,
        test_id=test_id,
        product=product,
        subject=subject,
        source=source,
        detail=dict(detail or {}),
        reason=reason,
    )


def record(*, actor: Actor, verb: str, **about: object) -> AuditEntry:
    """Writes one entry; `about` as `entry` takes it.

    Refuses outside a transaction: the change and its author go together.
    """
    one = entry(actor=actor, verb=verb, **about)  # type: ignore[arg-type]
    record_many([one])
    return one


def record_many(entries: Iterable[AuditEntry]) -> None:
    """Writes many entries in the transaction of the bulk work that they tell of."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an audit entry belongs in the transaction of its change")
    AuditEntry.objects.bulk_create(entries, batch_size=500)


def record_rows(*, actor: Actor, rows: str, values: Sequence[Any] = ()) -> int:
    """Writes an entry for each row of a SELECT, in one statement: for bulk work that never leaves the database.

    `rows` selects verb, oid, test_id, product, source and detail (as JSON text), in this order. Returns how many.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an audit entry belongs in the transaction of its change")
    at = connection.ops.adapt_datetimefield_value(timezone.now())
    user, client = actor.user and actor.user.pk, actor.client and actor.client.pk
    json = "CAST(told.detail AS jsonb)" if connection.vendor == "postgresql" else "told.detail"
    statement = f"""
        INSERT INTO access_auditentry (at, actor_kind, user_id, client_id, by, verb, oid, test_id, product, subject,
            source, detail, reason)
        SELECT %s, %s, %s, %s, %s, told.verb, told.oid, told.test_id, told.product, '', told.source, {json}, ''
        FROM ({rows}) told
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [at, str(actor.kind), user, client, actor.by, *values])  # type: ignore[list-item]
        return int(cursor.rowcount)


def story(*, test_id: str | None = None, oid: UUID | None = None, subject: str | None = None) -> list[AuditEntry]:
    """What happened to a test ID, on a fulfillment, or to a subject as "purchase 3", oldest first, with its authors.

    One of the three must be given.
    """
    asked = {"test_id": test_id, "oid": oid, "subject": subject}
    about = {name: value for name, value in asked.items() if value is not None}
    if len(about) != 1:
        raise ValueError("a story is of a test ID, of a fulfillment or of a subject")
    found = AuditEntry.objects.filter(**about)
    if oid is None:  # said once more, so that SQLite takes the partial index and does not read the whole trail
        found = found.exclude(**dict.fromkeys(about, ""))
    return list(found.select_related("user", "client").order_by("id"))


def who(told: AuditEntry) -> str:
    """The author in words, for a page: "Sam Staff", "API: hr-system", "iTEP: webhook"."""
    if told.user is not None:
        return str(told.user)
    if told.client is not None:
        return f"API: {told.client.name}"
    kind = {
        ActorKind.ITEP: "iTEP",
        ActorKind.COMMAND: "Command line",
        ActorKind.CANDIDATE: "The candidate",
        ActorKind.SYSTEM: "The portal",
    }.get(ActorKind(told.actor_kind), told.actor_kind)
    return f"{kind}: {told.by}" if told.by else kind

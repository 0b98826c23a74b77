"""Every lock of this room. Order: sitting, people, then claim (inventory's), mail, fulfillment."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from access.encryption import keyed_digest
from fulfillment.models import Batch, BulkAct, Fulfillment, Letter, Mail, MailState, ReminderRound, Sitting


def people(keys: Iterable[str]) -> None:
    """Lets one request about the same person go at a time, until this transaction ends.

    Without it two simultaneous requests both look for the other's row before either is there. SQLite has one writer
    at a time anyhow, and its transactions begin as writers.
    """
    assert connection.in_atomic_block
    if connection.vendor != "postgresql":
        return
    numbers = sorted({_number(key) for key in keys if key})
    with connection.cursor() as cursor:
        for number in numbers:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _number(key: str) -> int:
    """A signed 64-bit number, as PostgreSQL's advisory locks take it."""
    return int.from_bytes(bytes.fromhex(keyed_digest(key, purpose="person-lock")[:16]), signed=True)


def fulfillment(oid: UUID) -> Fulfillment:
    """The fulfillment with its claim as it is once the lock is ours. Raises `Fulfillment.DoesNotExist`.

    In two statements: of one that waited, PostgreSQL reads the locked row anew, and what is joined to it from before.
    """
    assert connection.in_atomic_block
    list(Fulfillment.objects.select_for_update(of=("self",)).filter(oid=oid).values_list("pk"))
    return Fulfillment.objects.select_related("claim", "product", "payer", "batch").get(oid=oid)


def fulfillments(oids: Iterable[UUID]) -> list[Fulfillment]:
    """Several, as `fulfillment` gives one, each with its seat; by id, so that no two wait for each other."""
    assert connection.in_atomic_block
    asked = Fulfillment.objects.filter(oid__in=list(oids)).order_by("id")
    list(asked.select_for_update(of=("self",)).values_list("pk"))
    return list(asked.select_related("claim", "product", "payer", "seat__sitting", "attendance"))


def sitting(pk: int) -> Sitting:
    """Whoever takes a seat, or changes how many there are, goes one at a time. Raises Sitting.DoesNotExist."""
    assert connection.in_atomic_block
    return Sitting.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def mail(pk: int) -> Mail:
    assert connection.in_atomic_block
    return Mail.objects.select_for_update(of=("self",)).select_related("fulfillment").get(pk=pk)


def queued_mails(oid: UUID) -> list[Mail]:
    """Mails that no mail server has taken, oldest first; before the fulfillment, as everywhere."""
    assert connection.in_atomic_block
    waiting = Mail.objects.filter(fulfillment__oid=oid, state=MailState.QUEUED)
    return list(waiting.select_for_update(of=("self",)).select_related("fulfillment").order_by("pk"))


def batch(pk: int) -> Batch:
    assert connection.in_atomic_block
    rows = Batch.objects.select_for_update(of=("self",))
    return rows.select_related("product", "payer", "user", "confirmed_by", "sitting").get(pk=pk)


def reminder_round(pk: int) -> ReminderRound:
    assert connection.in_atomic_block
    return ReminderRound.objects.select_for_update(of=("self",)).get(pk=pk)


def bulk_act(pk: int) -> BulkAct:
    assert connection.in_atomic_block
    return BulkAct.objects.select_for_update(of=("self",)).select_related("user").get(pk=pk)


def letters(versions: QuerySet[Letter]) -> list[Letter]:
    """All versions of one text, as ordered."""
    assert connection.in_atomic_block
    return list(versions.select_for_update(of=("self",)))

"""Giving many: a draft that somebody looks at, a yes, and the worker gives row by row (run again, nobody gets two)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from access.models import Payer
from fulfillment import adopting, duplicates, locks, old_knowledge, provisioning
from fulfillment.adopting import Outside
from fulfillment.candidates import Candidate, person_digest
from fulfillment.errors import DuplicateCandidate, FulfillmentError
from fulfillment.models import Batch, BatchRow, Fulfillment, Origin, RowState, Sitting
from fulfillment.sheet_requests import RowAsked
from inventory.errors import NotPossible
from inventory.models import Delivery, Product
from outbox import entries
from outbox.models import Entry
from outbox.registry import Again

KIND = "fulfillment.batch"
ROWS_AT_ONCE = 25  # given in one transaction, so that none stays open long


@transaction.atomic
def draft(
    *,
    rows: list[RowAsked],
    file_name: str,
    product: Product,
    actor: Actor,
    payer: Payer | None = None,
    delivery: str = "",
    deadline: date | None = None,
    sitting: Sitting | None = None,
) -> Batch:
    """The rows of a sheet without faults, kept for the preview. Nothing is given yet."""
    batch = Batch.objects.create(
        file_name=file_name[:255],
        product=product,
        payer=payer,
        delivery=delivery or product.delivery,
        deadline=deadline,
        sitting=sitting,
        user=actor.user,
    )
    BatchRow.objects.bulk_create(
        [BatchRow(batch=batch, sheet=row.sheet[:100], number=row.number, asked=_asked(row)) for row in rows],
        batch_size=500,
    )
    audit.record(
        actor=actor,
        verb="batch.drafted",
        product=product.code,
        subject=f"batch {batch.pk}",
        detail={"rows": len(rows)},
    )
    return batch


@transaction.atomic
def draft_adoption(*, found: list[Outside], actor: Actor, payer: Payer | None = None) -> Batch:
    """IDs assigned outside, each with the person whom its text names, kept for the preview. Nothing is adopted yet."""
    batch = Batch.objects.create(adopts=True, payer=payer, delivery=Delivery.NONE, user=actor.user)
    asked: list[Any] = [{**_person(one.person), "test_id": one.row.test_id} for one in found]
    BatchRow.objects.bulk_create(
        [BatchRow(batch=batch, number=number, asked=row) for number, row in enumerate(asked, start=1)], batch_size=500
    )
    audit.record(actor=actor, verb="batch.drafted", subject=f"batch {batch.pk}", detail={"adopts": len(found)})
    return batch


@transaction.atomic
def confirm(*, batch_id: int, actor: Actor, allow_duplicate: bool = False, go_on: bool = False) -> Batch:
    """Somebody has seen the rows and says yes. Again, it changes nothing.

    Raises OldKnowledge where a fresh export should come first; `go_on`: somebody said to go on anyway.
    """
    batch = locks.batch(batch_id)
    if batch.confirmed_at is None:
        if not go_on:
            old_knowledge.check(batch)
        batch.confirmed_at, batch.allow_duplicate = timezone.now(), allow_duplicate
        batch.save(update_fields=["confirmed_at", "allow_duplicate"])
        entries.write(kind=KIND, key=str(batch.pk), payload={"batch": batch.pk})
        detail = {"over_old_knowledge": go_on}
        audit.record(actor=actor, verb="batch.confirmed", subject=f"batch {batch.pk}", detail=detail)
    return batch


def run(entry: Entry) -> Again | None:
    """Some rows, and again until none is left. A row's outcome is written with what it came to."""
    batch = locks.batch(entry.payload["batch"])
    rows = list(batch.rows.filter(state=RowState.TODO)[:ROWS_AT_ONCE])
    for row in rows:
        _give(batch, row)
        row.save(update_fields=["state", "note", "fulfillment"])
    return Again() if len(rows) == ROWS_AT_ONCE else None


def open_before(batch: Batch) -> set[int]:
    """The rows of people who have an open test of this product already."""
    if batch.adopts:
        return _known_before(batch)
    assert batch.product is not None
    return {
        row.pk
        for row in batch.rows.filter(state=RowState.TODO)
        if duplicates.open_tests(
            product=batch.product, candidate=candidate_of(row), payer=batch.payer, client=None
        ).exists()
    }


def _known_before(batch: Batch) -> set[int]:
    """As `open_before`; and whoever stands in the list twice with one product is skipped the second time."""
    rows = {row.asked["test_id"]: row for row in batch.rows.filter(state=RowState.TODO)}
    found = adopting.look(adopting.outside().filter(test_id__in=list(rows)))
    doubles, seen = set(), set()
    for one in sorted(found, key=lambda outside: rows[outside.row.test_id].number):
        key = (one.row.product_id, person_digest(one.person))
        if one.waits or one.known or (key[1] and key in seen):
            doubles.add(rows[one.row.test_id].pk)
        seen.add(key)
    return doubles


def candidate_of(row: BatchRow) -> Candidate:
    asked = row.asked
    return Candidate(asked["name"], asked["email"], asked["external_id"], asked["language"])


def _asked(row: RowAsked) -> Any:
    """As the row keeps it, encrypted."""
    return {**_person(row.candidate), "reference": row.reference}


def _person(person: Candidate) -> dict[str, str]:
    return {
        "name": person.name,
        "email": person.email,
        "external_id": person.external_id,
        "language": person.language,
    }


def _give(batch: Batch, row: BatchRow) -> None:
    try:
        with transaction.atomic():
            row.fulfillment = _adopted(batch, row) if batch.adopts else _given(batch, row)
            row.state = RowState.GIVEN
    except DuplicateCandidate as refused:
        row.state, row.note = RowState.SKIPPED, f"{refused} {refused.oid}"
    except (FulfillmentError, NotPossible) as refused:
        row.state, row.note = RowState.FAILED, str(refused)[:300]


def _given(batch: Batch, row: BatchRow) -> Fulfillment:
    assert batch.product is not None
    return provisioning.give(
        product=batch.product,
        candidate=candidate_of(row),
        actor=_by(batch),
        origin=Origin.SHEET,
        delivery=batch.delivery,
        payer=batch.payer,
        reference=row.asked["reference"],
        deadline=batch.deadline,
        sitting=batch.sitting,
        allow_duplicate=batch.allow_duplicate,
        batch=batch,
    )


def _adopted(batch: Batch, row: BatchRow) -> Fulfillment:
    return adopting.adopt(
        test_id=row.asked["test_id"],
        candidate=candidate_of(row),
        actor=_by(batch),
        payer=batch.payer,
        allow_duplicate=batch.allow_duplicate,
        batch=batch,
    )


def _by(batch: Batch) -> Actor:
    return Actor.person(batch.user) if batch.user else Actor.system("worker")

"""One row of a batch, given: what its person has is judged again, and what came of it stands on the row."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from access.actors import Actor
from fulfillment import adopting, provisioning
from fulfillment.candidates import Candidate
from fulfillment.earlier_results import EarlierResult
from fulfillment.errors import DuplicateCandidate, FulfillmentError, HasEarlierResult
from fulfillment.models import Batch, BatchRow, Decision, Found, Fulfillment, Origin, RowState
from inventory.errors import NotPossible

WRITTEN = ("state", "note", "fulfillment", "found", "found_oid")  # what `give` sets, for whoever saves many


def give(batch: Batch, row: BatchRow, actor: Actor) -> None:
    """Sets the row's outcome, unsaved. Raises NoInventory where nothing is to be given unless all fit."""
    try:
        with transaction.atomic():
            row.fulfillment = _adopted(batch, row, actor) if batch.adopts else _given(batch, row, actor)
            row.state = RowState.GIVEN
    except DuplicateCandidate as refused:
        _has_already(row, str(refused), Found.OPEN, refused.oid, refused.earlier)
    except HasEarlierResult as refused:
        _has_already(row, str(refused), Found.RESULT, refused.earlier.oid, refused.earlier)
    except (FulfillmentError, NotPossible) as refused:
        row.state, row.note = RowState.FAILED, str(refused)[:300]


def candidate_of(row: BatchRow) -> Candidate:
    asked = row.asked
    return Candidate(asked["name"], asked["email"], asked["external_id"], asked["language"])


def _has_already(row: BatchRow, why: str, found: Found, oid: UUID, earlier: EarlierResult | None) -> None:
    row.found, row.found_oid, row.note = found, oid, why[:300]
    if row.decision == Decision.REUSE and earlier is not None:
        row.state, row.found, row.found_oid = RowState.REUSED, Found.RESULT, earlier.oid
        row.fulfillment = Fulfillment.objects.only("oid").get(oid=earlier.oid)
        row.note = f"The result that they have counts until {earlier.valid_until:%Y-%m-%d}: no test ID was spent."
    else:
        row.state = RowState.SKIPPED


def _given(batch: Batch, row: BatchRow, actor: Actor) -> Fulfillment:
    """*Give anyway* was said of whatever the person has: an open test as well as a result."""
    assert row.product is not None
    anyway = row.decision == Decision.GIVE
    return provisioning.give(
        product=row.product,
        candidate=candidate_of(row),
        actor=actor,
        origin=Origin.SHEET,
        delivery=row.delivery,
        payer=row.payer,
        reference=row.asked["reference"],
        deadline=row.deadline,
        metadata=row.asked.get("metadata"),
        note=row.asked.get("note", ""),
        allow_duplicate=anyway,
        allow_earlier_result=anyway,
        wait=not batch.all_or_nothing,
        batch=batch,
    )


def _adopted(batch: Batch, row: BatchRow, actor: Actor) -> Fulfillment:
    return adopting.adopt(
        test_id=row.asked["test_id"],
        candidate=candidate_of(row),
        actor=actor,
        payer=batch.payer,
        allow_duplicate=batch.allow_duplicate,
        batch=batch,
    )

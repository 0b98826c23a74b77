"""One row of a batch, given: what its person has is judged again, and what came of it stands on the row."""

from __future__ import annotations

from uuid import UUID

from access.actors import Actor
from fulfillment import adopting, by_form, duplicates
from fulfillment.by_form import Yes
from fulfillment.candidates import Candidate, tidy
from fulfillment.earlier_results import EarlierResult
from fulfillment.errors import DuplicateCandidate, FulfillmentError, HasEarlierResult
from fulfillment.models import Batch, BatchRow, Decision, Found, Fulfillment, Origin, RowState
from inventory.errors import NotPossible

# What `give` sets, for whoever saves many.
WRITTEN = ("state", "note", "fulfillment", "found", "found_oid", "found_result")


def give(batch: Batch, row: BatchRow, actor: Actor) -> None:
    """Sets the row's outcome, unsaved. Raises NoInventory where nothing is to be given unless all fit.

    What gives is a transaction of its own each time, so that a refusal leaves nothing behind.
    """
    try:
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
    row.found_result = earlier.oid if earlier else None
    if row.decision == Decision.REUSE and earlier is not None:
        row.state, row.found, row.found_oid = RowState.REUSED, Found.RESULT, earlier.oid
        row.fulfillment = Fulfillment.objects.only("oid").get(oid=earlier.oid)
        row.note = f"The result that they have counts until {earlier.valid_until:%Y-%m-%d}: no test ID was spent."
    else:
        row.state = RowState.SKIPPED


def _given(batch: Batch, row: BatchRow, actor: Actor) -> Fulfillment:
    """*Give anyway* is a yes to what was shown of this person, and to nothing that came since."""
    assert row.product is not None
    return by_form.give_in_spite(
        yes=_yes(batch, row),
        product=row.product,
        candidate=candidate_of(row),
        actor=actor,
        origin=Origin.SHEET,
        delivery=row.delivery,
        payer=row.payer,
        reference=row.asked["reference"],
        deadline=row.deadline,
        sitting=batch.sitting,
        metadata=row.asked.get("metadata"),
        note=row.asked.get("note", ""),
        wait=not batch.all_or_nothing,
        batch=batch,
    )


def _yes(batch: Batch, row: BatchRow) -> Yes:
    if row.decision != Decision.GIVE:
        return Yes()
    if row.found == Found.TWICE:
        return Yes(_given_further_up(batch, row))
    return Yes(row.found_oid if row.found == Found.OPEN else None, row.found_result)


def _given_further_up(batch: Batch, row: BatchRow) -> UUID | None:
    """The test of a row of this very batch, where that is all that the person has."""
    assert row.product is not None
    found = duplicates.open_tests(product=row.product, candidate=tidy(candidate_of(row)), payer=row.payer, client=None)
    first = found.order_by("pk").values_list("oid", "batch").first()
    return first[0] if first and first[1] == batch.pk else None


def _adopted(batch: Batch, row: BatchRow, actor: Actor) -> Fulfillment:
    return adopting.adopt(
        test_id=row.asked["test_id"],
        candidate=candidate_of(row),
        actor=actor,
        payer=batch.payer,
        allow_duplicate=batch.allow_duplicate,
        batch=batch,
    )

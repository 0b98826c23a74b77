"""The rows of a batch as a list to take along: own number and reference first, so that other systems can join it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from access import audit
from access.actors import Actor
from access.spreadsheets import Cell, Table
from fulfillment import batch_list, links
from fulfillment.batch_list import Wanted
from fulfillment.filters import STATE_WORDS
from fulfillment.models import Batch, BatchRow, Found, RowState
from inventory import claims
from inventory.models import Holding, TestID

CHUNK = 500
HEADER = (
    "external_id",
    "reference",
    "name",
    "email",
    "product",
    "outcome",
    "state",
    "note",
    "link",
    "sheet",
    "row",
    "oid",
)
_STATES = {str(state): words for state, words in STATE_WORDS}


def table(batch: Batch, wanted: Wanted, test_ids: Mapping[int, str] | None = None) -> Table:
    """The rows that the filter leaves. `test_ids`: claim -> the ID to be told (`take_test_ids`); else there is no such
    column."""
    header = [*HEADER[:7], *(["test_id"] if test_ids is not None else []), *HEADER[7:]]
    return Table(_("Candidates"), header, _rows(batch, wanted, test_ids))


@transaction.atomic
def take_test_ids(*, batch: Batch, actor: Actor) -> dict[int, str]:
    """The IDs of the batch that iTEP has confirmed, by claim; from now on somebody may know them."""
    told = claims.tell_all(oids=batch.all.values("oid"))
    held = TestID.objects.filter(holder__in=told, holding=Holding.CURRENT)
    found = dict(held.values_list("holder", "test_id"))
    detail = {"test_ids": len(found)}
    audit.record(actor=actor, verb="batch.test_ids_taken", subject=f"batch {batch.pk}", detail=detail)
    return found


def outcome(row: BatchRow) -> str:
    """In words, as the page has it."""
    if row.state == RowState.TODO and row.found and row.decision != "give":
        return _("Will be skipped")
    words = {
        RowState.TODO: _("To do"),
        RowState.GIVEN: _("Adopted") if row.batch.adopts else _("Given"),
        RowState.SKIPPED: _("Skipped"),
        RowState.REUSED: _("Earlier result reused"),
        RowState.FAILED: _("Not adopted") if row.batch.adopts else _("Not given"),
        RowState.UNDONE: _("Undone"),
    }
    return words[RowState(row.state)]


def why(row: BatchRow) -> str:
    """What its person has already, or why it was not given."""
    if row.note:
        return row.note
    words = {
        Found.OPEN: _("This person already has an open test of this product."),
        Found.RESULT: _("This person has a result of this product that still counts."),
        Found.TWICE: _("The same person stands in row %(n)s.") % {"n": row.found_number},
    }
    return words.get(Found(row.found), "")


def _rows(batch: Batch, wanted: Wanted, test_ids: Mapping[int, str] | None) -> Iterator[list[Cell]]:
    for row in batch_list.rows(batch, wanted).iterator(chunk_size=CHUNK):
        yield _cells(row, test_ids)


def _cells(row: BatchRow, test_ids: Mapping[int, str] | None) -> list[Cell]:
    one, asked = row.fulfillment, row.asked
    product = (one and one.product) or row.product
    return [
        asked["external_id"],
        asked.get("reference", ""),
        asked["name"],
        asked["email"],
        product.code if product else "",
        outcome(row),
        str(_STATES.get(one.state, one.state)) if one else "",
        *([test_ids.get(one.claim_id, "") if one else ""] if test_ids is not None else []),
        why(row),
        links.staff_url(one.oid) if one else "",
        row.sheet,
        row.number,
        str(one.oid) if one else "",
    ]

"""A plan as a list to take along. It holds no name, no address and no password: those stand in no plan."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from access.spreadsheets import Cell, Table
from inventory import causes, plan_list
from inventory.models import Cause, PlanRow, Upload
from inventory.plan_list import Filter
from inventory.reasons import reason_of

CHUNK = 2_000


def table(upload: Upload, wanted: Filter) -> Table:
    """The rows that the filter leaves, as the page lists them."""
    header = [
        *(_("Test ID"), _("Product"), _("Cause"), _("Reason"), _("Before"), _("After"), _("Differing fields")),
        *(_("Sheet"), _("Row"), _("OID"), _("Left out")),
    ]
    return Table(_("Changes"), header, _rows(upload, wanted))


def _rows(upload: Upload, wanted: Filter) -> Iterator[list[Cell]]:
    for row in plan_list.rows(upload, wanted).iterator(chunk_size=CHUNK):
        yield _cells(row)


def _cells(row: PlanRow) -> list[Cell]:
    invalid = row.cause == Cause.INVALID
    return [
        row.test_id,
        row.product,
        causes.word(row.cause),
        reason_of(row),
        "" if invalid else causes.standing_word(row.before),
        "" if invalid else causes.standing_word(row.after),
        causes.field_words(row.fields),
        row.sheet,
        row.row,
        str(row.oid or ""),
        row.dropped,
    ]

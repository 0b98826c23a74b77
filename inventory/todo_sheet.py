"""The hand work as a list to take along: what to write, and what to clear."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from access.spreadsheets import Cell, Table
from inventory.queries import Todo


def table(work: Todo) -> Table:
    """A row for each Assigned-to to write or to empty; the last column is for a tick."""
    header = [_("What"), _("Test ID"), _("Product code"), _("Assigned-to"), _("Done")]
    return Table(_("To do at iTEP"), header, _rows(work))


def _rows(work: Todo) -> Iterator[list[Cell]]:
    for row in work.assign:
        yield [_("Write into Assigned-to"), row.test_id, row.product.code, row.text, ""]
    for cleared in work.clear:
        yield [_("Clear Assigned-to"), cleared.test_id, cleared.product.code, "", ""]

"""The hand work as a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from openpyxl import Workbook

from inventory.queries import Assign
from inventory.text_cells import text_cell

COLUMNS = ("Test ID", "Product code", "Assigned-to", "Done")


def write(rows: Iterable[Assign]) -> bytes:
    """An xlsx with a row for each text. Every cell is a text, so that nothing a candidate typed runs as a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("To do at iTEP")
    for values in (COLUMNS, *((row.test_id, row.product.code, row.text, "") for row in rows)):
        sheet.append([text_cell(sheet, value) for value in values])
    out = BytesIO()
    book.save(out)
    return out.getvalue()

"""The rows of a file that have faults, as a workbook to correct them by: cells marked, with what was expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from access.spreadsheets import text_cell
from inventory import headers
from inventory.column_pages import MASKED
from inventory.columns import Field
from inventory.export_cells import Unusable, shown
from inventory.headers import CannotApply, Header
from inventory.masking import masked
from inventory.models import Cause, PlanRow, Upload
from inventory.sheets import Cell, Row, letter

_MARKED = PatternFill("solid", start_color="FFFFC7CE")
_WHY = PatternFill("solid", start_color="FFFFF2CC")
_COMMENTS = 2_000  # of one workbook: with more, spreadsheets become slow; the last column says the same of every row


@dataclass(slots=True)
class Faults:
    """What was expected in the cells of one row: column name -> words."""

    expected: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return "; ".join(f"{column}: {expected}" for column, expected in self.expected.items())


def workbook(upload: Upload) -> bytes:
    """An xlsx with a sheet for each of the file's that has faults. Raises CannotApply, UnreadableFile."""
    faults = _faults(upload)
    if not faults:
        raise CannotApply(_("This upload has no rows with errors."))
    return marked(headers.of(upload), faults)


def marked(found: Sequence[Header], faults: Mapping[tuple[str, int], Faults]) -> bytes:
    """The rows of these sheets that have faults, by sheet and row, of any kind of file. Raises UnreadableFile."""
    book = Workbook(write_only=True)
    writer = _Writer(book)
    for header in found:
        here = {row: fault for (sheet, row), fault in faults.items() if sheet == header.sheet.name[:64]}
        if here:
            writer.write(header, here)
    if not book.worksheets:
        book.create_sheet(_("Errors"))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _faults(upload: Upload) -> dict[tuple[str, int], Faults]:
    """Sheet and row -> its faults, as the plan found them."""
    found: dict[tuple[str, int], Faults] = {}
    rows = PlanRow.objects.filter(upload=upload, cause=Cause.INVALID, row__isnull=False).order_by("id")
    for sheet, row, column, expected in rows.values_list("sheet", "row", "column", "expected"):
        assert row is not None
        found.setdefault((sheet, row), Faults()).expected[column] = expected
    return found


class _Writer:
    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.comments = _COMMENTS

    def write(self, header: Header, faults: dict[int, Faults]) -> None:
        """One sheet: where each row stands in the file, the row itself, and in words what was expected."""
        sheet: Any = self.book.create_sheet(_title(header.sheet.name))
        sheet.freeze_panes = "C2"
        rows = list(_rows(header, faults))
        wide = max([len(header.mapping.names), *(len(row) for _number, row in rows)])
        names = [
            *header.mapping.names,
            *(f"column {letter(place)}" for place in range(len(header.mapping.names), wide)),
        ]
        for place in range(wide + 2):
            sheet.column_dimensions[letter(place)].width = 10 if place < 2 else 22
        sheet.column_dimensions[letter(wide + 2)].width = 90
        sheet.append(self._bold(sheet, [_("Sheet"), _("Row"), *names, _("What was expected")]))
        for number, row in rows:
            sheet.append(self._row(sheet, header, names, number, row, faults[number]))

    def _bold(self, sheet: WriteOnlyWorksheet, texts: Sequence[str]) -> list[object]:
        cells = [text_cell(sheet, text) for text in texts]
        for cell in cells:
            cell.font = Font(bold=True)
        return list(cells)

    def _row(
        self, sheet: WriteOnlyWorksheet, header: Header, names: Sequence[str], number: int, row: Row, faults: Faults
    ) -> list[object]:
        where = [text_cell(sheet, header.sheet.name), text_cell(sheet, str(number))]
        texts = _texts(header, row)
        cells = [text_cell(sheet, texts[place] if place < len(texts) else "") for place in range(len(names))]
        for name, cell in zip(names, cells, strict=True):
            if expected := faults.expected.get(name[:100]):
                cell.fill = _MARKED
                if self.comments:
                    self.comments -= 1
                    cell.comment = Comment(_("Expected: %(what)s") % {"what": expected}, "iTEP")
        why = text_cell(sheet, faults.words)
        why.fill = _WHY
        return [*where, *cells, why]


def _rows(header: Header, faults: dict[int, Faults]) -> Iterator[tuple[int, Row]]:
    """The rows that have faults, with their numbers."""
    numbers, last = count(header.place + 2), max(faults)
    for block in header.rows_below():
        for row, number in zip(block, numbers):  # noqa: B905 - without an end
            if number in faults:
                yield number, row
            if number >= last:
                return


def _texts(header: Header, row: Row) -> list[str]:
    """The cells as texts; what is secret, and what may be a part of it beyond the columns, masked."""
    places = header.mapping.places
    password, assigned_to = places.get(Field.PASSWORD), places.get(Field.ASSIGNED_TO)
    texts = [_text(cell) for cell in row]
    for place, text in enumerate(texts):
        if text and (place == password or place >= len(header.mapping.names)):
            texts[place] = MASKED
        elif place == assigned_to:
            texts[place] = masked(text)
    return texts


def _text(cell: Cell) -> str:
    try:
        return shown(cell)
    except Unusable:
        return str(cell)


def _title(name: str) -> str:
    """A sheet's name as Excel takes it."""
    return "".join("_" if one in "[]:*?/\\" else one for one in name)[:31].strip("'") or _("Errors")

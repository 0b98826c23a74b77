"""Lists to take along, as csv or xlsx, row by row: no cell of them ever runs as a formula (OWASP ASVS 1.2.10)."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, TypeAlias

from django.http import FileResponse, StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.cell import Cell as BookCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Cell: TypeAlias = str | float | int | None
KINDS = ("csv", "xlsx")
LONGEST_TEXT = 32_767  # characters that a spreadsheet keeps in a cell
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


@dataclass(frozen=True, slots=True)
class Table:
    """A list: its title, the names of its columns, and its rows, which are read once and never held together."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


class _Echo:
    """A file that hands back what is written to it, so that csv can be streamed."""

    def write(self, line: str) -> str:
        return line


def safe(value: Cell) -> Cell:
    """As csv has it: a text that a spreadsheet would take for a formula begins with `'`."""
    if not isinstance(value, str):
        return value
    clean = ILLEGAL_CHARACTERS_RE.sub("", value)
    return f"'{clean}" if value.startswith(_STARTS_A_FORMULA) else clean


def csv_lines(table: Table) -> Iterator[str]:
    """The list as csv, line by line."""
    writer = csv.writer(_Echo())
    yield writer.writerow([safe(name) for name in table.header])
    for row in table.rows:
        yield writer.writerow([safe(cell) for cell in row])


def xlsx(table: Table) -> IO[bytes]:
    """The list as a workbook in a temporary file, ready to be read; whoever reads it closes it.

    Every cell is a number or a text, whatever it looks like: texts stay as they are, to the letter.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(table.title[:31])
    sheet.append([_as_text(sheet, name) for name in table.header])
    for row in table.rows:
        sheet.append([_as_text(sheet, cell) for cell in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    book.save(file)
    file.seek(0)
    return file


def download(table: Table, *, name: str, kind: str) -> FileResponse | StreamingHttpResponse:
    """The list as a file for the browser. `name` without its ending, in ASCII; `kind` one of `KINDS`."""
    if kind == "xlsx":
        return FileResponse(xlsx(table), as_attachment=True, filename=f"{name}.xlsx")
    response = StreamingHttpResponse(csv_lines(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def text_cell(sheet: WriteOnlyWorksheet, value: str) -> BookCell:
    """A cell that holds this text to the letter, and stays a text when somebody edits it."""
    cell: BookCell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_TEXT])
    cell.data_type = "s"
    cell.quotePrefix = value.startswith(_STARTS_A_FORMULA)
    return cell


def _as_text(sheet: WriteOnlyWorksheet, value: Cell) -> Cell | BookCell:
    """A cell of its own only for what could be taken for more than a text: cells cost much in a long list."""
    if not isinstance(value, str):
        return value
    if value.startswith((*_STARTS_A_FORMULA, "#")):
        return text_cell(sheet, value)
    return ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_TEXT]

"""A spreadsheet of candidates, read: rows to give tests to, and every fault of the file at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fulfillment import candidates
from fulfillment.candidates import Candidate

if TYPE_CHECKING:
    from inventory.sheets import Cell, Sheet

COLUMNS = {
    "name": ("name", "full name", "candidate", "candidate name", "nome", "nombre"),
    "email": ("email", "e-mail", "mail", "email address", "e-mail address"),
    "external_id": ("own number", "external id", "external_id", "number", "student id", "employee id", "id"),
    "language": ("language", "lang"),
    "reference": ("reference", "ref"),
}
MOST_ROWS = 5000


@dataclass(frozen=True, slots=True)
class RowAsked:
    """One row, with where it stands, as a person counts."""

    sheet: str
    number: int
    candidate: Candidate
    reference: str


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong, and where. `row` 0: the sheet as a whole."""

    sheet: str
    row: int
    column: str
    value: str
    expected: str


@dataclass(frozen=True, slots=True)
class Requests:
    rows: list[RowAsked]
    faults: list[CellFault]


def read(sheets: Sequence[Sheet], *, needs_email: bool) -> Requests:
    """The rows below the first one that is not blank, which names the columns, in any order."""
    rows: list[RowAsked] = []
    faults: list[CellFault] = []
    for sheet in sheets:
        _read_sheet(sheet, rows, faults, needs_email=needs_email)
    if not rows and not faults:
        faults.append(CellFault("", 0, "", "", "At least one row with a name."))
    if len(rows) > MOST_ROWS:
        faults.append(CellFault("", 0, "", str(len(rows)), f"At most {MOST_ROWS} rows at a time."))
    return Requests(rows, faults)


def _read_sheet(sheet: Sheet, rows: list[RowAsked], faults: list[CellFault], *, needs_email: bool) -> None:
    numbered = [(number, [_text(cell) for cell in row]) for number, row in enumerate(sheet.rows, 1)]
    filled = [(number, row) for number, row in numbered if any(row)]
    if not filled:
        return
    (head, titles), following = filled[0], filled[1:]
    places = {field: place for place, title in enumerate(titles) if (field := _field(title))}
    if "name" not in places:
        faults.append(CellFault(sheet.name, head, "", ", ".join(filter(None, titles)), 'A column "name".'))
        return
    for number, row in following:
        found = {field: row[place] if place < len(row) else "" for field, place in places.items()}
        reference = candidates.tidy_text(found.pop("reference", ""))
        person = candidates.tidy(Candidate(**found))
        faults.extend(_faults(sheet.name, number, person, needs_email=needs_email))
        rows.append(RowAsked(sheet.name, number, person, reference))


def _faults(sheet: str, number: int, person: Candidate, *, needs_email: bool) -> Iterator[CellFault]:
    for fault in candidates.faults(person, needs_email=needs_email):
        field = fault.field.removeprefix("candidate.")
        yield CellFault(sheet, number, COLUMNS[field][0], getattr(person, field), fault.message)


def _field(title: str) -> str:
    folded = " ".join(title.casefold().split())
    return next((field for field, names in COLUMNS.items() if folded in names), "")


def _text(cell: Cell) -> str:
    """A number in a sheet is a float there: an own number of 77 must not become "77.0"."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()

"""A list of candidates, read: rows to give tests to, and every fault of the file at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from access.models import Payer
from fulfillment import candidates, deadlines, provisioning, sheet_words
from fulfillment.candidates import Candidate
from fulfillment.models import Fulfillment, Sitting
from fulfillment.sheet_columns import Asked, names_people
from fulfillment.sheet_words import Known
from inventory.export_cells import Unusable, shown
from inventory.headers import Header
from inventory.models import Product
from inventory.sheets import Cell, Row

MOST_ROWS = 10_000
LONGEST_NOTE = 1_000
_COLUMNS = {"candidate.name": Asked.NAME, "candidate.email": Asked.EMAIL, "candidate.external_id": Asked.EXTERNAL_ID}
_COLUMNS |= {"candidate.language": Asked.LANGUAGE, "reference": Asked.REFERENCE, "deadline": Asked.DEADLINE}


@dataclass(frozen=True, slots=True)
class Same:
    """What is the same for all rows that do not say it themselves. `delivery` "": as the product says."""

    product: Product
    payer: Payer | None = None
    delivery: str = ""
    deadline: date | None = None
    keep_others: bool = False  # columns that nobody knows are kept as data of the candidate
    sitting: Sitting | None = None  # each gets a seat there


@dataclass(frozen=True, slots=True)
class RowAsked:
    """One row, with where it stands, as a person counts."""

    sheet: str
    number: int
    candidate: Candidate
    product: Product
    payer: Payer | None = None
    delivery: str = ""
    deadline: date | None = None
    reference: str = ""
    note: str = ""
    metadata: dict[str, str] = field(default_factory=dict)


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


def read(headers: Sequence[Header], same: Same) -> Requests:
    """Everything that the file asks for. Sheets that name nobody are left out, unless none does."""
    used = [one for one in headers if names_people(one.mapping)]
    if not used:
        names = ", ".join(filter(None, headers[0].mapping.names))
        return Requests([], [CellFault(headers[0].sheet.name, headers[0].place + 1, "", names, 'A column "name".')])
    reader, known = Requests([], []), Known.now()
    for header in used:
        _Reader(header, same, known, reader).read()
    if not reader.rows and not reader.faults:
        reader.faults.append(CellFault("", 0, "", "", "At least one row with a name."))
    if len(reader.rows) > MOST_ROWS:
        most = f"At most {MOST_ROWS:,} rows at a time. Part the file, and give the parts one after the other."
        return Requests([], [CellFault("", 0, "", f"more than {MOST_ROWS:,}", most)])
    return reader


class _Reader:
    """One sheet."""

    def __init__(self, header: Header, same: Same, known: Known, into: Requests) -> None:
        self.header, self.same, self.known, self.into = header, same, known, into
        self.places = header.mapping.places
        taken = header.mapping.taken
        self.others = [(place, name) for place, name in enumerate(header.mapping.names) if place not in taken]
        self.formulas = {place: frozenset(rows) for place, rows in header.sheet.formulas.items()}
        self.today = deadlines.today()

    def read(self) -> None:
        numbers = count(self.header.place + 2)
        for block in self.header.rows_below():
            for row, number in zip(block, numbers):  # noqa: B905 - without an end
                if any(_filled(cell) for cell in row):
                    self._row(number, row)
            if len(self.into.rows) > MOST_ROWS:
                return

    def _row(self, number: int, row: Row) -> None:
        cells = _Cells(self, number, row)
        asked = RowAsked(
            sheet=self.header.sheet.name[:100],
            number=number,
            candidate=candidates.tidy(
                Candidate(
                    cells.name(),
                    cells.text(Asked.EMAIL),
                    cells.text(Asked.EXTERNAL_ID),
                    cells.read(Asked.LANGUAGE, sheet_words.language, ""),
                )
            ),
            product=cells.read(Asked.PRODUCT, self.known.product, self.same.product),
            payer=cells.read(Asked.PAYER, self.known.payer, self.same.payer),
            delivery=cells.read(Asked.DELIVERY, sheet_words.delivery, self.same.delivery),
            deadline=cells.read(Asked.DEADLINE, sheet_words.day, self.same.deadline),
            reference=candidates.tidy_text(cells.text(Asked.REFERENCE)),
            note=cells.text(Asked.NOTE),
            metadata=cells.others() if self.same.keep_others else {},
        )
        cells.judge(asked)
        self.into.faults.extend(cells.faults())
        self.into.rows.append(asked)


class _Cells:
    """One row's cells, and their faults: one a column."""

    def __init__(self, reader: _Reader, number: int, row: Row) -> None:
        self.reader, self.number, self.row = reader, number, row
        self.faulty: dict[str, CellFault] = {}

    def read(self, column: Asked, meaning: Callable[[Cell], Any], otherwise: Any) -> Any:
        """What the cell says; `otherwise` where it is blank, or cannot be read."""
        place = self.reader.places.get(column)
        cell = self.row[place] if place is not None and place < len(self.row) else None
        if place is None or not _filled(cell):
            if place is not None and self.number in self.reader.formulas.get(place, ()):
                self.fault(column, "A value: this cell holds a formula without one. Copy, then paste values only.")
            return otherwise
        try:
            return meaning(cell)
        except Unusable as unusable:
            self.fault(column, str(unusable))
            return otherwise

    def text(self, column: Asked) -> str:
        return str(self.read(column, sheet_words.plain, ""))

    def name(self) -> str:
        """The whole name, else its parts."""
        whole = self.text(Asked.NAME)
        return whole or f"{self.text(Asked.FIRST_NAME)} {self.text(Asked.LAST_NAME)}".strip()

    def others(self) -> dict[str, str]:
        filled = ((place, name) for place, name in self.reader.others if place < len(self.row))
        return {name[:100]: text for place, name in filled if (text := _shown(self.row[place]))}

    def judge(self, asked: RowAsked) -> None:
        """As giving would, so that nothing is refused later that could be said now."""
        if len(asked.note) > LONGEST_NOTE:
            self.fault(Asked.NOTE, f"At most {LONGEST_NOTE:,} characters; these are {len(asked.note):,}.")
        for error in provisioning.faults(_would_be(asked), today=self.reader.today):
            column = _COLUMNS.get(error.field)
            if column is None:
                self.fault_in(error.field.removeprefix("metadata."), "", error.message)
            else:
                self.fault(column, error.message)

    def fault(self, column: Asked, expected: str) -> None:
        places = self.reader.places
        if column == Asked.NAME and column not in places:
            column = Asked.FIRST_NAME if Asked.FIRST_NAME in places else Asked.LAST_NAME
        place = places.get(column)
        value = _shown(self.row[place]) if place is not None and place < len(self.row) else ""
        self.fault_in(self.reader.header.mapping.name_of(column) or str(column), value, expected)

    def fault_in(self, column: str, value: str, expected: str) -> None:
        if column not in self.faulty:
            sheet = self.reader.header.sheet.name[:100]
            self.faulty[column] = CellFault(sheet, self.number, column[:100], value[:200], expected)

    def faults(self) -> list[CellFault]:
        """In the order of the columns."""
        places = {name: place for place, name in enumerate(self.reader.header.mapping.names)}
        return sorted(self.faulty.values(), key=lambda one: places.get(one.column, len(places)))


def _would_be(asked: RowAsked) -> Fulfillment:
    one = Fulfillment(
        oid=uuid.UUID(int=0),
        product=asked.product,
        payer=asked.payer,
        reference=asked.reference,
        deadline=asked.deadline,
        delivery=asked.delivery or asked.product.delivery,
        metadata=asked.metadata,
    )
    provisioning.set_person(one, asked.candidate)
    return one


def _filled(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _shown(cell: Cell) -> str:
    try:
        return shown(cell)
    except Unusable:
        return str(cell)


def columns_needing_a_look(headers: Sequence[Header]) -> Iterator[str]:
    """Columns of the used sheets that nobody knows, and that nobody has looked at before: a person should."""
    for header in headers:
        if names_people(header.mapping) and header.remembered is None:
            yield from (name for place, name in enumerate(header.mapping.names) if _is_unknown(header, place))


def _is_unknown(header: Header, place: int) -> bool:
    named = place < len(header.cells) and _filled(header.cells[place])
    return place not in header.mapping.taken and (named or header.place < 0)

"""From cells to rows of an export: each valid and in one spelling, or named with its sheet, row, column and value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from inventory.columns import Field, Mapping
from inventory.export_cells import Unusable, code_in, day_in, others_in, test_id_in, text_in
from inventory.sheets import Cell, UnreadableFile, letter
from itep.statuses import read_status

SECRET = (Field.ASSIGNED_TO, Field.PASSWORD)
OUTSIDE = (
    "nothing: the column names end before this cell. In a csv, a text with a comma or semicolon in it stands in quotes"
)


MOST_FAULTS = 100_000
_TOO_MANY = (
    "More than {most:,} cells of this file cannot be used. The first is in row {first.row}, column {first.column}: "
    "expected is {first.expected}. Are the columns right?"
)


class ExportRow(NamedTuple):
    """What the export says of one ID. "" or None where a cell is empty, or its column lacking."""

    sheet: str
    row: int
    test_id: str
    product: str
    status_raw: str
    status: str
    assigned_to: str
    password: str
    valid_until: date | None
    purchased_on: date | None
    tracking_code: str
    other: str = ""  # unknown columns: a canonical JSON text of {column: text}, blank ones left out

    def says(self, another: ExportRow) -> bool:
        """Whether both say the same of their ID. Unknown columns say nothing: one may be a running number."""
        return self[2:11] == another[2:11]


class BadCell(NamedTuple):
    """A cell that cannot be used. `test_id` is that of its row where it could be read: the ID counts as seen."""

    sheet: str
    row: int
    column: str
    value: str
    expected: str
    test_id: str = ""
    product: str = ""
    secret: bool = False


@dataclass(slots=True)
class Found:
    """The rows of a file, each ID once, and all its faults.

    `numbers` counts the cells that hold a number where a text is meant; `products` are as the file first spells them.
    """

    rows: dict[str, ExportRow] = field(default_factory=dict)
    bad: list[BadCell] = field(default_factory=list)
    numbers: dict[Field, int] = field(default_factory=dict)
    products: dict[str, str] = field(default_factory=dict)

    def keep(self, row: ExportRow, column: str) -> None:
        """Adds a row. An ID that stands twice and differs is a fault in the column of the IDs."""
        first = self.rows.setdefault(row.test_id, row)
        if first is not row and not first.says(row):
            expected = f"each test ID once, or the same twice; row {first.row} says otherwise"
            self.blame(BadCell(row.sheet, row.row, column, row.test_id, expected, row.test_id, row.product))
        self.name(row.product)

    def blame(self, bad: BadCell) -> None:
        """Adds a fault. Raises UnreadableFile where nearly all is faulty: a million faults help nobody, and fill memory
        and database.
        """
        self.bad.append(bad)
        self.name(bad.product)
        if len(self.bad) > MOST_FAULTS:
            raise UnreadableFile(_TOO_MANY.format(most=MOST_FAULTS, first=self.bad[0]))

    def name(self, product: str) -> None:
        if product:
            self.products.setdefault(product.casefold(), product)

    def leave_broken_out(self) -> None:
        """An ID that is broken in one of its rows is invalid as a whole."""
        for one in self.bad:
            self.rows.pop(one.test_id, None)


class RowReader:
    """Reads rows of one sheet with care, one at a time. The rule that `export_blocks` keeps to."""

    def __init__(self, sheet: str, mapping: Mapping, default_product: str, *, ready_only: bool) -> None:
        self.sheet, self.mapping = sheet, mapping
        self.default_product = default_product
        self.ready_only = ready_only
        self.unknown = tuple((name, place) for place, name in enumerate(mapping.names) if place not in mapping.taken)
        self._statuses: dict[str, str] = {}
        self._place = {one: mapping.places.get(one) for one in Field}

    def add(self, found: Found, number: int, row: Sequence[Cell]) -> None:
        """Adds the row, or every fault that it has. `number`: as the spreadsheet numbers it."""
        for one in (Field.TEST_ID, Field.PASSWORD):
            if type(self._cell(row, one)) is float:
                found.numbers[one] = found.numbers.get(one, 0) + 1
        try:
            found.keep(self.row(number, row), self.mapping.name_of(Field.TEST_ID))
        except Unusable:
            for bad in self.faults(number, row):
                found.blame(bad)

    def row(self, number: int, row: Sequence[Cell]) -> ExportRow:
        """The row. Raises Unusable at its first fault."""
        if self._outside(row) is not None:
            raise Unusable(OUTSIDE)
        status_raw = self._status(row)
        return ExportRow(
            self.sheet,
            number,
            self._test_id(row),
            self._product(row),
            status_raw,
            self.status_of(status_raw),
            text_in(self._cell(row, Field.ASSIGNED_TO)),
            text_in(self._cell(row, Field.PASSWORD)),
            day_in(self._cell(row, Field.VALID_UNTIL)),
            day_in(self._cell(row, Field.PURCHASED_ON)),
            code_in(self._cell(row, Field.TRACKING_CODE)),
            others_in((name, row[place] if place < len(row) else None) for name, place in self.unknown),
        )

    def faults(self, number: int, row: Sequence[Cell]) -> list[BadCell]:
        """Every fault of a row that has one."""
        test_id, product = self._tried(self._test_id, row), self._tried(self._product, row)
        bad = []
        for one, read in self._readers():
            try:
                read(row)
            except Unusable as unusable:
                cell, secret = self._cell(row, one), one in SECRET
                value = "" if cell is None else str(cell)[:200]
                column = self.mapping.name_of(one) or one.replace("_", " ")
                bad.append(BadCell(self.sheet, number, column, value, str(unusable), test_id, product, secret))
        for name, place in self.unknown:
            try:
                others_in([(name, row[place] if place < len(row) else None)])
            except Unusable as unusable:
                value = str(row[place])[:200]
                bad.append(BadCell(self.sheet, number, name, value, str(unusable), test_id, product, secret=True))
        if (place_outside := self._outside(row)) is not None:
            value, column = str(row[place_outside])[:200], f"column {letter(place_outside)}"
            bad.append(BadCell(self.sheet, number, column, value, OUTSIDE, test_id, product, secret=True))
        return bad

    def _readers(self) -> list[tuple[Field, Callable[[Sequence[Cell]], object]]]:
        kinds: dict[Field, Callable[[Cell], object]] = {
            Field.ASSIGNED_TO: text_in,
            Field.PASSWORD: text_in,
            Field.VALID_UNTIL: day_in,
            Field.PURCHASED_ON: day_in,
            Field.TRACKING_CODE: code_in,
        }
        return [
            (Field.TEST_ID, self._test_id),
            (Field.PRODUCT, self._product),
            (Field.STATUS, self._status),
            *((one, lambda row, one=one, read=read: read(self._cell(row, one))) for one, read in kinds.items()),
        ]

    def _tried(self, read: Callable[[Sequence[Cell]], str], row: Sequence[Cell]) -> str:
        try:
            return read(row)
        except Unusable:
            return ""

    def _cell(self, row: Sequence[Cell], one: Field) -> Cell:
        place = self._place[one]
        return row[place] if place is not None and place < len(row) else None

    def _outside(self, row: Sequence[Cell]) -> int | None:
        """The place of the first cell that stands beyond the column names, and is not blank."""
        for place in range(len(self.mapping.names), len(row)):
            if row[place] is not None and str(row[place]).strip():
                return place
        return None

    def _test_id(self, row: Sequence[Cell]) -> str:
        return test_id_in(self._cell(row, Field.TEST_ID))

    def _product(self, row: Sequence[Cell]) -> str:
        return self.product_of(self._cell(row, Field.PRODUCT))

    def product_of(self, cell: Cell) -> str:
        code = code_in(cell) or self.default_product
        if not code:
            raise Unusable("a product code")
        return code

    def _status(self, row: Sequence[Cell]) -> str:
        return "Ready" if self.ready_only else code_in(self._cell(row, Field.STATUS))

    def status_of(self, raw: str) -> str:
        """iTEP's word for it, "" for one that nobody knows. Few stand in many rows, so they are remembered."""
        known = self._statuses.get(raw)
        if known is None:
            known = self._statuses[raw] = str(read_status(raw) or "")
        return known

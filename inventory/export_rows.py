"""From cells to rows of an export: each valid and in one spelling, or named with its sheet, row, column and value."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from inventory.columns import Field, Mapping
from inventory.sheets import Cell
from itep.statuses import read_status
from itep.test_ids import UnreadableTestId, read_test_id
from itep.wire import storable

EXACT = 2**53  # up to here a spreadsheet's number is exact
LONGEST_CODE = 64  # of products, statuses and tracking codes
SECRET = (Field.ASSIGNED_TO, Field.PASSWORD)
A_DAY = "a date, as 2026-12-31 or 12/31/2026 (month first)"
LONGEST_TEXT = 10_000
_DAY = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)
_US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: \d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?)?", re.ASCII | re.IGNORECASE)
_TOTAL = re.compile(
    r"\s*(grand |sub)?(total|totals|totales|totais|suma|sum|count|rows|records|filas|linhas)\b[\s:=]*[\d.,]*\s*",
    re.I,
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
    other: str = ""  # the columns that the portal does not know, as JSON: name -> text


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
    """All rows and all faults of a file; `numbers` counts the IDs that stood in it as numbers."""

    rows: list[ExportRow] = field(default_factory=list)
    bad: list[BadCell] = field(default_factory=list)
    numbers: int = 0


class Unusable(Exception):
    """A cell's value is not what was expected; the message says what was."""


def add_rows(
    found: Found,
    *,
    sheet: str,
    cells: Sequence[Sequence[Cell]],
    header: int,
    mapping: Mapping,
    default_product: str,
    ready_only: bool,
) -> None:
    """Adds the rows below the header to `found`. Blank lines are left out, and so are totals below the last ID."""
    reader = _Reader(sheet, mapping, default_product, ready_only=ready_only)
    for number in range(header + 1, _end_of_rows(cells, header, mapping.places[Field.TEST_ID])):
        row = cells[number]
        if _is_blank(row):
            continue
        try:
            found.rows.append(reader.row(number + 1, row))
        except Unusable:
            found.bad.extend(reader.faults(number + 1, row))
    found.numbers += reader.numbers


def _is_blank(row: Sequence[Cell]) -> bool:
    return not any(cell is not None and str(cell).strip() for cell in row)


def _end_of_rows(cells: Sequence[Sequence[Cell]], header: int, id_place: int) -> int:
    """The place after the last row that is neither blank nor a total."""
    end = len(cells)
    while end > header + 1 and (_is_blank(cells[end - 1]) or _is_total(cells[end - 1], id_place)):
        end -= 1
    return end


def _is_total(row: Sequence[Cell], id_place: int) -> bool:
    """A short row whose ID cell, or where that is blank any cell, is "Total", "Total: 240" and the like."""
    texts = [str(cell).strip() for cell in row if cell is not None and str(cell).strip()]
    in_id = str(row[id_place] or "").strip() if id_place < len(row) else ""
    return len(texts) <= 3 and any(_TOTAL.fullmatch(one) for one in ([in_id] if in_id else texts))


class _Reader:
    """Reads row after row of one sheet; remembers statuses and days, since few stand in many rows."""

    def __init__(self, sheet: str, mapping: Mapping, default_product: str, *, ready_only: bool) -> None:
        self.sheet, self.mapping = sheet, mapping
        self.default_product = default_product
        self.status_column = None if ready_only else mapping.places.get(Field.STATUS)
        self.without_status = "Ready" if ready_only else ""
        self.numbers = 0
        self._statuses: dict[str, str] = {}
        self._days: dict[str, date] = {}
        self._place = {one: mapping.places.get(one) for one in Field}

    def row(self, number: int, row: Sequence[Cell]) -> ExportRow:
        """The row. Raises Unusable at its first fault."""
        status_raw = self._status(row)
        return ExportRow(
            self.sheet,
            number,
            self._test_id(row),
            self._product(row),
            status_raw,
            self._read_status(status_raw),
            self._text(row, Field.ASSIGNED_TO),
            self._text(row, Field.PASSWORD),
            self._day(row, Field.VALID_UNTIL),
            self._day(row, Field.PURCHASED_ON),
            self._short(row, Field.TRACKING_CODE),
        )

    def faults(self, number: int, row: Sequence[Cell]) -> list[BadCell]:
        """Every fault of a row that has one."""
        test_id, product = self._tried(self._test_id, row), self._tried(self._product, row)
        readers: list[tuple[Field, Callable[[Sequence[Cell]], object]]] = [
            (Field.TEST_ID, self._test_id),
            (Field.PRODUCT, self._product),
            (Field.STATUS, self._status),
            *((one, partial(self._text, one=one)) for one in (Field.ASSIGNED_TO, Field.PASSWORD)),
            *((one, partial(self._day, one=one)) for one in (Field.VALID_UNTIL, Field.PURCHASED_ON)),
            (Field.TRACKING_CODE, partial(self._short, one=Field.TRACKING_CODE)),
        ]
        bad = []
        for one, read in readers:
            try:
                read(row)
            except Unusable as unusable:
                value, secret = str(self._cell(row, one) or "")[:200], one in SECRET
                column = self.mapping.name_of(one) or str(one)
                bad.append(BadCell(self.sheet, number, column, value, str(unusable), test_id, product, secret))
        return bad

    def _tried(self, read: Callable[[Sequence[Cell]], str], row: Sequence[Cell]) -> str:
        try:
            return read(row)
        except Unusable:
            return ""

    def _cell(self, row: Sequence[Cell], one: Field) -> Cell:
        place = self._place[one]
        return row[place] if place is not None and place < len(row) else None

    def _test_id(self, row: Sequence[Cell]) -> str:
        cell = self._cell(row, Field.TEST_ID)
        if not isinstance(cell, str):
            self.numbers += cell is not None
            cell = text_of(cell)
        try:
            return read_test_id(cell)
        except UnreadableTestId as unreadable:
            raise Unusable(f"a test ID. {unreadable}") from unreadable

    def _product(self, row: Sequence[Cell]) -> str:
        code = self._short(row, Field.PRODUCT) or self.default_product
        if not code:
            raise Unusable("a product code")
        return code

    def _status(self, row: Sequence[Cell]) -> str:
        if self.status_column is None:
            return self.without_status
        return self._short(row, Field.STATUS)

    def _read_status(self, raw: str) -> str:
        if raw not in self._statuses:
            self._statuses[raw] = str(read_status(raw) or "")
        return self._statuses[raw]

    def _text(self, row: Sequence[Cell], one: Field) -> str:
        cell = self._cell(row, one)
        text = cell if isinstance(cell, str) else text_of(cell)
        text = text.strip()
        if len(text) > LONGEST_TEXT:
            raise Unusable(f"at most {LONGEST_TEXT:,} characters")
        return text if text.isascii() and "\0" not in text else storable(text)

    def _short(self, row: Sequence[Cell], one: Field) -> str:
        text = self._text(row, one)
        if len(text) > LONGEST_CODE:
            raise Unusable(f"at most {LONGEST_CODE} characters")
        return text

    def _day(self, row: Sequence[Cell], one: Field) -> date | None:
        cell = self._cell(row, one)
        if isinstance(cell, str):
            text = cell.strip()
            if not text:
                return None
            if text not in self._days:
                self._days[text] = day_of(text)
            return self._days[text]
        if isinstance(cell, date):
            return cell.date() if isinstance(cell, datetime) else cell
        if cell is None:
            return None
        raise Unusable(A_DAY)


def text_of(cell: Cell) -> str:
    """An ID, a code or a password that the spreadsheet may hold as a number. Never guessed: raises Unusable."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool) or not isinstance(cell, float | int):
        raise Unusable("text; the spreadsheet holds a date or a truth value here")
    if not float(cell).is_integer() or abs(cell) >= EXACT:
        raise Unusable("text; the spreadsheet holds a number here, and may have lost digits of it")
    return str(int(cell))


def day_of(text: str) -> date:
    """The day of "2026-12-31", or of "12/31/2026" as iTEP writes; a time after it is dropped. Raises Unusable."""
    if found := _DAY.fullmatch(text):
        year, month, day = found.groups()
    elif found := _US_DAY.fullmatch(text):
        month, day, year = found.groups()
    else:
        raise Unusable(A_DAY)
    try:
        return date(int(year), int(month), int(day))
    except ValueError as impossible:
        raise Unusable(A_DAY) from impossible

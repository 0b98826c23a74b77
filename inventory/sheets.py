"""What every way of reading an export ends in: sheets of plain cells; and the limits that no export exceeds.

What a cell means is judged later, in `inventory.export_rows`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, islice

Cell = str | float | bool | date | datetime | None
Row = Sequence[Cell]

MAX_BYTES = 100 * 1024 * 1024
MAX_ROWS = 1_050_000
MAX_CELLS = 9_000_000
MAX_COLUMNS = 2_000
MAX_SHEETS = 250
BLOCK = 2_048  # rows that are read at a time: a file is never held as cells in whole

ENCRYPTED = "This file is protected by a password. Save it without one and upload that."
BROKEN = "This {kind} file is broken or cut short. Download it again."
CUT_SHORT = "This file is cut short. Download it again."
FORMULA = (
    "{where} holds a formula or an error, in the column {column}. What it comes to may be out of date: download the "
    "file again, or replace the formulas of this column by their values (copy, then paste values only)."
)
TOO_LARGE = "This file is too large to be an export: more than {most}."


class UnreadableFile(Exception):
    """The file as a whole cannot be read; the message is for the person who uploaded it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows as the file has them, blank ones too: `rows[0]` is what the spreadsheet numbers 1."""

    name: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """A sheet that is read block by block, as often as it is asked. Any block may raise UnreadableFile.

    `formulas`: place of a column, from 0 -> the rows that hold a formula there, as the spreadsheet numbers them.
    `open_ended`: nothing closes the last row, so that a short one may be a row cut in two.
    """

    name: str
    blocks: Callable[[], Iterator[list[Row]]]
    formulas: Mapping[int, Sequence[int]] = field(default_factory=dict)
    open_ended: bool = False

    def rows(self) -> Iterator[Row]:
        return chain.from_iterable(self.blocks())

    def head(self, count: int) -> list[Row]:
        """The first rows."""
        return list(islice(self.rows(), count))


@dataclass(frozen=True, slots=True)
class OpenFile:
    """What stands in the file, and as which kind it is read: "csv", "xls", "xlsx", "ods" or "html"."""

    kind: str
    sheets: tuple[OpenSheet, ...]


@dataclass(frozen=True, slots=True)
class Sheets:
    """The same, read to its end."""

    kind: str
    sheets: tuple[Sheet, ...]


def letter(place: int) -> str:
    """The name that a spreadsheet gives the column at this place, from 0: A, Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters

"""What every way of reading an export ends in: sheets of plain cells; and the limits that no export exceeds.

What a cell means is judged later, in `inventory.export_rows`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

Cell = str | float | bool | date | datetime | None

MAX_BYTES = 100 * 1024 * 1024
MAX_ROWS = 1_050_000
MAX_CELLS = 9_000_000

ENCRYPTED = "This file is protected by a password. Save it without one and upload that."
BROKEN = "This {kind} file is broken or cut short. Download it again."
TOO_LARGE = "This file is too large to be an export: more than {most}."


class UnreadableFile(Exception):
    """The file as a whole cannot be read; the message is for the person who uploaded it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows as the file has them, blank ones too: `rows[0]` is what the spreadsheet numbers 1."""

    name: str
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Sheets:
    """What stands in the file, and as which kind it was read: "csv", "xls", "xlsx", "ods" or "html"."""

    kind: str
    sheets: tuple[Sheet, ...]

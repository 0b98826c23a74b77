"""What one cell of an export says: a text, a day; never guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date, datetime

from inventory.sheets import Cell
from itep.test_ids import UnreadableTestId, read_test_id
from itep.wire import storable

EXACT = 2**53  # up to here a spreadsheet's number is exact
LONGEST_CODE = 64  # of products, statuses and tracking codes
LONGEST_TEXT = 10_000
A_DAY = "a date, as 2026-12-31 or 12/31/2026 (month first)"
_DAY = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)
_US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: \d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?)?", re.ASCII | re.IGNORECASE)
# What a csv carries so that a spreadsheet keeps leading zeros: ="0042", or an apostrophe before the digits.
_MARKED = re.compile(r"""="([^"]*)"|'(\d+)""", re.ASCII)


class Unusable(Exception):
    """A cell's value is not what was expected; the message says what was."""


def text_in(cell: Cell) -> str:
    """A text of any kind: trimmed, without the marks that kept its leading zeros, as every database can store it."""
    text = (cell if isinstance(cell, str) else text_of(cell)).strip()
    if len(text) > LONGEST_TEXT:
        raise Unusable(f"at most {LONGEST_TEXT:,} characters")
    if text[:1] in ("'", "=") and (marked := _MARKED.fullmatch(text)):
        text = (marked[1] or marked[2] or "").strip()
    return text if text.isascii() and "\0" not in text else storable(text)


def code_in(cell: Cell) -> str:
    """A product, a status, a tracking code."""
    text = text_in(cell)
    if len(text) > LONGEST_CODE:
        raise Unusable(f"at most {LONGEST_CODE} characters")
    return text


def test_id_in(cell: Cell) -> str:
    """The test ID in its one spelling. An apostrophe before it is a spreadsheet's mark for text."""
    try:
        return read_test_id(text_in(cell).removeprefix("'"))
    except UnreadableTestId as unreadable:
        raise Unusable(f"a test ID. {unreadable}") from unreadable


def day_in(cell: Cell) -> date | None:
    if isinstance(cell, str):
        return day_of(text) if (text := cell.strip()) else None
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


def others_in(cells: Iterable[tuple[str, Cell]]) -> str:
    """What a row holds in columns that nobody knows, as a JSON text that is the same for the same; "" for nothing."""
    found = {name: text for name, cell in cells if (text := shown(cell))}
    return json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if found else ""


def shown(cell: Cell) -> str:
    """Any cell as a person reads it in the spreadsheet, for what nobody compares."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return text_in(cell.isoformat() if isinstance(cell, date) else cell)

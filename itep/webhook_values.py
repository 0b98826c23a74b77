"""Single values of a webhook: numbers that may be strings, dates in parts, texts of any length."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

LOWEST_LEVEL, HIGHEST_LEVEL = Decimal(0), Decimal(6)
_HIGHEST_SCORE = Decimal(10_000)
_LONGEST_DURATION = Decimal(100_000)
_PLAIN_NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{1,9})?", re.ASCII)
_US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)


class UnreadablePost(ValueError):
    """The post is kept and waits for a person; the message says which field and value, or what else is wrong."""

    def __init__(self, reason: str, *, field: str = "", value: str = "") -> None:
        super().__init__(reason)
        self.reason, self.field, self.value = reason, field, value


def unreadable(field: str, value: object, expected: str) -> UnreadablePost:
    shown = str(value)[:80]
    return UnreadablePost(f"{field}: expected {expected}, found {shown!r}", field=field, value=shown)


def text(field: str, value: object, *, longest: int) -> str:
    """The value as trimmed text, "" for null."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise unreadable(field, value, "a text")
    found = str(value).strip()
    if len(found) > longest:
        raise unreadable(field, value, f"at most {longest} characters")
    return found


def level(field: str, value: object) -> Decimal | None:
    """An iTEP level, 0.0 to 6.0."""
    return _between(field, value, LOWEST_LEVEL, HIGHEST_LEVEL, "a level from 0.0 to 6.0")


def score(field: str, value: object) -> Decimal | None:
    """A section's score. Its scale is not documented; the bound only keeps nonsense out."""
    return _between(field, value, Decimal(0), _HIGHEST_SCORE, "a score")


def minutes(field: str, value: object) -> int | None:
    found = _between(field, value, Decimal(0), _LONGEST_DURATION, "a number of minutes")
    return None if found is None else int(found.to_integral_value())


def day(*, month: str, day_of_month: str, year: str, whole: str) -> date | None:
    """The day in parts, else M/D/YYYY, else None. iTEP's years are over 1900."""
    if month.isdecimal() and day_of_month.isdecimal() and year.isdecimal():
        found = _date(year, month, day_of_month)
        if found:
            return found
    match = _US_DATE.fullmatch(whole)
    return _date(match[3], match[1], match[2]) if match else None


def _date(year: str, month: str, day_of_month: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day_of_month))
    except (ValueError, OverflowError):
        return None
    return found if found.year > 1900 else None


def _between(field: str, value: object, least: Decimal, most: Decimal, expected: str) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, None | str | int | Decimal):
        raise unreadable(field, value, expected)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    number = value if isinstance(value, Decimal) else _number(field, value, expected)
    if not number.is_finite() or not least <= number <= most:
        raise unreadable(field, value, expected)
    return abs(number)  # -0.0 is 0


def _number(field: str, value: str | int, expected: str) -> Decimal:
    if isinstance(value, str) and not _PLAIN_NUMBER.fullmatch(value.strip()):
        raise unreadable(field, value, expected)
    return Decimal(value)

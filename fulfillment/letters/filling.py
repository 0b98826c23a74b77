"""A letter filled with a candidate's values: each is put in once, as it is, and never read again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from fulfillment.letters.placeholders import PLACEHOLDERS
from fulfillment.letters.reading import Line, Part, Slot, lines_of, read

# Ends of lines as any program may see them: a value may neither begin a line of its own nor a header.
_ENDS_OF_LINES = re.compile("[\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_RIGHT_TO_LEFT = {"R", "AL"}
LRM, ISOLATE, END_OF_ISOLATE = "\u200e", "\u2068", "\u2069"

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Filled:
    """`dropped`: the lines that are left out, as they were typed."""

    text: str
    dropped: tuple[str, ...]


def fill_body(text: str, values: Values, *, right_to_left: bool = False) -> Filled:
    """The body with its values: lines end in "\\n", no runs of blank lines, one at the end."""
    kept, dropped = [], []
    for typed, line in zip(lines_of(text), read(text), strict=True):
        filled = _filled(line, values, right_to_left)
        if filled is None:
            dropped.append(typed)
        else:
            kept.append(filled.rstrip())
    return Filled(_BLANK_LINES.sub("\n\n", "\n".join(kept)).strip("\n") + "\n", tuple(dropped))


def fill_subject(text: str, values: Values, *, right_to_left: bool = False) -> str:
    """The subject on one line, whatever was typed or stands in a value. "" where it dropped."""
    (line,) = read(" ".join(text.split())) or ((),)
    return " ".join((_filled(line, values, right_to_left) or "").split())


def _filled(line: Line, values: Values, right_to_left: bool) -> str | None:
    """None where the line drops: a value is missing, or nothing is left of what stood on it."""
    told = []
    for piece in line:
        said = _said(piece, values, right_to_left)
        if said is None and not isinstance(piece, Part):
            return None
        told.append(said or "")
    text = "".join(told)
    return text if text.strip() or all(isinstance(piece, str) for piece in line) else None


def _said(piece: str | Slot | Part, values: Values, right_to_left: bool) -> str | None:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Slot):
        value = _ENDS_OF_LINES.sub(" ", values.get(piece.name, "")).strip()
        return _apart(piece.name, value, right_to_left) if value else None
    inside = [_said(one, values, right_to_left) for one in piece.pieces]
    return None if None in inside else "".join(one or "" for one in inside)


def _apart(name: str, value: str, right_to_left: bool) -> str:
    """Keeps the order of a text whose script runs the other way than the letter's.

    What readers copy gets a mark before it, never within or behind it: it would be copied along, or taken for a part of
    the address.
    """
    if PLACEHOLDERS[name].is_copied:
        return LRM + value if right_to_left else value
    runs_left = any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in value)
    return f"{ISOLATE}{value}{END_OF_ISOLATE}" if right_to_left or runs_left else value

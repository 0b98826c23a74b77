"""A letter's text as lines of pieces. There is no logic in it: placeholders, and parts that may be missing.

- `{name}` stands for its value; `{{` and `}}` are braces, `[[` and `]]` brackets.
- `[, about {minutes} minutes]`, in brackets on one line and with a placeholder in it, is a part that drops where that
  placeholder has no value. Brackets without a placeholder are brackets.
- A line drops where a placeholder outside of such a part has no value (SCREENS.md: "What is not set drops its line").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from django.utils.translation import gettext as _

from fulfillment.letters.placeholders import PLACEHOLDERS

_MARKS = re.compile(r"\{\{|\}\}|\[\[|\]\]|\{[^{}\[\]\n]*\}|[{}\[\]]")
_DOUBLED = {"{{": "{", "}}": "}", "[[": "[", "]]": "]"}


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for the value of a placeholder."""

    name: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a line that drops with what it holds."""

    pieces: tuple[str | Slot, ...]


Line = tuple[str | Slot | Part, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a text. `line` and `column` count from 1; 0 where it is about the whole."""

    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class _Mark:
    text: str
    column: int


@lru_cache(maxsize=256)
def read(text: str) -> tuple[Line, ...]:
    """The lines of a text. What `faults` names stays as it was typed."""
    return tuple(_line(line) for line in lines_of(text))


def faults(text: str) -> Iterator[Fault]:
    """Every brace that is none, and every placeholder that nobody knows."""
    for number, line in enumerate(lines_of(text), 1):
        for mark in _marks(line):
            if message := _why_not(mark.text):
                yield Fault(number, mark.column, message)


def slots(text: str) -> Iterator[tuple[int, Slot, bool]]:
    """Each placeholder with the number of its line, and whether it stands in a part that may drop."""
    for number, line in enumerate(read(text), 1):
        for piece in line:
            if isinstance(piece, Slot):
                yield number, piece, False
            elif isinstance(piece, Part):
                yield from ((number, one, True) for one in piece.pieces if isinstance(one, Slot))


def lines_of(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _line(line: str) -> Line:
    """Its pieces; brackets that hold a placeholder become a part."""
    marks = list(_marks(line))
    pieces: list[str | Slot | Part] = []
    at = 0
    while at < len(marks):
        end = _end_of_part(marks, at)
        if end:
            pieces.append(Part(tuple(_piece(mark.text) for mark in marks[at + 1 : end])))
        else:
            pieces.append(_piece(marks[at].text))
        at = (end or at) + 1
    return tuple(pieces)


def _end_of_part(marks: list[_Mark], start: int) -> int:
    """Where the part that begins at `start` ends; 0 where none begins there."""
    if marks[start].text != "[":
        return 0
    end = next((at for at in range(start + 1, len(marks)) if marks[at].text in "[]"), 0)
    inside = [_piece(mark.text) for mark in marks[start + 1 : end]]
    return end if end and marks[end].text == "]" and any(isinstance(one, Slot) for one in inside) else 0


def _marks(line: str) -> Iterator[_Mark]:
    """The line in runs of plain text, placeholders, braces and brackets."""
    at = 0
    for found in _MARKS.finditer(line):
        if found.start() > at:
            yield _Mark(line[at : found.start()], at + 1)
        yield _Mark(found[0], found.start() + 1)
        at = found.end()
    if at < len(line):
        yield _Mark(line[at:], at + 1)


def _piece(mark: str) -> str | Slot:
    name = mark[1:-1].strip()
    if mark.startswith("{") and mark.endswith("}") and name in PLACEHOLDERS:
        return Slot(name)
    return _DOUBLED.get(mark, mark)


def _why_not(mark: str) -> str:
    if mark in _DOUBLED or not mark.startswith(("{", "}")) or isinstance(_piece(mark), Slot):
        return ""
    if mark in ("{", "}", "{}"):
        return _("A brace alone: a placeholder reads {name}, and a brace itself is written twice, {{ or }}.")
    near = get_close_matches(mark[1:-1].strip().lower(), PLACEHOLDERS, n=1)
    meant = _(" Did you mean {%s}?") % near[0] if near else ""
    return _("There is no placeholder %(mark)s.") % {"mark": mark} + meant

"""The letters that the portal ships, a file for each language: `== kind ==`, the subject, a blank line, the body."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fulfillment.models.letters import LetterKind

FOLDER = Path(__file__).parent / "texts"
_HEADING = re.compile(r"^== (\w+) ==\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Text:
    """Subject and body, with placeholders."""

    subject: str
    body: str


@cache
def texts(language: str) -> dict[LetterKind, Text]:
    """All letters in a language. Raises OSError where the portal ships none in it."""
    _before, *parts = _HEADING.split(_file(language))
    return {LetterKind(kind): _text(part) for kind, part in zip(parts[::2], parts[1::2], strict=True)}


@cache
def digest(language: str) -> str:
    """Tells whether the texts are still those that somebody has read."""
    return hashlib.sha256(_file(language).encode()).hexdigest()


def _file(language: str) -> str:
    return (FOLDER / f"{language}.txt").read_text(encoding="utf-8")


def _text(part: str) -> Text:
    subject, _blank, body = part.partition("\n\n")
    return Text(subject.strip(), body.strip() + "\n")

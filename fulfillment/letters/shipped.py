"""The letters that the portal ships, a file for each language: `== kind ==`, the subject, a blank line, the body."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import to_locale

from access import catalogues
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
def page_words(language: str) -> tuple[tuple[str, str], ...]:
    """The words of the candidate's page: English, and what stands for them. Of plurals the last one."""
    if language == "en":
        return ()
    messages = catalogues.read(_catalogue(language))
    return tuple((one.plural or one.text, one.strings[-1]) for one in messages if one.text and not one.context)


@cache
def digest(language: str) -> str:
    """Tells whether letters and page still have the words that somebody has read."""
    page = "" if language == "en" else _catalogue(language)
    return hashlib.sha256(f"{_file(language)}{page}".encode()).hexdigest()


def _catalogue(language: str) -> str:
    file = settings.BASE_DIR / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po"
    return str(file.read_text(encoding="utf-8"))


def _file(language: str) -> str:
    return (FOLDER / f"{language}.txt").read_text(encoding="utf-8")


def _text(part: str) -> Text:
    subject, _blank, body = part.partition("\n\n")
    return Text(subject.strip(), body.strip() + "\n")

"""Translations: `locale/<language>/LC_MESSAGES/django.po`, compiled where the portal starts.

A machine with Python alone has no `msgfmt`, and a compiled file in the repository would be one more thing to forget.
Needs no Django: the settings ask for it.
"""

from __future__ import annotations

import ast
import os
import shutil
import struct
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

_MAGIC = 0x950412DE


@dataclass(slots=True)
class Message:
    """One text and what stands for it; `strings` has more than one where there are plurals."""

    context: str = ""
    text: str = ""
    plural: str = ""
    strings: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """As a compiled catalogue looks it up."""
        context = f"{self.context}\4" if self.context else ""
        return context + self.text + (f"\0{self.plural}" if self.plural else "")


def compiled(source: Path, into: Path) -> Path:
    """The folder with the compiled catalogues of `source`, made below `into` where it is not there yet.

    It is named by what it holds: two releases that start beside each other find each their own.
    """
    files = sorted(source.glob("*/LC_MESSAGES/*.po"))
    digest = sha256(b"\0".join(str(one.relative_to(source)).encode() + one.read_bytes() for one in files)).hexdigest()
    there = into / digest[:16]
    if not there.exists():
        into.mkdir(parents=True, exist_ok=True)
        _make(there, source, files)
    return there


def _make(there: Path, source: Path, files: Iterable[Path]) -> None:
    """Whole or not at all, whoever else does the same at this moment."""
    draft = Path(tempfile.mkdtemp(dir=there.parent, prefix=".making-"))
    try:
        for one in files:
            made = draft / one.relative_to(source).with_suffix(".mo")
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_bytes(catalogue(read(one.read_text(encoding="utf-8"))))
        os.replace(draft, there)
    except OSError:
        if not there.exists():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def read(text: str) -> Iterator[Message]:
    """The messages of a .po file, its head (of the empty text) too. Drafts of translators (`fuzzy`) are left out.

    Raises ValueError with the line that cannot be read.
    """
    for block in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        if any(line.startswith("#,") and "fuzzy" in line for line in lines):
            continue
        message = _message(line for line in lines if not line.startswith("#"))
        if message.strings:
            yield message


def _message(lines: Iterable[str]) -> Message:
    message, into = Message(), ""
    for line in lines:
        word, quote, rest = line.partition('"')
        into = word.strip() or into
        try:
            said = str(ast.literal_eval(quote + rest))
        except (SyntaxError, ValueError) as error:
            raise ValueError(f"This is no line of a .po file: {line}") from error
        _add(message, into, said, goes_on=not word.strip())
    return message


def _add(message: Message, into: str, said: str, *, goes_on: bool) -> None:
    match into:
        case "msgctxt":
            message.context += said
        case "msgid":
            message.text += said
        case "msgid_plural":
            message.plural += said
        case _ if into.startswith("msgstr") and goes_on:
            message.strings[-1] += said
        case _ if into.startswith("msgstr"):
            message.strings.append(said)
        case _:
            raise ValueError(f"This is no line of a .po file: {into}")


def catalogue(messages: Iterable[Message]) -> bytes:
    """A GNU .mo file, as Python's `gettext` reads it. What is not translated is left out."""
    pairs = sorted((one.key.encode(), "\0".join(one.strings).encode()) for one in messages if all(one.strings))
    count = len(pairs)
    start = 28 + 16 * count
    keys, values = b"".join(key + b"\0" for key, _value in pairs), b"".join(value + b"\0" for _key, value in pairs)
    tables = [*_table([key for key, _value in pairs], start), *_table([v for _key, v in pairs], start + len(keys))]
    head = struct.pack("<7I", _MAGIC, 0, count, 28, 28 + 8 * count, 0, 0)
    return head + struct.pack(f"<{len(tables)}I", *tables) + keys + values


def _table(texts: Iterable[bytes], start: int) -> Iterator[int]:
    """Length and place of each."""
    for text in texts:
        yield len(text)
        yield start
        start += len(text) + 1

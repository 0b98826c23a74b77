"""Text exports: comma, semicolon or tab; UTF-8 with and without BOM, UTF-16, Windows-1252."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from uuid import uuid4

from inventory.columns import EXPORT, Vocabulary
from inventory.sheets import BLOCK, CUT_SHORT, MAX_CELLS, MAX_ROWS, TOO_LARGE, OpenSheet, Row, UnreadableFile

DELIMITERS = ",;\t|"
_LOOKED_AT = 60
_BINARY = "This is no csv, xls, xlsx, ods or HTML file. Upload iTEP's export of AVAILABLE TESTS."
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([a-z0-9][\w.:-]{2,30})""", re.IGNORECASE)
_CHUNK = 1 << 20


def encoding_of(content: bytes) -> str:
    """How the file's text is encoded. Raises UnreadableFile where it is none."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _checked(content, encoding)
    start = content[:4000]
    if start.count(b"\0") > len(start) // 4:
        # Text in UTF-16 without its mark: letters of Europe have a NUL as their upper byte.
        return _checked(content, "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be")
    try:
        return _checked(content, "utf-8")
    except UnicodeDecodeError:
        return _checked(content, _declared(start) or "cp1252")


def _declared(start: bytes) -> str:
    """The encoding that an HTML page says it has, where Python knows it as one that continues ASCII."""
    found = _CHARSET.search(start)
    try:
        name = codecs.lookup(found[1].decode("ascii")).name if found else ""
        return name if name and "<table>".encode(name) == b"<table>" and name not in ("utf-8", "utf-7") else ""
    except (LookupError, UnicodeError):
        return ""


def _checked(content: bytes, encoding: str) -> str:
    """The encoding, if all of the content can be read by it. Only of plain UTF-8 it raises UnicodeDecodeError."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), _CHUNK):
            text = decoder.decode(content[start : start + _CHUNK])
            if "\0" in text or (start == 0 and _is_binary(text[:4000])):
                raise UnreadableFile(_BINARY)
    except UnicodeDecodeError as undecodable:
        if encoding == "utf-8":
            raise
        raise UnreadableFile(_BINARY) from undecodable
    if decoder.getstate()[0]:
        raise UnreadableFile(CUT_SHORT)  # within a letter
    return encoding


def _is_binary(sample: str) -> bool:
    return sum(letter < " " and letter not in "\t\r\n\f" for letter in sample) > len(sample) // 100


def start_of(content: bytes, encoding: str) -> str:
    """The first letters of the file; as many as tell what it is."""
    return content[:200_000].decode(encoding, "ignore")


def opened(content: bytes, encoding: str, *, vocabulary: Vocabulary = EXPORT, delimiter: str = "") -> OpenSheet:
    """The one sheet of a text. Raises UnreadableFile, then and while it is read. `delimiter` where it is known."""
    start = start_of(content, encoding)
    stated = "" if delimiter else _stated_delimiter(start)
    delimiter = delimiter or stated or _delimiter(start, vocabulary)
    # Cells that are not yet counted row by row take memory too: more than a block may hold is refused beforehand.
    if content.count(delimiter.encode()) > 2 * MAX_CELLS:
        raise _too_large()
    rows = _Rows(content, encoding, delimiter, stated=bool(stated))
    return OpenSheet("", rows.blocks, open_ended=content.rstrip(b"\0")[-1:] not in (b"\n", b"\r"))


@dataclass(frozen=True, slots=True)
class _Rows:
    content: bytes
    encoding: str
    delimiter: str
    stated: bool  # by a first line of its own, which stays as a blank row, so that rows keep their numbers

    def blocks(self) -> Iterator[list[Row]]:
        """Every row, blank ones as []. The file is decoded as it is read, and is never a text in whole."""
        lines = io.TextIOWrapper(io.BytesIO(self.content), encoding=self.encoding, newline="")
        count, cells = 0, 0
        block: list[Row] = []
        if self.stated:
            lines.readline()
            block.append([])
        # A last line of ours: it would close a quote that nothing closed before, and then lack its own.
        end = f'{uuid4().hex}"'
        reader = csv.reader(chain(lines, [end]), delimiter=self.delimiter)
        while True:
            try:
                block.extend(islice(reader, BLOCK))
            except csv.Error as broken:
                raise UnreadableFile(f"Row {count + len(block) + 1} of this file cannot be read: {broken}.") from broken
            at_end = block[-1:] == [[end]]
            if at_end:
                block.pop()
            elif len(block) < BLOCK:
                raise UnreadableFile(CUT_SHORT)
            count, cells = count + len(block), cells + sum(map(len, block))
            if count > MAX_ROWS or cells > MAX_CELLS:
                raise _too_large()
            yield block
            if at_end:
                return
            block = []


def _too_large() -> UnreadableFile:
    return UnreadableFile(TOO_LARGE.format(most=f"{MAX_ROWS:,} rows or {MAX_CELLS:,} cells"))


def _stated_delimiter(text: str) -> str:
    """Of Excel's own first line "sep=;", else ""."""
    first = text[:8].lstrip("\ufeff").splitlines()[:1]
    stated = first[0].strip('"') if first else ""
    return stated[4] if len(stated) == 5 and stated.lower().startswith("sep=") and stated[4] in DELIMITERS else ""


def _delimiter(text: str, vocabulary: Vocabulary) -> str:
    """What parts the columns, by the first rows."""
    return max(DELIMITERS, key=lambda one: _fit(text, one, vocabulary))


def _fit(text: str, delimiter: str, vocabulary: Vocabulary) -> tuple[int, int]:
    """How well the first rows read with this delimiter: known column names first, then rows of more than one column."""
    try:
        first = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _LOOKED_AT))
    except csv.Error:
        return (0, 0)
    header = vocabulary.find_header(first)
    names = len({vocabulary.known(cell.strip()) for cell in first[header]}) if header is not None else 0
    return names, sum(len(row) > 1 for row in first)

"""Text exports: comma, semicolon or tab; UTF-8 with and without BOM, UTF-16, Windows-1252."""

from __future__ import annotations

import codecs
import csv
import io
from itertools import islice

from inventory.columns import find_header, known
from inventory.sheets import MAX_CELLS, MAX_ROWS, TOO_LARGE, UnreadableFile

DELIMITERS = ",;\t|"
_LOOKED_AT = 60
_BINARY = "This is no csv, xls, xlsx, ods or HTML file. Upload iTEP's export of AVAILABLE TESTS."


def decoded(content: bytes) -> str:
    """The file's text. Raises UnreadableFile where it is none."""
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
    except UnreadableFile:
        return _checked(content, "cp1252")


def _checked(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as undecodable:
        raise UnreadableFile(_BINARY) from undecodable
    sample = text[:4000]
    if "\0" in text or sum(letter < " " and letter not in "\t\r\n\f" for letter in sample) > len(sample) // 100:
        raise UnreadableFile(_BINARY)
    return text


def rows(text: str) -> list[list[str]]:
    """Every row, blank ones as []. Raises UnreadableFile."""
    text, delimiter = _delimiter(text)
    found: list[list[str]] = []
    cells = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            cells += len(row)
            if len(found) >= MAX_ROWS or cells > MAX_CELLS:
                raise UnreadableFile(TOO_LARGE.format(most=f"{MAX_ROWS:,} rows or {MAX_CELLS:,} cells"))
            found.append(row)
    except csv.Error as broken:
        raise UnreadableFile(f"Row {len(found) + 1} of this file cannot be read: {broken}.") from broken
    return found


def _delimiter(text: str) -> tuple[str, str]:
    """The text, and what parts its columns. Of Excel's own "sep=;" a blank row stays, so rows keep their numbers."""
    first = text[:7].rstrip("\r\n")
    if len(first) >= 5 and first.lower().startswith("sep=") and first[4] in DELIMITERS:
        return text[5:], first[4]
    return text, max(DELIMITERS, key=lambda one: _fit(text, one))


def _fit(text: str, delimiter: str) -> tuple[int, int]:
    """How well the first rows read with this delimiter: known column names first, then rows of more than one column."""
    try:
        first = list(islice(csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=delimiter), _LOOKED_AT))
    except csv.Error:
        return (0, 0)
    header = find_header(first)
    names = len({known(cell.strip()) for cell in first[header]}) if header is not None else 0
    return names, sum(len(row) > 1 for row in first)

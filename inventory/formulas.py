"""Where a workbook holds formulas and errors, cheaply: calamine gives what a formula last came to, and "" for #N/A.

Pure, and run in the process apart (`inventory.reading_process`). Sheet -> place of the column -> rows, from 1.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.parsers import expat

from inventory import biff
from inventory.reading_zip import BROKEN_ZIP

Found = dict[str, dict[int, list[int]]]
_CHUNK = 1 << 20
_CELL = re.compile(rb"""<(?:\w+:)?c\b([^<>]*)>(\s*<(?:\w+:)?f[\s/>])?""")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
_ERROR = re.compile(rb"""\bt\s*=\s*["']e["']""")
_ANY = re.compile(rb"""<(?:\w+:)?f[\s/>]|\bt\s*=\s*["']e["']""")
_ODS = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"


def find(content: bytes, kind: str) -> Found:
    """Empty where there is none; also for a file that is broken, since whoever reads it will say so."""
    try:
        if kind == "xls":
            return biff.formulas(content)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _of_ods(archive) if kind == "ods" else _of_xlsx(archive)
    except (*BROKEN_ZIP, ElementTree.ParseError, expat.ExpatError):
        return {}


def _of_xlsx(archive: zipfile.ZipFile) -> Found:
    return {name: found for name, path in _sheets(archive) if (found := _in_sheet(archive, path))}


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Each sheet's name, and the path of its XML."""
    targets = {
        one.get("Id"): one.get("Target", "")
        for one in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - in a process apart
    }
    for one in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():  # noqa: S314
        if one.tag.endswith("}sheet"):
            relation = next((value for key, value in one.items() if key.endswith("}id")), "")
            yield one.get("name", ""), posixpath.normpath(posixpath.join("/xl", targets.get(relation, ""))).lstrip("/")


def _in_sheet(archive: zipfile.ZipFile, path: str) -> dict[int, list[int]]:
    """The formulas of each column. The XML is searched as it is unpacked, and not parsed: that takes ten times.

    As nearly all write it, two plain words are looked for; with prefixes or apostrophes, a pattern, which takes longer.
    """
    found: dict[int, list[int]] = {}
    tail, is_usual = b"", True
    with archive.open(path) as sheet:
        while chunk := sheet.read(_CHUNK):
            text = tail + chunk
            if not tail:
                is_usual = b"<sheetData" in text and b"='" not in text
            if (b"<f" in text or b't="e"' in text) if is_usual else _ANY.search(text):
                for one in _CELL.finditer(text):
                    if (one[2] or _ERROR.search(one[1])) and (at := _PLACE.search(one[1])):
                        found.setdefault(_place(at[1]), []).append(int(at[2]))
            tail = text[max(text.rfind(b"<c "), len(text) - 2_000) :][-2_000:]
    return found


def _place(letters: bytes) -> int:
    place = 0
    for one in letters:
        place = place * 26 + one - 64
    return place - 1


def _of_ods(archive: zipfile.ZipFile) -> Found:
    with archive.open("content.xml") as content:
        if not any(b":formula" in chunk for chunk in iter(lambda: content.read(_CHUNK), b"")):
            return {}
    sheets = _Tables()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = sheets.start
    parser.EndElementHandler = sheets.end
    with archive.open("content.xml") as content:
        parser.ParseFile(content)
    return sheets.found


class _Tables:
    """Counts rows and cells of an ods, of which many alike are written once."""

    def __init__(self) -> None:
        self.found: Found = {}
        self.name, self.row, self.place = "", 1, 0
        self.rows = 1

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == f"{_ODS} table":
            self.name, self.row = attributes.get(f"{_ODS} name", ""), 1
        elif tag == f"{_ODS} table-row":
            self.place, self.rows = 0, int(attributes.get(f"{_ODS} number-rows-repeated", "1"))
        elif tag in (f"{_ODS} table-cell", f"{_ODS} covered-table-cell"):
            if f"{_ODS} formula" in attributes:
                self.found.setdefault(self.name, {}).setdefault(self.place, []).append(self.row)
            self.place += int(attributes.get(f"{_ODS} number-columns-repeated", "1"))

    def end(self, tag: str) -> None:
        if tag == f"{_ODS} table-row":
            self.row += self.rows

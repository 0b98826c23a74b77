"""Reading an export, whatever it is: told by its content, never by its name (iTEP offers "csv or xls")."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from inventory import reading_html, reading_text, reading_workbook
from inventory.sheets import BROKEN, ENCRYPTED, MAX_BYTES, TOO_LARGE, Sheet, Sheets, UnreadableFile

__all__ = ["Sheet", "Sheets", "UnreadableFile", "read"]

MAX_UNZIPPED = 600 * 1024 * 1024
MAX_ENTRIES = 2_000
MAX_RATIO = 250  # sheets of ours shrink by 5 to 30; a bomb by a thousand


def read(content: bytes, file_name: str = "") -> Sheets:
    """The sheets of the file. Raises UnreadableFile. `file_name` is never believed."""
    _check_size(content)
    if content.startswith(b"PK\x03\x04"):
        kind = _kind_of_zip(content)
        return Sheets(kind, reading_workbook.read(content, kind))
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnreadableFile(ENCRYPTED)
        return Sheets("xls", reading_workbook.read(content, "xls"))
    if content[:4] in _BARE_BIFF:
        raise UnreadableFile("This is an xls file of the early nineties. Save it as xlsx or csv and upload that.")
    text = reading_text.decoded(content)
    if reading_html.looks_like(text):
        return Sheets("html", reading_html.read(text))
    return Sheets("csv", (Sheet("", reading_text.rows(text)),))


_BARE_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x10\x00", b"\x09\x08\x08\x00")


def _check_size(content: bytes) -> None:
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile("This file is empty.")
    if len(content) > MAX_BYTES:
        raise UnreadableFile(TOO_LARGE.format(most=f"{MAX_BYTES // (1024 * 1024)} MiB"))


def _kind_of_zip(content: bytes) -> str:
    """xlsx or ods, once the archive's own list says that unpacking it is harmless."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_bomb(entries)
            names = {entry.filename for entry in entries}
            declared = archive.read("mimetype")[:200] if "mimetype" in names else b""
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError, OSError) as broken:
        raise UnreadableFile(BROKEN.format(kind="xlsx or ods")) from broken
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return "xlsx"
    if b"opendocument.spreadsheet" in declared:
        return "ods"
    raise UnreadableFile("This is a zip file, but no spreadsheet. Upload iTEP's export as csv, xls, xlsx or ods.")


def _check_bomb(entries: Sequence[zipfile.ZipInfo]) -> None:
    unzipped = sum(entry.file_size for entry in entries)
    zipped = sum(entry.compress_size for entry in entries) or 1
    if (
        len(entries) > MAX_ENTRIES
        or unzipped > MAX_UNZIPPED
        or (unzipped > 10_000_000 and unzipped > MAX_RATIO * zipped)
    ):
        raise UnreadableFile("Unpacked, this file would be far larger than any export. It was not opened.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableFile(ENCRYPTED)

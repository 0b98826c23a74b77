"""xlsx and ods are zip archives: what one is, and whether unpacking it is harmless, by the archive's own list."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

from inventory.sheets import BROKEN, ENCRYPTED, UnreadableFile

MAX_UNZIPPED = 600 * 1024 * 1024
MAX_ENTRIES = 2_000
MAX_RATIO = 250  # sheets of ours shrink by 5 to 30; a bomb by a thousand
# What the standard library raises for archives that are damaged or strange.
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    OSError,
)
_TOO_FAR = "Unpacked, this file would be far larger than any export. It was not opened."
_OTHER = "This is a zip file, but no spreadsheet. Upload iTEP's export as csv, xls, xlsx or ods."
_BINARY = "This is a binary Excel workbook (xlsb). Save it as xlsx or csv and upload that."
_MACROS = "This Excel workbook carries macros (xlsm). Save it as xlsx or csv and upload that."


def kind_of(content: bytes) -> str:
    """xlsx or ods. Raises UnreadableFile."""
    # The list of a bomb may name millions of files: each would become an object before anybody could count them.
    if content.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise UnreadableFile(_TOO_FAR)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_bomb(archive.infolist())
            return _kind(archive)
    except BROKEN_ZIP as broken:
        raise UnreadableFile(BROKEN.format(kind="xlsx or ods")) from broken


def _kind(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        if "xl/workbook.bin" in names:
            raise UnreadableFile(_BINARY)
        if "xl/vbaProject.bin" in names or b"macroEnabled" in _start_of(archive, "[Content_Types].xml"):
            raise UnreadableFile(_MACROS)
        return "xlsx"
    if "mimetype" in names and b"opendocument.spreadsheet" in _start_of(archive, "mimetype"):
        if b"encryption-data" in _start_of(archive, "META-INF/manifest.xml"):
            raise UnreadableFile(ENCRYPTED)
        return "ods"
    raise UnreadableFile(_OTHER)


def _start_of(archive: zipfile.ZipFile, name: str) -> bytes:
    """What an entry begins with: enough to tell, and no more than that in memory. b"" where there is none."""
    if name not in archive.namelist():
        return b""
    with archive.open(name) as entry:
        return entry.read(200_000)


def _check_bomb(entries: Sequence[zipfile.ZipInfo]) -> None:
    unzipped = sum(entry.file_size for entry in entries)
    zipped = sum(entry.compress_size for entry in entries) or 1
    if (
        len(entries) > MAX_ENTRIES
        or unzipped > MAX_UNZIPPED
        or (unzipped > 10_000_000 and unzipped > MAX_RATIO * zipped)
    ):
        raise UnreadableFile(_TOO_FAR)
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableFile(ENCRYPTED)

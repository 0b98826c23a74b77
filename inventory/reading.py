"""Reading an export, whatever it is: told by its content, never by its name (iTEP offers "csv or xls")."""

from __future__ import annotations

from inventory import reading_apart, reading_html, reading_text, reading_zip
from inventory.columns import EXPORT, Vocabulary
from inventory.sheets import ENCRYPTED, MAX_BYTES, TOO_LARGE, OpenFile, Sheet, Sheets, UnreadableFile

__all__ = ["Sheet", "Sheets", "UnreadableFile", "opened", "pasted", "read"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BARE_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x10\x00", b"\x09\x08\x08\x00")


def read(content: bytes, file_name: str = "") -> Sheets:
    """The sheets of the file, read to their end. Raises UnreadableFile."""
    file = opened(content, file_name)
    return Sheets(file.kind, tuple(Sheet(one.name, list(one.rows())) for one in file.sheets))


def opened(content: bytes, file_name: str = "", *, vocabulary: Vocabulary = EXPORT) -> OpenFile:
    """The sheets of the file, to be read block by block. Raises UnreadableFile. `file_name` is never believed.

    `vocabulary`: whose names tell what parts the columns of a text.
    """
    _check_size(content)
    if content.startswith(b"PK"):
        kind = reading_zip.kind_of(content)
        return OpenFile(kind, reading_apart.opened(content, kind))
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnreadableFile(ENCRYPTED)
        return OpenFile("xls", reading_apart.opened(content, "xls"))
    if content[:4] in _BARE_BIFF:
        raise UnreadableFile("This is an xls file of the early nineties. Save it as xlsx or csv and upload that.")
    encoding = reading_text.encoding_of(content)
    if reading_html.looks_like(reading_text.start_of(content, encoding)):
        return OpenFile("html", reading_apart.opened(content, "html", encoding))
    return OpenFile("csv", (reading_text.opened(content, encoding, vocabulary=vocabulary),))


def pasted(content: bytes, *, vocabulary: Vocabulary = EXPORT) -> OpenFile:
    """Cells that were copied from a sheet: parted by tabs where there is any, else as a csv. Raises UnreadableFile."""
    _check_size(content)
    delimiter = "\t" if b"\t" in content else ""
    return OpenFile("csv", (reading_text.opened(content, "utf-8", vocabulary=vocabulary, delimiter=delimiter),))


def _check_size(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise UnreadableFile(TOO_LARGE.format(most=f"{MAX_BYTES // (1024 * 1024)} MiB"))
    if not content.lstrip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile("This file is empty.")

"""The little of an xls (BIFF8 in an OLE container) that calamine does not tell: where formulas are, if it is locked.

Pure, and run in the process apart. Raises ValueError where the container is broken.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice

_FREE = 0xFFFFFFFA  # from here on a number is a mark, and no sector
_BOF, _SHEET, _FORMULA, _ERROR, _LOCK = 0x0809, 0x0085, 0x0006, 0x0205, 0x002F


def formulas(content: bytes) -> dict[str, dict[int, list[int]]]:
    """Sheet -> place of the column -> rows with a formula, from 1."""
    stream = _workbook(content)
    starts: dict[int, str] = {}
    found: dict[str, dict[int, list[int]]] = {}
    name = ""
    for place, kind, start, length in _records(stream):
        if kind == _BOF:
            name = starts.get(place, "")
        elif kind == _SHEET:
            starts[struct.unpack_from("<I", stream, start)[0]] = _sheet_name(stream[start + 6 : start + length])
        elif name and (kind == _FORMULA or (kind == _ERROR and stream[start + 7])):
            row, column = struct.unpack_from("<HH", stream, start)
            found.setdefault(name, {}).setdefault(column, []).append(row + 1)
    return found


def is_locked(content: bytes) -> bool:
    """Whether the workbook is encrypted; False also where it is broken."""
    try:
        return any(kind == _LOCK for _, kind, _, _ in islice(_records(_workbook(content)), 10))
    except ValueError:
        return False


def _records(stream: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Each record's place, kind, start of its content and length."""
    place = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        yield place, kind, place + 4, length
        place += 4 + length


def _sheet_name(content: bytes) -> str:
    letters, wide = content[0], content[1] & 1
    return content[2 : 2 + letters * (2 if wide else 1)].decode("utf-16-le" if wide else "latin-1")


def _workbook(content: bytes) -> bytes:
    """The stream "Workbook", put together from its sectors."""
    try:
        size = 1 << struct.unpack_from("<H", content, 30)[0]
        first, least = struct.unpack_from("<I", content, 48)[0], struct.unpack_from("<I", content, 56)[0]
        sectors = [content[at : at + size] for at in range(size if size > 512 else 512, len(content), size)]
        table = _allocation(content, sectors, size)
        directory = b"".join(_chain(sectors, table, first))
        for at in range(0, len(directory) - 127, 128):
            entry = directory[at : at + 128]
            name = entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)].decode("utf-16-le")
            start, length = struct.unpack_from("<II", entry, 116)
            if name in ("Workbook", "Book") and length >= least:
                return b"".join(_chain(sectors, table, start))[:length]
    except (struct.error, IndexError, UnicodeDecodeError) as broken:
        raise ValueError("a broken OLE container") from broken
    return b""


def _allocation(content: bytes, sectors: list[bytes], size: int) -> list[int]:
    """Sector -> the next one of its stream."""
    parts = [one for one in struct.unpack_from("<109I", content, 76) if one < _FREE]
    more, left = struct.unpack_from("<II", content, 68)
    while more < _FREE and left:
        *some, more = struct.unpack(f"<{size // 4}I", sectors[more])
        parts += [one for one in some if one < _FREE]
        left -= 1
    return [one for part in parts for one in struct.unpack(f"<{size // 4}I", sectors[part])]


def _chain(sectors: list[bytes], table: list[int], number: int) -> Iterator[bytes]:
    for _ in range(len(sectors)):  # a chain that turns in a circle ends as well
        if number >= _FREE:
            return
        yield sectors[number]
        number = table[number]

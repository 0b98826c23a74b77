"""The program that opens strangers' workbooks and pages: reads one on standard input, writes its cells, marshalled.

Run by `inventory.reading_apart` in isolated mode; of the portal it imports only what is pure. Its answer is a row of
frames: a letter, the length in 8 bytes, and a marshalled value (`reading_apart._Frame`).
"""

import datetime
import io
import marshal
import resource
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

_PLAIN = frozenset((str, float, bool))  # what marshal carries as it is


class Problem(Exception):
    """Why the file is refused: a key of `reading_apart._MESSAGES`."""


def main() -> None:
    kind, encoding = sys.argv[1:3]
    memory, seconds, output, max_rows, max_cells, block = map(int, sys.argv[3:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(seconds + 5)  # a portal that was killed meanwhile leaves nobody behind
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    content = sys.stdin.buffer.read()
    try:
        if kind == "html":
            sheets = _page(content.decode(encoding), max_rows, max_cells)
        else:
            sheets = _workbook(content, kind, max_rows, max_cells)
        for name, formulas, rows in sheets:
            _write(b"S", (name, formulas))
            _write_rows(iter(rows), block)
        _write(b"E", None)
    except (Problem, MemoryError) as refused:
        # What was written before is a prefix of the answer: the parent looks at the first frame.
        sys.stdout.buffer.flush()
        sys.stdout.buffer.seek(0)
        _write(b"P", str(refused) if isinstance(refused, Problem) else "memory")


def _write(what: bytes, value: Any) -> None:
    content = marshal.dumps(value)
    sys.stdout.buffer.write(what + len(content).to_bytes(8, "big"))
    sys.stdout.buffer.write(content)


def _write_rows(rows: Iterator[Sequence[Any]], block: int) -> None:
    while some := list(islice(rows, block)):
        dates = []
        for number, row in enumerate(some):
            if not _PLAIN.issuperset(map(type, row)):
                some[number], found = _plain(row)
                dates += [(number, *one) for one in found]
        _write(b"R", (some, dates))


def _plain(row: Sequence[Any]) -> tuple[list[Any], list[tuple[int, str, str]]]:
    """The row as marshal can carry it, and the dates in it apart: place, kind, ISO text."""
    cells, dates = list(row), []
    for place, cell in enumerate(row):
        kind = type(cell)
        if kind in (datetime.datetime, datetime.date):
            dates.append((place, kind.__name__, cell.isoformat()))
            cells[place] = None
        elif kind not in _PLAIN:
            cells[place] = float(cell) if kind is int else str(cell)
    return cells, dates


Found = Iterable[tuple[str, dict[int, list[int]], Iterable[Sequence[Any]]]]


def _page(text: str, max_rows: int, max_cells: int) -> Found:
    from inventory import reading_html

    try:
        return [(name, {}, rows) for name, rows in reading_html.tables(text, max_rows, max_cells)]
    except reading_html.Unusable as unusable:
        raise Problem(str(unusable)) from unusable


def _workbook(content: bytes, kind: str, max_rows: int, max_cells: int) -> Found:
    from threading import Thread

    import python_calamine as calamine

    from inventory import biff, formulas

    if kind == "xls" and biff.is_locked(content):
        raise Problem("password")  # calamine only says that it knows no such file
    found: dict[str, dict[int, list[int]]] = {}
    scan = Thread(target=lambda: found.update(formulas.find(content, kind)), daemon=True)
    scan.start()  # calamine lets other threads run while it parses
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = []
        for number, about in enumerate(book.sheets_metadata):
            if about.typ != calamine.SheetTypeEnum.WorkSheet or about.visible != calamine.SheetVisibleEnum.Visible:
                continue
            sheet = book.get_sheet_by_index(number)
            rows, columns = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
            max_cells -= rows * columns
            if rows > max_rows or max_cells < 0:
                raise Problem("cells")
            sheets.append((about.name, sheet))
    except calamine.PasswordError as locked:
        raise Problem("password") from locked
    except (calamine.CalamineError, ValueError, OSError) as broken:
        raise Problem("password" if "password" in str(broken).lower() else "broken") from broken
    scan.join()
    for name, sheet in sheets:
        yield name, found.get(name, {}), sheet.to_python(skip_empty_area=False)


if __name__ == "__main__":
    main()

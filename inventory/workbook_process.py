"""The program that opens strangers' workbooks: reads one on standard input, writes its cells, marshalled.

Run by `inventory.reading_workbook` in isolated mode; it imports nothing of the portal.
"""

import datetime
import io
import marshal
import resource
import sys
from typing import Any


def main() -> None:
    memory, seconds, max_rows, max_cells = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = _answer(sys.stdin.buffer.read(), max_rows, max_cells)
    except MemoryError:
        answer = {"problem": "memory"}
    marshal.dump(answer, sys.stdout.buffer)


def _answer(content: bytes, max_rows: int, max_cells: int) -> dict[str, Any]:
    import python_calamine as calamine

    sheets = []
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for number, about in enumerate(book.sheets_metadata):
            if about.typ != calamine.SheetTypeEnum.WorkSheet or about.visible != calamine.SheetVisibleEnum.Visible:
                continue
            sheet = book.get_sheet_by_index(number)
            rows, columns = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
            max_cells -= rows * columns
            if rows > max_rows or max_cells < 0:
                return {"problem": "cells"}
            sheets.append(
                (about.name, [[_plain(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)])
            )
    except calamine.PasswordError:
        return {"problem": "password"}
    except (calamine.CalamineError, ValueError, OSError) as broken:
        return {"problem": "password" if "password" in str(broken).lower() else "broken"}
    return {"sheets": sheets}


def _plain(cell: Any) -> Any:
    """What marshal can carry; a date becomes a pair."""
    kind = type(cell)
    if kind is str or kind is float or kind is bool:
        return cell
    if kind is datetime.datetime:
        return ("datetime", cell.isoformat())
    if kind is datetime.date:
        return ("date", cell.isoformat())
    return float(cell) if kind is int else str(cell)


if __name__ == "__main__":
    main()

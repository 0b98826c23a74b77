"""xls, xlsx and ods, read by python-calamine in a process of its own.

A workbook can claim a cell at XFD1048576 and so make any reader reserve all memory between. The process has a limit on
memory and on time; when it dies, the file is refused, and the portal goes on.
"""

from __future__ import annotations

import marshal
import os
import subprocess
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

from inventory.sheets import BROKEN, ENCRYPTED, MAX_CELLS, MAX_ROWS, TOO_LARGE, Cell, Sheet, UnreadableFile

SECONDS = 120
MEMORY = 3 * 1024 * 1024 * 1024
PROGRAM = Path(__file__).with_name("workbook_process.py")


def read(content: bytes, kind: str) -> tuple[Sheet, ...]:
    """The visible sheets. Raises UnreadableFile."""
    with tempfile.TemporaryFile() as given:
        given.write(content)
        given.seek(0)
        answer = _run(given.fileno())
    if "problem" in answer:
        raise UnreadableFile(_MESSAGES[answer["problem"]].format(kind=kind))
    return tuple(Sheet(name, [_row(row) for row in rows]) for name, rows in answer["sheets"])


_MESSAGES = {
    "password": ENCRYPTED,
    "broken": BROKEN,
    "cells": TOO_LARGE.format(most=f"{MAX_ROWS:,} rows or {MAX_CELLS:,} cells"),
    "memory": "Reading this {kind} file takes more memory or time than any export does. It was not opened.",
}


def _run(handle: int) -> dict[str, Any]:
    command = [sys.executable, "-I", str(PROGRAM), *map(str, (MEMORY, SECONDS, MAX_ROWS, MAX_CELLS))]
    try:
        done = subprocess.run(
            command, stdin=handle, capture_output=True, timeout=SECONDS, check=False, env=_environment()
        )
    except subprocess.TimeoutExpired:
        return {"problem": "memory"}
    if done.returncode != 0:
        return {"problem": "memory" if done.returncode < 0 else "broken"}
    answer: dict[str, Any] = marshal.loads(done.stdout)  # noqa: S302 - written by our own program
    return answer


def _environment() -> dict[str, str]:
    """Nothing of ours: the process that reads strangers' files knows no secret."""
    return {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}


def _row(row: list[Cell | tuple[str, str]]) -> list[Cell]:
    return [_date(*cell) if isinstance(cell, tuple) else cell for cell in row]


def _date(kind: str, text: str) -> date:
    return datetime.fromisoformat(text) if kind == "datetime" else date.fromisoformat(text)

"""xls, xlsx, ods and HTML, read by a process of its own (`inventory.reading_process`).

A workbook can claim a cell at XFD1048576 and so make any reader reserve all memory between; a page can keep a parser
busy for hours. The process has a limit on memory, time and output; when it dies, the file is refused, and the portal
goes on. It leaves what it read in a file without a name, from which blocks of rows are taken as they are needed.
"""

from __future__ import annotations

import marshal
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

from inventory.sheets import BLOCK, BROKEN, CUT_SHORT, ENCRYPTED, MAX_CELLS, MAX_ROWS, TOO_LARGE, OpenSheet, Row
from inventory.sheets import UnreadableFile as UnreadableFile

SECONDS = 120
MEMORY = 3 * 1024 * 1024 * 1024
OUTPUT = 2 * 1024 * 1024 * 1024
PROGRAM = Path(__file__).with_name("reading_process.py")
_MESSAGES = {
    "password": ENCRYPTED,
    "broken": BROKEN,
    "cut": CUT_SHORT,
    "cells": TOO_LARGE.format(most=f"{MAX_ROWS:,} rows or {MAX_CELLS:,} cells"),
    "memory": "Reading this {kind} file takes more memory or time than any export does. It was not opened.",
    "no table": "This is a web page without a table. Upload iTEP's export of AVAILABLE TESTS.",
    "no sheet": "This {kind} file has no sheet that can be seen. Show the sheet with the test IDs, and save it again.",
}


def opened(content: bytes, kind: str, encoding: str = "") -> tuple[OpenSheet, ...]:
    """The visible sheets; `encoding` is that of an HTML page. Raises UnreadableFile."""
    found = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the last sheet that reads from it
    with tempfile.TemporaryFile() as given:
        given.write(content)
        given.seek(0)
        problem = _run(given.fileno(), found.fileno(), kind, encoding)
    frames = [] if problem else list(_frames(found))
    if not problem and (not frames or frames[-1].what != b"E"):
        problem = "broken"
    if frames and frames[0].what == b"P":
        problem = str(frames[0].load(found))
    sheets = () if problem else tuple(_sheets(found, frames[:-1]))
    if problem or not sheets:
        raise UnreadableFile(_MESSAGES[problem or "no sheet"].format(kind=kind))
    return sheets


def _run(given: int, found: int, kind: str, encoding: str) -> str:
    """What went wrong with the process itself, "" where nothing did."""
    limits = (MEMORY, SECONDS, OUTPUT, MAX_ROWS, MAX_CELLS, BLOCK)
    command = [sys.executable, "-I", str(PROGRAM), kind, encoding, *map(str, limits)]
    try:
        done = subprocess.run(
            command,
            stdin=given,
            stdout=found,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
            env=_environment(),
        )
    except subprocess.TimeoutExpired:
        return "memory"
    return "" if done.returncode == 0 else "memory" if done.returncode < 0 else "broken"


def _environment() -> dict[str, str]:
    """Nothing of ours: the process that reads strangers' files knows no secret."""
    return {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}


@dataclass(frozen=True, slots=True)
class _Frame:
    """A piece of the answer: S a sheet begins, R rows of it, P a problem, E the end."""

    what: bytes
    start: int
    length: int

    def load(self, file: IO[bytes]) -> Any:
        # By its place, not by a position that two readers of one file would share.
        return marshal.loads(os.pread(file.fileno(), self.length, self.start))  # noqa: S302 - our own program's


def _frames(file: IO[bytes]) -> Iterator[_Frame]:
    place, size = 0, os.fstat(file.fileno()).st_size
    while place + 9 <= size:
        head = os.pread(file.fileno(), 9, place)
        frame = _Frame(head[:1], place + 9, int.from_bytes(head[1:], "big"))
        yield frame
        place = frame.start + frame.length


def _sheets(file: IO[bytes], frames: list[_Frame]) -> Iterator[OpenSheet]:
    """Each sheet with the frames of its rows."""
    starts = [number for number, frame in enumerate(frames) if frame.what == b"S"]
    for start, end in pairwise([*starts, len(frames)]):
        name, formulas = frames[start].load(file)
        yield OpenSheet(name, _Blocks(file, tuple(frames[start + 1 : end])).read, formulas)


@dataclass(frozen=True, slots=True)
class _Blocks:
    file: IO[bytes]
    frames: tuple[_Frame, ...]

    def read(self) -> Iterator[list[Row]]:
        for frame in self.frames:
            rows, dates = frame.load(self.file)
            for row, place, kind, text in dates:
                rows[row][place] = datetime.fromisoformat(text) if kind == "datetime" else date.fromisoformat(text)
            yield rows

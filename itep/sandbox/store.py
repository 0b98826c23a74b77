"""The sandbox's memory: records in dictionaries, and a journal of JSON lines that a kill -9 cannot lose.

Each change is one line, handed to the operating system before anybody is answered. A line cut short by a kill was
never answered, and is dropped when the journal is read again.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from itep.sandbox.records import KINDS, Record

R = TypeVar("R", bound=Record)
_WAIT_FOR_THE_LAST_ONE = 10.0  # seconds: a killed master's worker needs about one to notice


class Busy(Exception):
    """Another sandbox keeps its state in this folder."""


class Store:
    """Reads need no lock of the caller's; writes only inside `change`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = threading.RLock()
        self._tables: dict[str, dict[str, Record]] = {name: {} for name in KINDS}
        self._last_number: dict[str, int] = {}
        self._pending: list[tuple[str, str, Record | None]] | None = None
        self._path = folder / "journal.jsonl"
        self._guard = _sole_owner(folder / "lock")
        self._read()
        self._compact()

    def all(self, kind: type[R]) -> list[R]:
        with self._lock:
            return list(self._tables[kind.__name__].values())  # type: ignore[arg-type]

    def get(self, kind: type[R], key: str) -> R | None:
        with self._lock:
            return self._tables[kind.__name__].get(key)  # type: ignore[return-value]

    def next_key(self, kind: type[Record]) -> str:
        """A number that no record of this kind had in this process's life or has now."""
        with self._lock:
            number = self._last_number.get(kind.__name__, 0) + 1
            self._last_number[kind.__name__] = number
            return str(number)

    @contextmanager
    def change(self) -> Iterator[None]:
        """All or nothing, and on disk when it ends. May be nested."""
        with self._lock:
            if self._pending is not None:
                yield
                return
            self._pending = []
            before: list[tuple[str, str, Record | None]] = self._pending
            try:
                yield
                self._append(before)
            except BaseException:
                for name, key, old in reversed(before):
                    self._set(name, key, old)
                raise
            finally:
                self._pending = None

    def put(self, record: Record) -> None:
        self._change(type(record).__name__, record.key, record)

    def remove(self, kind: type[Record], key: str) -> None:
        self._change(kind.__name__, key, None)

    def clear(self) -> None:
        for name, table in self._tables.items():
            for key in list(table):
                self._change(name, key, None)

    def _change(self, name: str, key: str, new: Record | None) -> None:
        if self._pending is None:
            raise RuntimeError("A record is changed outside Store.change().")
        self._pending.append((name, key, self._tables[name].get(key)))
        self._set(name, key, new)

    def _set(self, name: str, key: str, record: Record | None) -> None:
        if record is None:
            self._tables[name].pop(key, None)
        else:
            self._tables[name][key] = record
        if key.isdecimal():
            self._last_number[name] = max(self._last_number.get(name, 0), int(key))

    def _append(self, changed: list[tuple[str, str, Record | None]]) -> None:
        keys = dict.fromkeys((name, key) for name, key, _ in changed)
        if keys:
            line = _line([(name, key, self._tables[name].get(key)) for name, key in keys])
            with self._path.open("ab", buffering=0) as journal:
                journal.write(line)

    def _read(self) -> None:
        if not self._path.exists():
            return
        for line in self._path.read_bytes().split(b"\n"):
            try:
                entries = json.loads(line)
            except ValueError:
                continue
            for name, key, value in entries:
                self._set(name, key, None if value is None else KINDS[name](**value))

    def _compact(self) -> None:
        new = self._path.with_suffix(".new")
        entries = [(name, key, record) for name, table in self._tables.items() for key, record in table.items()]
        with new.open("wb") as journal:
            journal.writelines(_line([entry]) for entry in entries)
            journal.flush()
            os.fsync(journal.fileno())
        new.replace(self._path)


def _line(entries: list[tuple[str, str, Record | None]]) -> bytes:
    values = [(name, key, None if record is None else asdict(record)) for name, key, record in entries]
    return json.dumps(values).encode() + b"\n"


def _sole_owner(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    until = time.monotonic() + _WAIT_FOR_THE_LAST_ONE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > until:
                os.close(descriptor)
                raise Busy(f"Another sandbox keeps its state in {path.parent}.") from error
            time.sleep(0.1)
        else:
            return descriptor

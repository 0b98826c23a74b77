"""Threads that start together, each with its own connection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

Found = TypeVar("Found")


def interleaves() -> bool:
    """Whether two transactions can write at the same time."""
    return connection.vendor == "postgresql"


def together(acts: Sequence[Callable[[], Found]]) -> list[Found]:
    """Runs all acts at the same moment, each in a thread; what they returned, in order. An exception comes through."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Found]) -> Found:
        try:
            start.wait(timeout=30)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(timeout=120) for future in [pool.submit(run, act) for act in acts]]

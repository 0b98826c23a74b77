"""kill -9 at an exact step of a call: the process ends itself there, as if the power went.

The file `kill_at` in DATA_DIR names the step and how many more times it may pass: "begun 3". It is gone once it struck.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from django.apps import AppConfig

STEPS = ("reserved", "leased", "begun", "called", "answered", "recorded")
CALL = "fulfillment.call"
_counting = threading.Lock()


def _file() -> Path:
    return Path(os.environ["DATA_DIR"]) / "kill_at"


def _strikes(step: str) -> bool:
    """Whether now is the time; counts down, and takes the order away once it is."""
    with _counting:
        if not _file().exists():
            return False
        named, left = _file().read_text().split()
        if named != step:
            return False
        if int(left) > 0:
            _file().write_text(f"{step} {int(left) - 1}")
            return False
        _file().unlink()
        return True


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _after(step: str, about: Callable[..., bool] = lambda *_: True) -> Callable[[Any], Any]:
    """Wraps a function: what it did is done, then the process is gone. `about` looks at what it gave and was given."""

    def wrap(function: Any) -> Any:
        @wraps(function)
        def deadly(*args: Any, **named: Any) -> Any:
            given = function(*args, **named)
            if about(given, *args) and _strikes(step):
                _die()
            return given

        return deadly

    return wrap


def _while_it_runs(function: Any) -> Any:
    """The request has left, iTEP works on it, nobody has answered yet: the sandbox is slow in that test."""

    @wraps(function)
    def deadly(*args: Any, **named: Any) -> Any:
        if _strikes("called"):
            threading.Timer(1, _die).start()
        return function(*args, **named)

    return deadly


def _instead_of_waking(function: Any) -> Any:
    """The reservation is committed, and Celery was not told."""

    @wraps(function)
    def deadly(*args: Any, **named: Any) -> Any:
        if "gunicorn" in sys.argv[0] and _strikes("reserved"):
            _die()
        return function(*args, **named)

    return deadly


class DeadlyConfig(AppConfig):
    name = "tests.faults"
    label = "deadly"

    def ready(self) -> None:
        """Every step of the outbox's way of a call."""
        from itep import client
        from outbox import locks, outgoing, waking

        locks.lease_next = _after("leased", _is_a_leased_call)(locks.lease_next)
        outgoing.begin = _after("begun", _is_a_begun_call)(outgoing.begin)
        client.send = _while_it_runs(_after("answered")(client.send))
        outgoing.close = _after("recorded", _is_a_closed_call)(outgoing.close)
        waking.wake_now = _instead_of_waking(waking.wake_now)


def _is_a_leased_call(entry: Any, *_: Any) -> bool:
    return entry is not None and entry.kind == CALL


def _is_a_begun_call(begun: Any, entry: Any, *_: Any) -> bool:
    return begun is not None and entry.kind == CALL


def _is_a_closed_call(_: Any, begun: Any, *__: Any) -> bool:
    return bool(begun.entry.kind == CALL)

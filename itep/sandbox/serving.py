"""Starts the sandbox's own server in place of the current process, so that signals reach it directly."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from itep.dialect import DialectError, load

THREADS = 24
_SOURCES = Path(__file__).resolve().parent.parent.parent


class CannotServe(Exception):
    """One clear line for the terminal."""


def serve(*, port: int, bind: str, hosts: Sequence[str], data_dir: Path, dialect: str | None) -> NoReturn:
    """Becomes the sandbox. Raises CannotServe where the port is taken or the dialect is broken."""
    try:
        load(Path(dialect) if dialect else None)
    except DialectError as error:
        raise CannotServe(str(error)) from error
    _check_free(bind, port)
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "itep.sandbox.settings",
        "SANDBOX_DIR": str(data_dir.resolve()),
        "SANDBOX_HOSTS": ",".join(hosts),
        "ITEP_DIALECT": str(Path(dialect).resolve()) if dialect else "",
        "PYTHONPATH": os.pathsep.join([str(_SOURCES), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
    }
    # One process: the state lives in it. Threads: a slow call must not hold up the pages.
    command = [sys.executable, "-m", "gunicorn", "itep.sandbox.wsgi", "--worker-class", "gthread", "--workers", "1"]
    command += ["--threads", str(THREADS), "--bind", f"{bind}:{port}", "--graceful-timeout", "5", "--keep-alive", "5"]
    command += ["--control-socket", str(data_dir.resolve() / "control.sock"), "--log-level", "warning"]
    sys.stdout.write(f"The practice iTEP answers at http://{bind}:{port}\n")
    sys.stdout.flush()
    os.execve(sys.executable, command, environment)  # noqa: S606 - no shell is wanted


def _check_free(bind: str, port: int) -> None:
    try:
        socket.create_server((bind, port), reuse_port=False).close()
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a port"
        raise CannotServe(f"The sandbox cannot listen at {bind}:{port}: {reason}.") from error

"""Starts the sandbox's own server in place of the current process, so that signals reach it directly."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from itep.dialect import DialectError, load

# The portal's own, which the pretend iTEP has no business to know.
_SECRETS = frozenset({"SECRET_KEY", "ENCRYPTION_KEYS", "DATABASE_URL", "CELERY_BROKER_URL", "EMAIL_URL"})
_SOURCES = Path(__file__).resolve().parent.parent.parent


class CannotServe(Exception):
    """One clear line for the terminal."""


def serve(*, port: int, bind: str, hosts: Sequence[str], data_dir: Path, dialect: Path | None) -> NoReturn:
    """Becomes the sandbox. Raises CannotServe where the port is taken or the dialect is broken."""
    try:
        load(dialect)
    except DialectError as error:
        raise CannotServe(str(error)) from error
    _check_free(bind, port)
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    environment = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in _SECRETS}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "itep.sandbox.settings",
        "SANDBOX_DIR": str(data_dir.resolve()),
        "SANDBOX_HOSTS": ",".join(hosts),
        "ITEP_DIALECT": str(dialect.resolve()) if dialect else "",
        "PYTHONPATH": os.pathsep.join([str(_SOURCES), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
    }
    # Its configuration is named, or gunicorn would read the portal's from the working directory.
    command = [sys.executable, "-m", "gunicorn", "--config", "python:itep.sandbox.gunicorn_conf"]
    command += ["--bind", f"{bind}:{port}", "itep.sandbox.wsgi"]
    sys.stdout.write(f"The practice iTEP answers at http://{bind}:{port}\n")
    sys.stdout.flush()
    os.execve(sys.executable, command, environment)  # noqa: S606 - no shell is wanted


def _check_free(bind: str, port: int) -> None:
    try:
        socket.create_server((bind, port), reuse_port=False).close()
    except (OSError, OverflowError) as error:
        reason = os.strerror(error.errno or 0) if isinstance(error, OSError) else "not a port"
        raise CannotServe(f"The sandbox cannot listen at {bind}:{port}: {reason}.") from error

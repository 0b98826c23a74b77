"""Throw-away PostgreSQL and Redis, one of each per test process: own folder, own port, gone when the process ends.

They never touch a cluster or a port that was there before. Where a server cannot be had, the test that asked fails.
"""

import atexit
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

SECONDS_TO_START = 30
SET_PARENT_DEATH_SIGNAL = 1


class NoServer(Exception):
    """What is missing, and how to get it."""


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    port: int
    process: subprocess.Popen[bytes]
    folder: Path


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@lru_cache(maxsize=1)
def postgresql() -> Server:
    return new_postgresql()


def new_postgresql(*, forgets: bool = True) -> Server:
    """A cluster whose database is named `portal`: without durability, as fast as it can be.

    With `forgets=False` what was committed outlives the server, though not the machine.
    """
    folder = _folder("postgresql")
    port, data = free_port(), folder / "data"
    account = _account()
    subprocess.run(
        [_binary("initdb"), "-D", data, "-U", "portal", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
        check=True,
        capture_output=True,
        user=account,
    )
    quick = ["fsync=off", "max_connections=200"]
    quick += ["synchronous_commit=off", "full_page_writes=off"] if forgets else []
    options = [part for setting in (*quick, "listen_addresses=127.0.0.1") for part in ("-c", setting)]
    command = [_binary("postgres"), "-D", str(data), "-p", str(port), "-k", str(folder), *options]
    # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
    process = _start(command, folder / "log", signal.SIGINT, account)
    server = Server(f"postgresql://portal@127.0.0.1:{port}/portal", port, process, folder)
    _wait(server, lambda: _postgresql_answers(port), "PostgreSQL")
    create_database(server, "portal")
    return server


def create_database(server: Server, name: str) -> str:
    """A further database of that server; its address."""
    command = [_binary("createdb"), "-h", "127.0.0.1", "-p", str(server.port), "-U", "portal", name]
    subprocess.run(command, check=True, capture_output=True)
    return f"postgresql://portal@127.0.0.1:{server.port}/{quote(name)}"


@lru_cache(maxsize=1)
def redis() -> Server:
    return new_redis()


def new_redis(port: int | None = None) -> Server:
    """One more Redis, for a test that stops it or wipes it."""
    if not (binary := shutil.which("redis-server")):
        raise NoServer("redis-server is missing: apt-get install redis-server")
    folder, port = _folder("redis"), port or free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    server = Server(
        f"redis://127.0.0.1:{port}/0", port, _start([binary, *options], folder / "log", signal.SIGTERM), folder
    )
    _wait(server, lambda: _answers(port, b"PING\r\n", b"+PONG"), "Redis")
    return server


def start_again(server: Server) -> Server:
    """A PostgreSQL that was stopped, with what it holds, on its port."""
    command = [str(part) for part in server.process.args]  # type: ignore[union-attr]
    again = replace(server, process=_start(command, server.folder / "log", signal.SIGINT, _account()))
    _wait(again, lambda: _postgresql_answers(server.port), "PostgreSQL")
    return again


def wipe(redis: Server) -> None:
    """It forgets everything that it was told."""
    assert _answers(redis.port, b"FLUSHALL\r\n", b"+OK")


def stop(server: Server, how: signal.Signals = signal.SIGINT) -> None:
    if server.process.poll() is None:
        server.process.send_signal(how)
        try:
            server.process.wait(10)
        except subprocess.TimeoutExpired:
            server.process.kill()
            server.process.wait(10)


def _binary(name: str) -> str:
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which(name)
    if not found:
        raise NoServer(f"PostgreSQL's {name} is missing: apt-get install postgresql")
    return found


def _account() -> str | None:
    """PostgreSQL refuses to run as root: then as the account that Debian's package made for it."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        raise NoServer("there is no account postgres: apt-get install postgresql") from None
    return "postgres"


def _folder(name: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"portal-tests-{name}-"))
    if name == "postgresql" and os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _start(command: list[str], log: Path, end: signal.Signals, account: str | None = None) -> "subprocess.Popen[bytes]":
    def die_with_parent() -> None:
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, int(end))

    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with_parent,
            cwd="/",
            user=account,
        )
    atexit.register(_end, process, end)
    return process


def _end(process: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(server: Server, ready: Callable[[], bool], name: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not ready():
        if server.process.poll() is not None or time.monotonic() > deadline:
            raise NoServer(f"{name} did not start: {(server.folder / 'log').read_text(errors='replace')[-500:]}")
        time.sleep(0.05)


def _postgresql_answers(port: int) -> bool:
    command = [_binary("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(command, check=False).returncode == 0


def _answers(port: int, question: bytes, answer: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(question)
            return connection.recv(64).startswith(answer)
    except OSError:
        return False

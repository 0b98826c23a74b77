"""`make run` from outside: refusals of one line, the closing lines, and the end of everything."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from portal.environment import NAMES
from portal.run import BASE_DIR
from tests.servers import free_port

BIN = Path(sys.executable).parent
DOORS = {
    "make run": [sys.executable, "-m", "portal.run"],
    "manage.py": [sys.executable, "manage.py", "check"],
    "gunicorn": [str(BIN / "gunicorn"), "portal.wsgi"],
    "celery worker": [str(BIN / "celery"), "-A", "portal", "worker"],
    "celery beat": [str(BIN / "celery"), "-A", "portal", "beat", "--pidfile="],
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if name not in {*NAMES, "DJANGO_SETTINGS_MODULE"}}
    ports = {"PORT": str(free_port()), "SANDBOX_PORT": str(free_port())}
    return {**bare, "DATA_DIR": str(tmp_path / "data"), **ports}


def ended(command: list[str], environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, env=environment, cwd=BASE_DIR, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("door", DOORS)
def test_a_bad_value_ends_every_program_with_one_line(door: str, environment: dict[str, str]) -> None:
    done = ended(DOORS[door], environment | {"TIME_ZONE": "Mars/Olympus"} | _secrets(door))

    assert done.returncode == 2
    assert done.stderr == "portal: TIME_ZONE: is 'Mars/Olympus', expected a name such as Europe/Lisbon\n"


def test_a_dialect_that_cannot_be_read_ends_it_likewise(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "dialect.toml").write_text("[request\n")

    done = ended(DOORS["make run"], environment | {"ITEP_DIALECT": str(tmp_path / "dialect.toml")})

    assert done.returncode == 2
    assert done.stderr.startswith("portal: ITEP_DIALECT: ")
    assert done.stderr.count("\n") == 1


def test_a_busy_port_ends_it_before_anything_starts(environment: dict[str, str], tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(environment["PORT"])))
        other.listen()
        done = ended(DOORS["make run"], environment)

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == f"portal: PORT: {environment['PORT']} is in use by another program: set PORT to a free port\n"
    assert list((tmp_path / "data").iterdir()) == []


@pytest.mark.processes
def test_one_terminal_runs_all_and_ends_all(environment: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as output:
        run = subprocess.Popen(
            [sys.executable, "-m", "portal.run"],
            env={**environment, "DEMO": "0"},
            cwd=BASE_DIR,
            stdout=output,
            stderr=output,
        )
    try:
        _wait_for_line(log, "  stop       Ctrl-C")
        children = _children(run.pid)
        password = (tmp_path / "data" / "first-user").read_text().splitlines()[1]
        assert len(children) == 4
        assert f"  portal     http://127.0.0.1:{environment['PORT']}\n" in log.read_text()
        assert f"  password   {password} " in log.read_text()
        assert f"  iTEP       http://127.0.0.1:{environment['SANDBOX_PORT']}   (practice)\n" in log.read_text()
        assert requests.get(f"http://127.0.0.1:{environment['PORT']}/readyz", timeout=10).status_code == 200
    finally:
        begun = time.monotonic()
        run.send_signal(signal.SIGTERM)
        status = run.wait(30)
    assert status == 0
    assert time.monotonic() - begun < 20
    assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []


def _secrets(door: str) -> dict[str, str]:
    if door == "make run":  # it makes its own
        return {}
    return {"SECRET_KEY": "of-tests", "ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}


def _wait_for_line(log: Path, line: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while line not in log.read_text():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

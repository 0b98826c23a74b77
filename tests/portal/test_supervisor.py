"""The supervisor, with real programs: it keeps them running, and ends all of them."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.supervisor import Program, Supervisor

SLEEPER = "import time; print('ready.', flush=True); time.sleep(600)"
DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready.', flush=True); time.sleep(600)"
)
BUSY = """
import signal, sys, time
def end(*_):
    time.sleep(1); print('the call ended', flush=True); sys.exit(0)
signal.signal(signal.SIGTERM, end); print('ready.', flush=True); time.sleep(600)
"""


def program(name: str, code: str, *, last: bool = False, keep: bool = True) -> Program:
    return Program(name, [sys.executable, "-c", code], os.environ, last=last, keep=keep, ready="ready.")


def wait_for(true: Callable[[], object], supervisor: Supervisor | None = None, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        if supervisor:
            supervisor.watch()
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.fixture
def supervise() -> Iterator[Callable[..., tuple[Supervisor, io.StringIO]]]:
    started: list[Supervisor] = []

    def start(*programs: Program) -> tuple[Supervisor, io.StringIO]:
        output = io.StringIO()
        started.append(Supervisor(list(programs), output))
        started[-1].start()
        wait_for(lambda: started[-1].ready)
        return started[-1], output

    yield start
    for supervisor in started:
        supervisor.kill()


Supervise = Callable[..., tuple[Supervisor, io.StringIO]]


def test_lines_carry_the_name_of_their_program(supervise: Supervise) -> None:
    _supervisor, output = supervise(program("web", SLEEPER), program("scheduler", SLEEPER))

    wait_for(lambda: output.getvalue().count("\n") == 2)
    assert sorted(output.getvalue().splitlines()) == ["scheduler | ready.", "web       | ready."]


def test_a_killed_program_starts_again(supervise: Supervise) -> None:
    supervisor, output = supervise(program("web", SLEEPER), program("worker", SLEEPER))
    before = supervisor.pids()

    os.kill(before["web"], signal.SIGKILL)
    wait_for(lambda: supervisor.pids().get("web", before["web"]) != before["web"], supervisor)

    assert supervisor.pids()["worker"] == before["worker"]
    assert "web    | ended with status -9, starts again in 0.5 s" in output.getvalue()


def test_the_pause_doubles_while_a_program_keeps_dying(supervise: Supervise) -> None:
    supervisor, output = supervise(program("web", "print('ready.'); raise SystemExit(3)"))

    wait_for(lambda: "in 2 s" in output.getvalue(), supervisor)

    said = [line for line in output.getvalue().splitlines() if "ended" in line]
    assert said == [f"web | ended with status 3, starts again in {pause} s" for pause in ("0.5", "1", "2")]


def test_what_shall_not_be_kept_stays_down(supervise: Supervise) -> None:
    supervisor, output = supervise(program("web", SLEEPER))
    journey = supervisor.add(program("journey", "print('played')", keep=False))

    wait_for(lambda: not journey.alive, supervisor)
    supervisor.watch()

    assert sorted(supervisor.pids()) == ["web"]
    assert "starts again" not in output.getvalue()


def test_a_call_in_flight_ends_by_itself(supervise: Supervise) -> None:
    supervisor, output = supervise(program("worker", BUSY), program("sandbox", SLEEPER, last=True))
    pids = supervisor.pids()

    supervisor.stop()

    assert "worker  | the call ended" in output.getvalue()
    assert [pid for pid in pids.values() if alive(pid)] == []


def test_who_does_not_listen_is_killed_within_20_seconds(supervise: Supervise) -> None:
    supervisor, _output = supervise(program("worker", DEAF), program("sandbox", DEAF, last=True))
    pids, begun = supervisor.pids(), time.monotonic()

    supervisor.stop()

    assert time.monotonic() - begun < 20
    assert [pid for pid in pids.values() if alive(pid)] == []


def test_children_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    code = f"""
import os, sys, time
from portal.supervisor import Program, Supervisor
supervisor = Supervisor([Program("web", [sys.executable, "-c", "import time; time.sleep(600)"], os.environ)])
supervisor.start()
open({str(tmp_path / "pid")!r}, "w").write(str(supervisor.pids()["web"]))
print("started", flush=True)
time.sleep(600)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"started\n"
    child = int((tmp_path / "pid").read_text())
    assert alive(child)

    parent.kill()
    parent.wait()

    wait_for(lambda: not alive(child))

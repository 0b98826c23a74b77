"""Starts programs, keeps them running, shows what they say with their name in front, and ends them all together."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, TextIO

SET_PARENT_DEATH_SIGNAL = 1
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a dead program is started again
STEADY_AFTER = 60.0  # seconds after which a death counts as the first again
WARM = 13.0  # seconds for calls in flight; with COLD and KILLED below 20 in all
COLD = 3.0
KILLED = 2.0
COLOURS = (36, 33, 35, 32, 34, 31)


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. `last` programs end after the others, since those may still be calling them."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    last: bool = False
    keep: bool = True  # start it again when it ends
    ready: str = ""  # what stands in the line by which it says that it works


@dataclass(slots=True)
class Running:
    program: Program
    process: "subprocess.Popen[str] | None" = None
    started_at: float = 0.0
    due_at: float = 0.0
    pause: float = SHORTEST_PAUSE
    ready: bool = False
    readers: list[threading.Thread] = field(default_factory=list)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """`start`, then `watch` again and again, at last `stop`: all from one thread.

    A child dies with the thread that started it, even where this process is killed.
    """

    def __init__(self, programs: list[Program], output: TextIO | None = None) -> None:
        self.output = output or sys.stdout
        self.running = [Running(program) for program in programs]
        self._width = max(len(program.name) for program in programs)
        self._writing = threading.Lock()

    def start(self) -> None:
        for one in self.running:
            self.begin(one)

    def add(self, program: Program) -> Running:
        """One more program, started at once."""
        one = Running(program)
        self.running.append(one)
        self.begin(one)
        return one

    def pids(self) -> dict[str, int]:
        return {one.program.name: one.process.pid for one in self.running if one.process and one.alive}

    @property
    def ready(self) -> bool:
        return all(one.ready for one in self.running if one.program.keep and one.program.ready)

    def watch(self) -> None:
        """Starts what has died, after a pause that doubles with each death in a row."""
        now = time.monotonic()
        for one in self.running:
            if one.alive or not one.program.keep:
                continue
            if one.process is not None:
                self._died(one, one.process.returncode, now)
            if one.process is None and now >= one.due_at:
                self.begin(one)

    def stop(self) -> None:
        """Ends all within 20 seconds: calls in flight first get time to end by themselves."""
        first = [one for one in self.running if not one.program.last]
        _signal(self.running_of(first), signal.SIGTERM)
        _wait(self.running_of(first), WARM)
        _signal(self.running_of(first), signal.SIGKILL)
        _signal(self.running_of(self.running), signal.SIGTERM)
        _wait(self.running_of(self.running), COLD)
        self.kill()

    def kill(self) -> None:
        _signal(self.running_of(self.running), signal.SIGKILL)
        _wait(self.running_of(self.running), KILLED)
        for one in self.running:
            for reader in one.readers:
                reader.join(0.2)

    def running_of(self, those: list[Running]) -> "list[subprocess.Popen[str]]":
        return [one.process for one in those if one.process is not None and one.alive]

    def say(self, name: str, line: str) -> None:
        with self._writing, contextlib.suppress(ValueError, OSError):
            print(f"{self._prefix(name)} {line}", file=self.output, flush=True)

    def begin(self, one: Running) -> None:
        environment = {**one.program.environment, "PYTHONUNBUFFERED": "1"}
        one.process = subprocess.Popen(
            one.program.command, env=environment, text=True, errors="replace", bufsize=1, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=_die_with_parent,
        )  # fmt: skip
        one.started_at = time.monotonic()
        assert one.process.stdout is not None
        reader = threading.Thread(target=self._relay, args=(one, one.process.stdout), daemon=True)
        reader.start()
        one.readers = [reader]

    def _died(self, one: Running, status: int, now: float) -> None:
        if now - one.started_at > STEADY_AFTER:
            one.pause = SHORTEST_PAUSE
        self.say(one.program.name, f"ended with status {status}, starts again in {one.pause:g} s")
        one.process, one.due_at = None, now + one.pause
        one.pause = min(one.pause * 2, LONGEST_PAUSE)

    def _relay(self, one: Running, lines: IO[str]) -> None:
        with contextlib.suppress(ValueError, OSError):
            for line in lines:
                one.ready = one.ready or one.program.ready in line
                self.say(one.program.name, line.rstrip())

    def _prefix(self, name: str) -> str:
        text = f"{name:<{self._width}} |"
        if not self.output.isatty():
            return text
        return f"\x1b[{COLOURS[sum(name.encode()) % len(COLOURS)]}m{text}\x1b[0m"


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, int(signal.SIGKILL))


def _signal(processes: "list[subprocess.Popen[str]]", which: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            # A polite word goes to the program, which tells its own children; a kill to all of them.
            os.killpg(process.pid, which) if which is signal.SIGKILL else process.send_signal(which)


def _wait(processes: "list[subprocess.Popen[str]]", seconds: float) -> None:
    deadline = time.monotonic() + seconds
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))

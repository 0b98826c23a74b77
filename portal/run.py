"""`make run`: the whole portal in one terminal, on SQLite, with a practice iTEP beside it. Ctrl-C ends all of it."""

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

from portal.start import HOST, Start, decide, hold
from portal.supervisor import SET_PARENT_DEATH_SIGNAL, Program, Running, Supervisor
from portal.variables import BadVariable

BASE_DIR = Path(__file__).resolve().parent.parent
SECONDS_TO_READY = 120
SECONDS_TO_PLAY = 120
PACE = 0.2


def main() -> int:
    os.chdir(BASE_DIR)
    if "MAKELEVEL" in os.environ:  # our parent is make: should it be killed, nobody else would end us
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, int(signal.SIGTERM))
    try:
        start = decide(os.environ)
        _lock = hold(start.data_dir)
    except BadVariable as why:
        print(f"portal: {why}", file=sys.stderr)
        return 2
    os.environ.clear()
    os.environ.update(start.environment)
    ended = _end_on_signals()
    lines, play = _prepare(start)
    if ended.is_set():
        return 0
    return _run(start, ended, lines, play=play)


def programs(start: Start) -> list[Program]:
    """Web, worker, scheduler and, where one is wanted, the sandbox: the same commands as in docs/operator.md."""
    bin_dir = Path(sys.executable).parent
    environment = {**start.environment, "WEB_CONCURRENCY": start.environment.get("WEB_CONCURRENCY", "1")}
    celery = [str(bin_dir / "celery"), "--quiet", "-A", "portal"]
    threads = ["--pool", "threads", "-c", "2", "-l", "INFO"]
    calm = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    found = [
        Program("web", [str(bin_dir / "gunicorn"), "portal.wsgi"], environment),
        Program("worker", [*celery, "worker", *threads, *calm], environment, ready="ready."),
        Program("scheduler", [*celery, "beat", "--pidfile=", "-l", "INFO"], environment),
    ]
    if start.sandbox_port:
        command = manage("itep_sandbox", "--port", str(start.sandbox_port))
        found.insert(0, Program("sandbox", command, environment, last=True))
    return found


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(BASE_DIR / "manage.py"), *arguments]


def _end_on_signals() -> threading.Event:
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(which, end)
    return ended


def _prepare(start: Start) -> tuple[list[str], bool]:
    """Tables, static files and the first user; the closing lines, and whether the journey is to be played."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from portal import prepare

    print("portal: preparing the database and the static files", flush=True)
    prepare.migrate()
    prepare.collect_static()
    user, play = prepare.first_user(start.data_dir), prepare.journey_is_due()
    prepare.let_go()
    return _closing(start, user), play


def _closing(start: Start, user: tuple[str, str] | None) -> list[str]:
    from django.conf import settings

    login = (
        [f"  user       {user[0]}", f"  password   {user[1]}   (kept in {start.data_dir / 'first-user'})"]
        if user
        else []
    )
    sandbox = [f"  iTEP       http://{HOST}:{start.sandbox_port}   (practice)"] if start.sandbox_port else []
    if not sandbox:
        sandbox = [f"  iTEP       {settings.ITEP_BASE_URL or 'not called: products work by hand'}"]
    return [f"  portal     {settings.PORTAL_URL}", *login, *sandbox, "  stop       Ctrl-C"]


def _run(start: Start, ended: threading.Event, lines: list[str], *, play: bool) -> int:
    supervisor = Supervisor(programs(start))
    try:
        supervisor.start()
        ready = _watch_until(supervisor, ended, SECONDS_TO_READY, lambda: supervisor.ready and answers(start))
        if not ready and not ended.is_set():
            supervisor.say("portal", f"is not ready after {SECONDS_TO_READY} s; the lines above say why")
        if ready and play:
            _play(supervisor, ended, start)
        if ready and not ended.is_set():
            print("\n".join(["", "The portal is running.", *lines, ""]), flush=True)
        while not ended.wait(PACE):
            supervisor.watch()
        print("portal: stopping", flush=True)
    finally:
        supervisor.stop()
    return 0


def _play(supervisor: Supervisor, ended: threading.Event, start: Start) -> None:
    """Fills the empty practice portal with a played journey; the portal is of use without it, too."""
    journey = supervisor.add(Program("journey", manage("play_journey"), start.environment, keep=False))
    _watch_until(supervisor, ended, SECONDS_TO_PLAY, lambda: not journey.alive)
    if not ended.is_set() and (status := _status(journey)) != 0:
        supervisor.say("portal", f"the practice journey was not played to its end (status {status})")


def _status(one: Running) -> int | None:
    return one.process.poll() if one.process else None


def _watch_until(supervisor: Supervisor, ended: threading.Event, seconds: float, done: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not ended.wait(PACE) and time.monotonic() < deadline:
        supervisor.watch()
        if done():
            return True
    return False


def answers(start: Start) -> bool:
    """Whether the portal can serve: its own word, `/readyz`."""
    connection = HTTPConnection(HOST, start.port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())

"""The portal's real processes, for tests that go through HTTP and kill things."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import uuid4

import requests

from portal.environment import NAMES
from portal.run import BASE_DIR, answers, programs
from portal.start import HOST, Start, decide
from portal.supervisor import Supervisor
from tests import servers

Database = Literal["sqlite", "postgresql"]
Broker = Literal["filesystem", "redis"]
SECONDS_TO_READY = 60
EMAIL, PASSWORD = "admin@example.org", "of-tests-and-no-other-use"


@dataclass(slots=True)
class PortalProcesses:
    """A running portal of its own. Programs: `web`, `worker`, `scheduler`, `sandbox` where one was asked for."""

    start: Start
    supervisor: Supervisor
    log: Path

    @property
    def url(self) -> str:
        """The portal's address, without a slash at its end."""
        return self.start.address

    @property
    def sandbox_url(self) -> str:
        return f"http://{HOST}:{self.start.sandbox_port}"

    @property
    def data_dir(self) -> Path:
        return self.start.data_dir

    @property
    def env(self) -> dict[str, str]:
        """What every process of this portal has as its environment."""
        return self.start.environment

    @property
    def pids(self) -> dict[str, int]:
        return self.supervisor.pids()

    def manage(self, *arguments: str, timeout: float = 120) -> "subprocess.CompletedProcess[str]":
        """A management command beside the running portal. Does not raise on a failure: look at `returncode`."""
        command = [sys.executable, str(BASE_DIR / "manage.py"), *arguments]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=timeout, check=False)

    def kill(self, *names: str, how: signal.Signals = signal.SIGKILL) -> None:
        """Ends these programs (all, where none is named) with everything they started; they stay down."""
        for one in self.supervisor.running:
            if one.alive and one.process and (not names or one.program.name in names):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(one.process.pid, how)
                one.process.wait(20)

    def restart(self, *names: str) -> None:
        """Starts these programs (all that are down, where none is named), and waits until the portal is ready."""
        for one in self.supervisor.running:
            if not one.alive and (not names or one.program.name in names):
                self.supervisor.begin(one)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        self.wait_for(self._ready, "the portal to be ready", SECONDS_TO_READY)
        if "sandbox" in self.pids:
            self.wait_for(lambda: _speaks_http(self.sandbox_url), "the sandbox to answer", SECONDS_TO_READY)

    def _ready(self) -> bool:
        return self.supervisor.ready and ("web" not in self.pids or answers(self.start))

    def wait_for(self, true: Callable[[], object], what: str, seconds: float = 30) -> None:
        """Until `true()`; fails with `what` and the end of the processes' log."""
        deadline = time.monotonic() + seconds
        while not true():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {seconds:g} s in vain for {what}\n{self.last_lines()}")
            time.sleep(0.1)

    def last_lines(self, count: int = 60) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    def session(self) -> requests.Session:
        """Logged in as the administrator, through the login page."""
        session = requests.Session()
        address = f"{self.url}/accounts/login/"
        session.get(address, timeout=20).raise_for_status()
        token = next(value for name, value in session.cookies.items() if "csrf" in name)
        form = {"login": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": token}
        answer = session.post(address, data=form, timeout=20, headers={"Referer": address}, allow_redirects=False)
        assert answer.status_code == 302, f"login answered {answer.status_code}"
        return session


@contextlib.contextmanager
def running(
    folder: Path,
    *,
    database: Database = "sqlite",
    broker: Broker = "filesystem",
    sandbox: bool = True,
    environment: dict[str, str] | None = None,
    redis: servers.Server | None = None,
) -> Iterator[PortalProcesses]:
    """Starts the portal on free ports, with its data in `folder`; ends all of it, whatever happens.

    `environment` adds to or replaces variables; `redis` is a server of the test's own, to be stopped by it.
    """
    values = {name: value for name, value in os.environ.items() if name not in _OURS}
    values |= {"DATA_DIR": str(folder / "data"), "PORT": str(servers.free_port()), "DEMO": "0"}
    values["SANDBOX_PORT"] = str(servers.free_port()) if sandbox else "0"
    values |= {"DJANGO_SETTINGS_MODULE": "portal.settings", **_connections(database, broker, values["PORT"], redis)}
    start = decide({**values, **(environment or {})})
    log = folder / "processes.log"
    with log.open("w") as output:
        portal = PortalProcesses(start, Supervisor(programs(start), output), log)
        _prepare(portal)
        try:
            portal.supervisor.start()
            portal.wait_until_ready()
            yield portal
        finally:
            portal.supervisor.stop()


_OURS = {name for one in NAMES for name in (one, f"{one}_FILE")} | {"MAKELEVEL", "DJANGO_SETTINGS_MODULE"}


def _connections(database: Database, broker: Broker, port: str, redis: servers.Server | None) -> dict[str, str]:
    address = f"http://{HOST}:{port}"
    found = {"CELERY_BROKER_URL": "filesystem://" if broker == "filesystem" else (redis or servers.redis()).url}
    if database == "postgresql":
        url = servers.create_database(servers.postgresql(), f"portal_{uuid4().hex[:12]}")
        found |= {"DATABASE_URL": url, "PORTAL_URL": address, "EMAIL_URL": "consolemail://"}
        found |= {"SECRET_KEY": "of-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz", "ENCRYPTION_KEYS": _KEY}
    return found


_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
_PREPARE = f"""
import django; django.setup()
from portal import prepare
prepare.migrate(); prepare.collect_static()
from access.models import User
if not User.objects.exists():
    from django.contrib.auth.models import Group
    user = User.objects.create_superuser({EMAIL!r}, {PASSWORD!r}, name="Ada Admin")
    user.groups.add(Group.objects.get_or_create(name="Administrator")[0])
"""


def _prepare(portal: PortalProcesses) -> None:
    static, shared = portal.data_dir / "static", Path(tempfile.gettempdir()) / f"portal-tests-static-{os.getuid()}"
    if shared.exists() and not static.exists():
        # Collecting takes seconds; what changed since is collected anew.
        shutil.copytree(shared, static, copy_function=os.link)
    command = [sys.executable, "-c", _PREPARE]
    done = subprocess.run(command, env=portal.env, cwd=BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"the portal could not be prepared:\n{done.stderr[-3000:]}"
    _share(static, shared)


def _share(static: Path, shared: Path) -> None:
    stamp = shared / ".collected"
    if stamp.exists() and stamp.read_text() == (static / ".collected").read_text():
        return
    draft = Path(tempfile.mkdtemp(prefix="portal-tests-")) / "static"
    shutil.copytree(static, draft)
    shutil.rmtree(shared, ignore_errors=True)
    with contextlib.suppress(OSError):  # another test process was quicker
        draft.rename(shared)
    shutil.rmtree(draft.parent, ignore_errors=True)


def _speaks_http(address: str) -> bool:
    try:
        return requests.get(address, timeout=2).status_code < 500
    except requests.RequestException:
        return False

"""The portal's processes, as tests start them, on both kinds of database and broker."""

import pytest
import requests

from tests.process_fixtures import StartPortal

pytestmark = pytest.mark.processes


@pytest.mark.parametrize(("database", "broker"), [("sqlite", "filesystem"), ("postgresql", "redis")])
def test_the_portal_serves(portal_processes: StartPortal, database: str, broker: str) -> None:
    portal = portal_processes(database=database, broker=broker, sandbox=False)

    assert requests.get(f"{portal.url}/readyz", timeout=10).json() == {"database": "ok", "broker": "ok"}
    assert sorted(portal.pids) == ["scheduler", "web", "worker"]
    assert portal.manage("showmigrations", "--plan").returncode == 0


def test_what_is_killed_stays_down_until_it_is_started_again(portal_processes: StartPortal) -> None:
    portal = portal_processes(sandbox=False)
    before = portal.pids

    portal.kill("web")
    assert sorted(portal.pids) == ["scheduler", "worker"]
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{portal.url}/healthz", timeout=5)

    portal.restart("web")
    assert requests.get(f"{portal.url}/healthz", timeout=5).status_code == 200
    assert portal.pids["web"] != before["web"]
    assert portal.pids["worker"] == before["worker"]

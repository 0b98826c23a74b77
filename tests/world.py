"""A running portal with a practice iTEP beside it, a stock from its export, and the key of an API client."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests

from portal.playing.practice_itep import PracticeITEP
from tests.processes import PortalProcesses

KEYS = {"ACAD-PLUS": "sandbox-key-academic", "BUS-PLUS": "sandbox-key-business", "HOSP": "sandbox-key-hospitality"}


@dataclass(slots=True)
class World:
    """The portal, the practice iTEP, and an API client that may do everything."""

    portal: PortalProcesses
    itep: PracticeITEP
    key: str
    session: requests.Session = field(default_factory=requests.Session)

    def post(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> requests.Response:
        """POST to the portal's API; `path` as "fulfillments"."""
        return self.session.post(
            f"{self.portal.url}/api/v1/{path}",
            json=body or {},
            headers={"Authorization": f"Bearer {self.key}", **headers},
            timeout=30,
        )

    def get(self, path: str) -> Any:
        """What the portal's API says at `path`."""
        answer = self.session.get(
            f"{self.portal.url}/api/v1/{path}", headers={"Authorization": f"Bearer {self.key}"}, timeout=30
        )
        answer.raise_for_status()
        return answer.json()

    def give(self, name: str, product: str = "ACAD-PLUS", **more: Any) -> str:
        """Gives a test to `name`; the oid."""
        email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
        answer = self.post("fulfillments", {"product": product, "candidate": {"name": name, "email": email}, **more})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["oid"])

    def state(self, oid: str) -> str:
        return str(self.get(f"fulfillments/{oid}")["state"])

    def wait_for_state(self, oid: str, *states: str, seconds: float = 30) -> None:
        self.portal.wait_for(lambda: self.state(oid) in states, f"{oid} to be {' or '.join(states)}", seconds)

    def reconcile(self, *options: str, kind: str = "csv", **asked: str) -> dict[str, Any]:
        """Applies a fresh export of the practice iTEP; what `reconcile --json` prints."""
        file = self.portal.data_dir / f"export.{kind}"
        file.write_bytes(self.itep.export(kind, **asked))
        now = datetime.now(UTC).isoformat()
        done = self.portal.manage("reconcile", str(file), "--exported-at", now, "--apply", "--json", *options)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def post_results_here(self, code: str = "T-1") -> None:
        """Creates a tracking code, and tells the practice iTEP where to post."""
        path = self.made("create_tracking_code", code)
        self.itep.post("tracking-codes", code=code, url=f"{self.portal.url}{path}", sends_finished=True)

    def made(self, *command: str) -> str:
        """Runs a command; the last line that it prints."""
        done = self.portal.manage(*command)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip().splitlines()[-1].strip()


def begin(portal: PortalProcesses) -> World:
    """Products with their keys, an API client, and the stock of the practice iTEP's export."""
    itep = PracticeITEP(portal.sandbox_url)
    for code, key in KEYS.items():
        source = "sale" if code == "HOSP" else "inventory"
        done = portal.manage("create_product", code, "--api-key", key, "--calls", "api", "--source", source)
        assert done.returncode == 0, done.stderr
    scopes = [part for scope in ("provision", "read", "results", "secrets") for part in ("--scope", scope)]
    world = World(portal, itep, "")
    world.key = world.made("create_api_client", "world", *scopes)
    world.reconcile()
    return world

"""The practice iTEP, driven by its small JSON API (docs/sandbox.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

TIMEOUT = (5, 30)


@dataclass(frozen=True, slots=True)
class PracticeITEP:
    """The sandbox at `base`, as "http://127.0.0.1:8001". Every method raises requests.HTTPError where it is refused."""

    base: str

    def get(self, path: str, **asked: str) -> Any:
        """What `GET /sandbox/api/<path>` answers."""
        return self._answer(requests.get(f"{self.base}/sandbox/api/{path}", params=asked, timeout=TIMEOUT))

    def post(self, path: str, **said: object) -> Any:
        """What `POST /sandbox/api/<path>` answers."""
        return self._answer(requests.post(f"{self.base}/sandbox/api/{path}", json=said, timeout=TIMEOUT))

    def delete(self, path: str) -> Any:
        """What `DELETE /sandbox/api/<path>` answers."""
        return self._answer(requests.delete(f"{self.base}/sandbox/api/{path}", timeout=TIMEOUT))

    def export(self, kind: str = "csv", **asked: str) -> bytes:
        """The export of the AVAILABLE TESTS panel: csv, xls, html or xlsx."""
        answer = requests.get(f"{self.base}/sandbox/api/export", params={"format": kind, **asked}, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.content

    def act(self, test_id: str, what: str, **said: object) -> Any:
        """A candidate or a grader acts: start, finish, grade, review, problem, reset, invalidate, disable."""
        return self.post(f"tests/{test_id}/{what}", wait=True, **said)

    def fault(self, kind: str, **how: object) -> None:
        """Asks for a fault, as "fail_after", remaining=1."""
        self.post("faults", kind=kind, **how)

    def ids_of(self, oid: str) -> list[str]:
        """Every test ID in whose Assigned-to the oid stands."""
        tests = self.get("tests")["tests"]
        return [test["test_id"] for test in tests if oid in (test["assigned_to"] or "")]

    def times_acted(self, oid: str) -> int:
        """How often a call for this oid was acted upon."""
        calls = self.get("calls", oid=oid)["calls"]
        return sum(1 for call in calls if call["acted_on"])

    def _answer(self, answer: requests.Response) -> Any:
        answer.raise_for_status()
        return answer.json()

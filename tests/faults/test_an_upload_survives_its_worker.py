"""The worker is killed while it reads an upload, and again while it applies it: it ends whole, and nothing twice."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.inventory import exports
from tests.process_fixtures import StartPortal
from tests.processes import PortalProcesses

pytestmark = pytest.mark.processes
ROWS = 40_000
COLUMNS = {"test_id": "Test ID", "product": "Product", "status": "Status", "assigned_to": "Assigned-to"}
# The time of a lease passes at once: that it does pass by itself is for the outbox's own tests.
_LEASE_IS_OVER = """
from django.db.models.functions import Now
from outbox.models import Entry
Entry.objects.filter(lease_token__isnull=False).update(lease_until=Now())
"""
_COUNT = """
import json
from access.models import AuditEntry
from inventory.models import PlanRow, TestID, Upload
one = Upload.objects.get()
told = AuditEntry.objects.filter(verb="test_id.added")
print(json.dumps({
    "state": one.state, "done": one.rows_done, "of": one.rows_total, "plan": PlanRow.objects.count(),
    "ids": TestID.objects.count(), "told": told.count(), "told_of": told.values("test_id").distinct().count(),
    "applied": AuditEntry.objects.filter(verb="upload.applied").count(),
}))
"""


class Clerk:
    """Uploads in a browser without scripts."""

    def __init__(self, portal: PortalProcesses) -> None:
        self.portal, self.session = portal, portal.session()

    def post(self, path: str, **form: Any) -> requests.Response:
        token = next(value for name, value in self.session.cookies.items() if "csrf" in name)
        files = {"file": form.pop("file")} if "file" in form else None
        address = f"{self.portal.url}{path}"
        headers = {"Referer": address, "X-CSRFToken": token}
        answer = self.session.post(address, data=form, files=files, headers=headers, timeout=60, allow_redirects=False)
        assert answer.status_code == 302, answer.text[:2000]
        return answer

    def page(self, path: str) -> str:
        return self.session.get(f"{self.portal.url}{path}", timeout=30).text

    def done(self, path: str) -> int | None:
        """How many rows the bar shows as done; None where there is no bar with an end."""
        found = re.search(r'<progress[^>]*value="(\d+)"', self.page(path))
        return int(found[1]) if found else None


def in_the_portal(portal: PortalProcesses, code: str) -> str:
    done = portal.manage("shell", "--verbosity", "0", "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout


def kill_and_restart(portal: PortalProcesses, clerk: Clerk, path: str) -> None:
    portal.kill("worker")
    assert 'id="progress"' in clerk.page(path), "the worker was killed too late for this test to say anything"
    in_the_portal(portal, _LEASE_IS_OVER)
    portal.restart("worker")


def test_killed_while_reading_and_while_applying(portal_processes: StartPortal) -> None:
    portal = portal_processes(sandbox=False)
    clerk = Clerk(portal)
    content = exports.as_csv(
        [[f"ID{n:06}", "ACAD-PLUS", "Ready", ""] for n in range(ROWS)], header=list(COLUMNS.values())
    )
    downloaded = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    here = clerk.post(
        "/inventory/uploads/new/", file=("export.csv", content), exported_at=downloaded, scope="file"
    ).headers["Location"]

    clerk.post(here, act="plan", **COLUMNS)
    assert 'id="progress"' in clerk.page(here)
    kill_and_restart(portal, clerk, here)
    portal.wait_for(lambda: 'id="apply"' in clerk.page(here), "the preview", 90)

    clerk.post(here, act="apply")
    portal.wait_for(lambda: (clerk.done(here) or 0) > 0, "the bar to move", 60)
    kill_and_restart(portal, clerk, here)
    portal.wait_for(lambda: "What to do next" in clerk.page(here), "the upload to be applied", 120)

    assert json.loads(in_the_portal(portal, _COUNT)) == {
        "state": "applied",
        "done": ROWS,
        "of": ROWS,
        "plan": ROWS,
        "ids": ROWS,
        "told": ROWS,
        "told_of": ROWS,
        "applied": 1,
    }

"""A world for a cell of the table in DESIGN.md section 5: what iTEP shows, and what its export must come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from inventory import reconciliation, uploads
from inventory.models import Cause, ClaimState, Standing, Upload
from tests.inventory import exports
from tests.inventory.conftest import Desk

HEADER = ["Test ID", "Product", "Status", "Assigned-to"]
FIRST, SECOND, THIRD, NEW = "BUSPLUS0001", "BUSPLUS0002", "BUSPLUS0003", "NEW1"
RESERVED, CALLING, UNKNOWN = ClaimState.RESERVED, ClaimState.CALLING, ClaimState.UNKNOWN
CONFIRMED, ENDED, WAITING = ClaimState.CONFIRMED, ClaimState.ENDED, ClaimState.WAITING
OPEN, OURS, OUTSIDE = Standing.OPEN, Standing.OURS, Standing.OUTSIDE
UNAVAILABLE, WITHDRAWN = Standing.UNAVAILABLE, Standing.WITHDRAWN


@dataclass
class Scene:
    """What iTEP's panel shows, ID by ID, and the requests here."""

    desk: Desk
    shows: dict[str, list[str]] = field(default_factory=dict)
    later: timedelta = timedelta(hours=1)
    oid: UUID | None = None

    def show(self, test_id: str, text: str = "", status: str = "Ready", product: str = "BUS-PLUS") -> None:
        self.shows[test_id] = [test_id, product, status, text]

    def request(self, state: ClaimState) -> UUID:
        """The request that the cell speaks of: the first one opened, on FIRST."""
        self.oid = self.desk.at(state)
        return self.oid

    def export(self, exported_at: datetime, more: list[list[str]] | None = None) -> Upload:
        content = exports.as_csv([*self.shows.values(), *(more or [])], header=HEADER)
        upload = uploads.keep(content=content, file_name="panel.csv", actor=self.desk.actor)
        Upload.objects.filter(pk=upload.pk).update(exported_at=exported_at)
        return reconciliation.plan(upload_id=upload.pk)

    def apply(self, upload: Upload) -> None:
        reconciliation.apply(upload_id=upload.pk, actor=self.desk.actor, accept_mass_change=True)


@dataclass(frozen=True, slots=True)
class Came:
    """What applying made of it: the ID's standing, whether it may be given; its request, with the ID it holds now."""

    cause: Cause
    standing: Standing | None
    available: bool = False
    state: ClaimState | None = None
    holds: str = ""
    conflict: bool = False
    of: str = FIRST


Prepare = Callable[[Scene], Came]
CELLS: list[tuple[str, Prepare]] = []


def cell(rule: str) -> Callable[[Prepare], Prepare]:
    """Registers a world that the table judges by this cell."""

    def register(prepare: Prepare) -> Prepare:
        CELLS.append((rule, prepare))
        return prepare

    return register

"""Planning and applying an upload: small ones at once, large ones by the worker, chunk by chunk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Q

from access import audit
from access.actors import Actor
from inventory import planning, reconciliation, remembered_columns
from inventory.applying import APPLY as APPLY
from inventory.headers import Header
from inventory.models import PlanRow, Upload, UploadedFile
from inventory.models.uploads import UploadState
from inventory.reconciliation import CannotApply
from inventory.sheets import UnreadableFile
from outbox import entries
from outbox.models import Entry, EntryState, Outcome
from outbox.registry import Again, Answer, Outgoing, register_local, register_outgoing

SMALL = 2_000  # rows
PLAN = "inventory.plan"
PLAN_TRIES = 5  # a file that ends its worker that often is not worth another
OPEN = (UploadState.UPLOADED, UploadState.PLANNED, UploadState.FAILED)


def plan(
    *,
    upload_id: int,
    rows: int,
    columns: Sequence[tuple[Header, Mapping[str, str]]],
    default_product: str,
    ready_only: bool,
    actor: Actor,
) -> None:
    """Keeps what was said of each header's columns, also for the next such file, and makes the plan: now, or by the
    worker. A failure stands on the upload. Raises CannotApply where it is applied, or was given up, by now.
    """
    mapping = {header.signature: dict(chosen) for header, chosen in columns}
    with transaction.atomic():
        planning.still_open(upload_id)
        Upload.objects.filter(pk=upload_id).update(
            mapping=mapping, default_product=default_product, ready_only=ready_only, problem=""
        )
        for header, chosen in columns:
            remembered_columns.remember(
                header=header, mapping=chosen, default_product=default_product, ready_only=ready_only, actor=actor
            )
        if rows > SMALL:
            Upload.objects.filter(pk=upload_id).update(state=UploadState.PLANNING, rows_total=0, rows_done=0)
            entries.write(kind=PLAN, key=f"{upload_id}:{uuid4()}", payload={"upload": upload_id})
            return
    _plan(upload_id)


def apply(*, upload_id: int, actor: Actor, accept_withdrawals: bool, accept_mass_change: bool) -> None:
    """Begins to apply: a small plan to its end, a large one by the worker. Raises CannotApply."""
    reconciliation.begin(
        upload_id=upload_id,
        actor=actor,
        accept_withdrawals=accept_withdrawals,
        accept_mass_change=accept_mass_change,
    )
    if Upload.objects.get(pk=upload_id).rows_total <= SMALL:
        while reconciliation.go_on(upload_id=upload_id, actor=actor):
            pass


@transaction.atomic
def discard(*, upload_id: int, actor: Actor) -> None:
    """Gives an upload up that was not applied; its file and plan are removed. Raises CannotApply."""
    may_go = Q(state__in=OPEN) if _being_planned(upload_id) else Q(state__in=[*OPEN, UploadState.PLANNING])
    if not Upload.objects.filter(may_go, pk=upload_id).update(state=UploadState.DISCARDED):
        raise CannotApply("This upload is being worked on, or was applied.")
    UploadedFile.objects.filter(upload_id=upload_id).delete()
    PlanRow.objects.filter(upload_id=upload_id).delete()
    audit.record(actor=actor, verb="upload.discarded", subject=f"upload {upload_id}")


def _being_planned(upload_id: int) -> bool:
    """Whether the worker plans it, or will. Not once that was given up: then a person may discard it."""
    return Entry.objects.filter(kind=PLAN, key__startswith=f"{upload_id}:", state=EntryState.PENDING).exists()


def register() -> None:
    """Called once, in the room's AppConfig.ready.

    A plan reads a file, which no transaction may wait for: so it is performed as work that leaves the house is. It may
    be repeated, since it only replaces itself. A short lease, renewed while the worker lives, so that another goes on
    soon after this one was killed.
    """
    plan_it = Outgoing(prepare=_planning, perform=_perform_plan, repeatable=True, endless=True, max_tries=PLAN_TRIES)
    register_outgoing(PLAN, plan_it)
    register_local(APPLY, _apply_some)


def _planning(entry: Entry, _lease_until: datetime) -> int | None:
    upload_id = int(entry.payload["upload"])
    return upload_id if Upload.objects.filter(pk=upload_id, state=UploadState.PLANNING).exists() else None


def _perform_plan(upload_id: int) -> Answer:
    try:
        _plan(upload_id)
    except planning.ReadTwice as twice:  # perhaps by one that yields as well: once more, if it is still to be planned
        return Answer(Outcome.RETRY, note=str(twice))
    return Answer(Outcome.DONE)


def _plan(upload_id: int) -> None:
    try:
        reconciliation.plan(upload_id=upload_id)
    except planning.ReadTwice:
        raise
    except (UnreadableFile, CannotApply):
        return  # the upload says why


def _apply_some(entry: Entry) -> Again | None:
    upload = Upload.objects.select_related("user").get(pk=entry.payload["upload"])
    actor = Actor.person(upload.user) if upload.user else Actor.system("worker")
    return Again() if reconciliation.go_on(upload_id=upload.pk, actor=actor) else None

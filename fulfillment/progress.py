"""iTEP's status of a test, beside ours and never mixed with it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from access import audit
from access.actors import Actor
from fulfillment import locks, troubles
from itep.statuses import read_status


@transaction.atomic
def seen(*, oid: UUID, status_raw: str, at: datetime, by: str) -> bool:
    """iTEP said `status_raw` at the time `at`; `by` is "webhook", "export" or "person". Unknown spellings are kept.

    False where nothing changed: an older word never overwrites a newer one. Raises `Fulfillment.DoesNotExist`.
    """
    one = locks.fulfillment(oid)
    raw = " ".join(status_raw.split())[:64]
    if not raw or (one.itep_status_at is not None and at < one.itep_status_at):
        return False
    is_new = raw != one.itep_status_raw
    status, before = read_status(raw), one.itep_status
    one.itep_status, one.itep_status_raw = status.value if status else "", raw
    one.itep_status_at, one.itep_status_by = at, by
    one.save(update_fields=["itep_status", "itep_status_raw", "itep_status_at", "itep_status_by", "updated_at"])
    if is_new:
        audit.record(
            actor=Actor.itep(by),
            verb="fulfillment.status_seen",
            oid=oid,
            product=one.product.code,
            source=by,
            detail={"status": one.itep_status or "not known"},
        )
        troubles.follow(one, before=before)
    return is_new

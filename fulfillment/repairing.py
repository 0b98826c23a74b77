"""A person repairs an unexplained difference; the requests concerned are brought in line in the same transaction."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from access.actors import Actor
from fulfillment import progress, settling
from fulfillment.models import Fulfillment
from inventory.claims import Repaired, repairing
from inventory.repairs import Repair, Then


@transaction.atomic
def repair(
    *,
    kind: Repair | None,
    test_id: str,
    actor: Actor,
    reason: str,
    then: Then = Then.NEXT,
    oid: UUID | None = None,
    seen: str = "",
) -> Repaired:
    """One of the repairs; `kind` None: the ID stays aside. Raises NotPossible, ReasonNeeded, ClaimMoved."""
    about = {"test_id": test_id, "actor": actor, "reason": reason, "seen": seen}
    match kind:
        case Repair.WRITE_AGAIN:
            done = repairing.write_again(**about)  # type: ignore[arg-type]
        case Repair.ACCEPT:
            done = repairing.accept(**about, then=then)  # type: ignore[arg-type]
        case Repair.JOIN:
            assert oid is not None
            done = repairing.join(**about, oid=oid, then=then)  # type: ignore[arg-type]
        case Repair.FREE:
            done = repairing.free(**about)  # type: ignore[arg-type]
        case Repair.CLEAR:
            done = repairing.clear(**about)  # type: ignore[arg-type]
        case _:
            done = repairing.keep_aside(**about)  # type: ignore[arg-type]
    for one in Fulfillment.objects.filter(oid__in=done.oids).order_by("pk"):
        if done.ready_again and one.claim.current and one.claim.current.test_id == test_id:
            progress.seen(oid=one.oid, status_raw="Ready", at=timezone.now(), by="person")
        settling.settle(oid=one.oid)
    return done

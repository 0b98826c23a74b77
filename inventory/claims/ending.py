"""A request is cancelled: freed at once, noted until the outcome of its call is known, or to be cleared at iTEP."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from inventory import locks
from inventory.claims import moves
from inventory.models import Claim, ClaimState, TestID


class Cancelled(StrEnum):
    """What a cancel came to."""

    FREED = "freed"  # nothing of it stands at iTEP; its ID, if it had one, is free
    NOTED = "noted"  # a call is under way or unknown: carried out when its outcome is known
    TO_CLEAR = "to_clear"  # ended; a person clears the Assigned-to, or frees an ID that was told
    ALREADY = "already"


@transaction.atomic
def cancel(*, oid: UUID, actor: Actor, reason: str) -> Cancelled:
    """Cancels the request's claim (DESIGN.md section 6). Raises Claim.DoesNotExist."""
    around = locks.around(oid=oid)
    claim = around.claim
    if claim.state == ClaimState.ENDED:
        return Cancelled.ALREADY
    if claim.state in (ClaimState.CALLING, ClaimState.UNKNOWN):
        if claim.cancel_wanted_at is None:
            # No transition: the call that runs must still find the revision under which it began.
            moves.note(claim, cancel_wanted_at=timezone.now())
            audit.record(actor=actor, verb="cancel.noted", oid=oid, product=claim.product.code, reason=reason)
        return Cancelled.NOTED
    arrived = claim.state == ClaimState.CONFIRMED
    return carry_out(claim, current=around.current, arrived=arrived, actor=actor, reason=reason)


def carry_out(
    claim: Claim, *, current: TestID | None, arrived: bool, actor: Actor, source: str = "", reason: str = ""
) -> Cancelled:
    """Ends the claim. Its ID is free only if nothing arrived at iTEP and nobody may know it."""
    moves.move(claim, state=ClaimState.ENDED, ended_at=timezone.now(), by_hand=False, **moves.NO_CONFLICT)
    audit.record(
        actor=actor,
        verb="claim.cancelled",
        oid=claim.oid,
        test_id=current.test_id if current else "",
        product=claim.product.code,
        source=source,
        reason=reason,
    )
    if current is None:
        moves.need_no_more(claim)
        return Cancelled.FREED
    # Told, but of an ID that it gave up: this one is known to nobody before its call.
    known = claim.told_at is not None and claim.assigned_to_records.filter(test_id=current.test_id).exists()
    if arrived or known:
        moves.change(current, to_clear_since=timezone.now())
        return Cancelled.TO_CLEAR
    moves.free(current)
    return Cancelled.FREED

"""A batch is taken back as a whole, before the first of it is told to iTEP."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access import audit
from access.actors import Actor
from fulfillment import locks
from fulfillment.errors import CannotUndo
from fulfillment.models import Batch, BatchState, Fulfillment, RowState, State
from fulfillment.settling import CALL
from inventory import claims
from inventory.claims import AlreadyBegun
from inventory.models import Claim
from outbox import entries


@transaction.atomic
def undo(*, batch_id: int, actor: Actor) -> Batch:
    """A person takes the batch back. Raises CannotUndo, and changes nothing, once the first of it was told to iTEP."""
    batch = locks.batch(batch_id)
    if batch.state != BatchState.CONFIRMED or batch.adopts:
        raise CannotUndo(_("There is nothing to undo: this batch was not given, or was undone already."))
    try:
        take_back(batch, actor=actor, why=_("Undone by %(who)s.") % {"who": actor.user or actor.by})
    except AlreadyBegun as begun:
        words = _(
            "It is too late to undo all of it: %(n)s of its tests were told to iTEP. Cancel the others one by one."
        )
        raise CannotUndo(words % {"n": begun.number}) from begun
    return batch


def take_back(batch: Batch, *, actor: Actor, why: str) -> None:
    """Ends all that was given, set-wise, in the transaction that holds the batch. Raises AlreadyBegun."""
    given = Fulfillment.objects.filter(batch=batch)
    reason = f"The batch was undone. {why}"[:300]
    number = claims.undo_all(oids=given.values("oid"), actor=actor, reason=reason)
    live = given.exclude(state=State.CANCELLED)
    audit.record_many(
        audit.entry(actor=actor, verb="fulfillment.cancelled", oid=oid, product=code, detail={"before": before})
        for oid, code, before in live.values_list("oid", "product__code", "state")
    )
    now = timezone.now()
    live.update(state=State.CANCELLED, reason="", ended_at=now, updated_at=now)
    entries.not_needed(kind=CALL, oids=given.values("oid"), note="The batch was undone.")
    batch.rows.filter(state__in=[RowState.TODO, RowState.GIVEN]).update(state=RowState.UNDONE)
    batch.state, batch.undone_at, batch.why_undone = BatchState.UNDONE, now, why[:300]
    batch.save(update_fields=["state", "undone_at", "why_undone"])
    audit.record(actor=actor, verb="batch.undone", subject=f"batch {batch.pk}", detail={"taken_back": number})


def can_undo(batch: Batch) -> bool:
    """Whether `undo` would be heard as things stand."""
    if batch.state != BatchState.CONFIRMED or batch.adopts:
        return False
    begun = Claim.objects.filter(oid__in=batch.all.values("oid")).filter(claims.BEGUN)
    return not begun.exists()

"""Rows of a batch are cancelled one by one, as long as iTEP was told nothing of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from access.actors import Actor
from fulfillment import acts
from fulfillment.errors import NotCancellable
from fulfillment.models import Batch, BatchRow, RowState, State
from inventory import claims
from inventory.models import Claim


@dataclass(frozen=True, slots=True)
class Cancelled:
    """How many were cancelled, and how many of those that were asked for were told to iTEP already."""

    number: int
    too_late: int


def cancel_rows(*, batch: Batch, rows: Iterable[int], actor: Actor, reason: str) -> Cancelled:
    """Each in a transaction of its own, by the rows' keys. What iTEP was told of is left as it is."""
    given = BatchRow.objects.filter(batch=batch, pk__in=list(rows), state=RowState.GIVEN)
    open_ones = given.exclude(fulfillment__state=State.CANCELLED)
    wanted = list(open_ones.order_by("pk").values_list("fulfillment__oid", flat=True))
    number = sum(_cancel(oid, actor, reason) for oid in wanted)
    return Cancelled(number, len(wanted) - number)


def _cancel(oid: UUID, actor: Actor, reason: str) -> bool:
    if Claim.objects.filter(claims.BEGUN, oid=oid).exists():
        return False
    try:
        acts.cancel(oid=oid, actor=actor, reason=reason)
    except NotCancellable:
        return False
    return True

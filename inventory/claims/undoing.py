"""Many requests are taken back at once, as if nobody had asked: only while nothing of any of them is told to iTEP."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from access import audit
from access.actors import Actor
from inventory import announcing, locks
from inventory.errors import AlreadyBegun
from inventory.models import Claim, ClaimSource, ClaimState, Holding, Product, TestID

_UNTOLD = (ClaimState.WAITING, ClaimState.RESERVED)
BEGUN = (
    Q(call_began_at__isnull=False)
    | Q(told_at__isnull=False)
    | Q(state__in=[ClaimState.CALLING, ClaimState.UNKNOWN, ClaimState.CONFIRMED])
)


@transaction.atomic
def undo_all(*, oids: QuerySet[Any, Any], actor: Actor, reason: str) -> int:
    """Ends all of these that have not ended, and frees their IDs. `oids`: a query of one column. Returns how many.

    Raises AlreadyBegun, and changes nothing, where a call began for any, a person has its text, or its ID was told.
    All claims are locked first, and a call begins under its claim's lock: one of the two comes first, and the other
    finds it.
    """
    claims = locks.claims(Q(oid__in=oids))
    if begun := Claim.objects.filter(BEGUN, oid__in=oids).count():
        raise AlreadyBegun(begun)
    left = {one.pk: one for one in claims if one.state != ClaimState.ENDED}
    held = locks.test_ids(Q(holder__oid__in=oids, holder__state__in=_UNTOLD, holding=Holding.CURRENT))
    test_ids = {row.holder_id: row.test_id for row in held}
    TestID.objects.filter(holder__oid__in=oids, holder__state__in=_UNTOLD, holding=Holding.CURRENT).update(
        holder=None, holding="", revision=F("revision") + 1
    )
    Claim.objects.filter(oid__in=oids, state__in=_UNTOLD).update(
        state=ClaimState.ENDED, ended_at=timezone.now(), revision=F("revision") + 1
    )
    audit.record_many(
        audit.entry(
            actor=actor,
            verb="claim.cancelled",
            oid=one.oid,
            test_id=test_ids.get(one.pk, ""),
            product=one.product.code,
            reason=reason,
        )
        for one in left.values()
    )
    _tell_who_waits(left.values(), {row.product_id for row in held})
    return len(left)


def _tell_who_waits(claims: Iterable[Claim], freed: set[int]) -> None:
    """The IDs may be another's now, and so may those that iTEP would have picked."""
    picks = {one.product_id for one in claims if one.source == ClaimSource.ITEP_PICKS}
    for product in Product.objects.filter(pk__in=freed | picks).order_by("pk"):
        announcing.stock_grew(product)

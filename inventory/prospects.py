"""What a new request of a product would meet now: how many test IDs, how many before it, and why it would wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from inventory.claims.opening import source_for
from inventory.models import Claim, ClaimSource, ClaimState, Product, SeenProduct, TestID
from inventory.products import works_by_hand

_OUTSTANDING = (ClaimState.RESERVED, ClaimState.CALLING, ClaimState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Prospect:
    """`available`: could be given now. `outlives`: those of them that are valid until the deadline.

    `seen_at`: the time of the last export that spoke of the product.
    """

    product: Product
    source: ClaimSource
    by_hand: bool
    waiting: int = 0
    available: int = 0
    outlives: int = 0
    seen_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether it would wait in order, as `claims.open_claim` has it."""
        is_paused, needs_stock = self.product.paused_at is not None, self.source != ClaimSource.SALE
        return is_paused or self.waiting > 0 or (needs_stock and self.available <= 0)

    def fits(self, number: int) -> int:
        """How many of `number` new ones, asked for one after the other, would get something now."""
        if self.waits:
            return 0
        return number if self.source == ClaimSource.SALE else min(number, self.available)


def prospect(product: Product, *, deadline: date | None = None) -> Prospect:
    """In three statements; nothing is locked, so it may be otherwise a moment later."""
    source = source_for(product)
    enough = Q(valid_until__isnull=True) | Q(valid_until__gte=deadline) if deadline else Q()
    free = TestID.objects.available().filter(product=product).aggregate(all=Count("pk"), long=Count("pk", enough))
    claims = Claim.objects.filter(product=product).aggregate(
        waiting=Count("pk", Q(state=ClaimState.WAITING)),
        picking=Count("pk", Q(source=ClaimSource.ITEP_PICKS, state__in=_OUTSTANDING)),
    )
    picking = claims["picking"] if source == ClaimSource.ITEP_PICKS else 0
    seen = SeenProduct.objects.filter(product=product).order_by("-exported_at").values_list("exported_at", flat=True)
    return Prospect(
        product=product,
        source=source,
        by_hand=works_by_hand(product),
        waiting=claims["waiting"],
        available=max(0, free["all"] - picking),
        outlives=free["long"],
        seen_at=seen.first(),
    )

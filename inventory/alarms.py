"""Alarms of this room: what administrators are mailed at once, because no test of a product can be given meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from django.urls import reverse

from inventory.models import Claim, ClaimState, Product
from outbox import alarms, staff_mails

WAITING = (ClaimState.WAITING, ClaimState.RESERVED, ClaimState.CALLING)  # the last is the one that was just refused


def paused(*, codes: Sequence[str], because: str) -> int:
    """The portal itself paused these products, in this transaction. Nobody is told of none. The number of mails."""
    if not codes:
        return 0
    products = list(Product.objects.filter(code__in=codes).order_by("code"))
    waits = Claim.objects.filter(product__in=products, state__in=WAITING).count()
    first = reverse("inventory:product", args=[products[0].code])
    words = {"products": products, "because": because, "waits": waits, "page_url": staff_mails.address(first)}
    return alarms.sound(template="paused", words=words, key=f"paused-{uuid4()}")

"""What is ordered and still to come, as the forecast counts on it."""

from __future__ import annotations

from inventory.course import Lot
from inventory.models import Purchase


def by_product() -> dict[int, tuple[Lot, ...]]:
    """Key of the product -> so many IDs on such a day, the oldest first; in one statement for all products."""
    found: dict[int, tuple[Lot, ...]] = {}
    for one in Purchase.objects.open().order_by("expected_on", "ordered_on", "id"):
        found[one.product_id] = (*found.get(one.product_id, ()), Lot(one.expected_on, one.outstanding))
    return found

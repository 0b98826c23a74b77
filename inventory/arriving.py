"""What is ordered and still to come, as the forecast counts on it."""

from __future__ import annotations

from inventory.course import Lot


def by_product() -> dict[int, tuple[Lot, ...]]:
    """Key of the product -> so many IDs on such a day, the oldest first; in one statement for all products."""
    return {}

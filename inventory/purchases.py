"""Orders of test IDs: entered, corrected, counted as they arrive, cancelled.

What arrives goes to the order of the day that iTEP's export names, else to the oldest open one. An upload is counted
once, and what a person says of an order is an arrival like any other: what has arrived is always the sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypedDict

from inventory.models import Product, Purchase


@dataclass(frozen=True, slots=True)
class Expected:
    """How many test IDs are still to come of one order, and on which day."""

    on: date
    count: int


class Order(TypedDict, total=False):
    """What stands on an order; what is left out stays as it is. `price` is that of one test."""

    count: int
    ordered_on: date
    expected_on: date
    price: Decimal | None
    currency: str
    distributor: str
    note: str


def expected(product: Product) -> list[Expected]:
    """What is still to come of this product, the earliest day first; an overdue order keeps the day that it missed."""
    still = Purchase.objects.open().filter(product=product).order_by("expected_on", "ordered_on", "id")
    return [Expected(one.expected_on, one.outstanding) for one in still]

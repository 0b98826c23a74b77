"""The stock against a whole batch: how many of its rows would get a test ID now, and how many would wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from fulfillment.models import Batch, BatchRow, Decision, Found, RowState
from inventory.models import Product
from inventory.prospects import Prospect, prospect

TO_GIVE = Q(state=RowState.TODO) & (Q(found=Found.NOTHING) | Q(decision=Decision.GIVE))


@dataclass(frozen=True, slots=True)
class Fit:
    """The rows of one product that are to be given, and what they would meet now."""

    product: Product
    rows: int
    prospect: Prospect

    @property
    def now(self) -> int:
        return self.prospect.fits(self.rows)

    @property
    def later(self) -> int:
        return self.rows - self.now


def to_give(batch: Batch) -> QuerySet[BatchRow]:
    """The rows for which a test is given as things stand: nobody has anything, or a person said *give anyway*."""
    return batch.rows.filter(TO_GIVE)


def fits(batch: Batch) -> list[Fit]:
    """By product. What is shown may be old a moment later; giving judges again."""
    if batch.adopts:
        return []
    return list(_fits(to_give(batch)))


def _fits(rows: QuerySet[BatchRow]) -> Iterator[Fit]:
    numbers = dict(rows.values_list("product").annotate(number=Count("pk")).order_by("product"))
    for product in Product.objects.filter(pk__in=numbers).order_by("code"):
        yield Fit(product, numbers[product.pk], prospect(product))

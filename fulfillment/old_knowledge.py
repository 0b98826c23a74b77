"""A large batch over old knowledge of the stock: a fresh export is asked for first, or a yes to go on anyway."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from fulfillment.errors import FulfillmentError
from fulfillment.models import Batch, RowState
from inventory import outlooks
from inventory.models import Product
from inventory.outlooks import Outlook


class OldKnowledge(FulfillmentError):
    """The batch takes more than half of a stock that was not looked at for too long, and nobody said to go on."""

    def __init__(self, rows: int, available: int) -> None:
        super().__init__(
            f"These {rows} tests are more than half of the {available} that iTEP showed when it was last looked at. "
            "Upload a fresh export first, or say that you go on anyway."
        )
        self.rows, self.available = rows, available


@dataclass(frozen=True, slots=True)
class Taken:
    """How many rows of a batch ask for a product, and what is known of its stock."""

    rows: int
    outlook: Outlook

    @property
    def is_too_old(self) -> bool:
        return is_asked(rows=self.rows, found=self.outlook)


def taken(batch: Batch) -> list[Taken]:
    """By product; those without a stock to know of are left out. Without a look at duplicates: who has a test already
    may be given a second."""
    rows = batch.rows.filter(state=RowState.TODO, product__isnull=False)
    numbers = dict(rows.values_list("product").annotate(number=Count("pk")).order_by("product"))
    found = {one.pk: outlooks.of(one) for one in Product.objects.filter(pk__in=numbers).order_by("code")}
    return [Taken(numbers[pk], one) for pk, one in found.items() if one.is_stocked]


def is_asked(*, rows: int, found: Outlook | None) -> bool:
    """Whether so many tests need a fresh export, or a yes: more than half the stock over overdue knowledge."""
    return found is not None and found.is_overdue and 2 * rows > found.card.available


def check(batch: Batch) -> None:
    """Raises OldKnowledge, of the first product of which it is so."""
    for one in taken(batch):
        if one.is_too_old:
            raise OldKnowledge(one.rows, one.outlook.card.available)

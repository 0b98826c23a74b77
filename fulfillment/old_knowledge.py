"""A large batch over old knowledge of the stock: a fresh export is asked for first, or a yes to go on anyway."""

from __future__ import annotations

from fulfillment.errors import FulfillmentError
from fulfillment.models import Batch, RowState
from inventory import outlooks
from inventory.outlooks import Outlook


class OldKnowledge(FulfillmentError):
    """The batch takes more than half of a stock that was not looked at for too long, and nobody said to go on."""

    def __init__(self, rows: int, available: int) -> None:
        super().__init__(
            f"These {rows} tests are more than half of the {available} that iTEP showed when it was last looked at. "
            "Upload a fresh export first, or say that you go on anyway."
        )
        self.rows, self.available = rows, available


def outlook(batch: Batch) -> Outlook | None:
    """Of the batch's product; None where it has no stock to know of."""
    if batch.product is None:
        return None
    found = outlooks.of(batch.product)
    return found if found.is_stocked else None


def is_asked(*, rows: int, found: Outlook | None) -> bool:
    """Whether so many tests need a fresh export, or a yes: more than half the stock over overdue knowledge."""
    return found is not None and found.is_overdue and 2 * rows > found.card.available


def check(batch: Batch) -> None:
    """Raises OldKnowledge. Counted without a look at duplicates: who has a test already may be given a second."""
    rows, found = batch.rows.filter(state=RowState.TODO).count(), outlook(batch)
    if found is not None and is_asked(rows=rows, found=found):
        raise OldKnowledge(rows, found.card.available)

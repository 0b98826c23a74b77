"""The ledger of the stock: how many IDs left which state for which. The database writes it (`inventory.ledger`)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class StockMove(models.Model):
    """`number` IDs of a product left `from_state` for `to_state`, states as in `queries.STATE`.

    "" means: not in the mirror. "elsewhere": another product's. A move of one ID alone names its row of the mirror.
    `opening`: the stock as it stood when the ledger began.
    """

    product = models.ForeignKey(
        "inventory.Product", on_delete=models.PROTECT, related_name="stock_moves", db_index=False
    )
    row = models.BigIntegerField(null=True)  # no foreign key: its check would cost more than the row
    at = models.DateTimeField()
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16, blank=True)
    number = models.PositiveIntegerField()
    opening = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(from_state=models.F("to_state")), name="a_move_goes_somewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.from_state or '-'} > {self.to_state or '-'}"

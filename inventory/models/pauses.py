"""Pauses: since when no call is made to iTEP, by whose will and why; of one product, or of all."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class Pausable(models.Model):
    """What calls can be stopped for. `paused_by` is a person; none: the portal itself did."""

    paused_at = models.DateTimeField(null=True, blank=True)
    paused_because = models.CharField(max_length=200, blank=True)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        abstract = True


class AllCalls(Pausable):
    """All calls to iTEP, whatever the product: one row, made when they are paused for the first time."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="one_row_for_all_calls"),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True, paused_because="")
                | (Q(paused_at__isnull=False) & ~Q(paused_because="")),
                name="a_pause_of_all_calls_says_why",
            ),
        ]

    def __str__(self) -> str:
        return "all calls"

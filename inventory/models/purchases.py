"""What was ordered, of whom, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

if TYPE_CHECKING:
    from datetime import date

OPEN = Q(cancelled_at__isnull=True, arrived__lt=F("count"))


class PurchaseQuerySet(models.QuerySet["Purchase"]):
    """Questions that purchases are asked often."""

    def open(self) -> PurchaseQuerySet:
        """Something of them is still to come, the oldest order first."""
        return self.filter(OPEN).order_by("ordered_on", "id")


class Purchase(models.Model):
    """An order of test IDs: "50 on 4 March at 129 USD from X, expected 11 March". X is iTEP, or a Distributor.

    It is open until all has arrived, or what is missing was cancelled. `price` is that of one test.
    """

    product = models.ForeignKey("inventory.Product", on_delete=models.PROTECT, related_name="purchases")
    count = models.PositiveIntegerField()
    arrived = models.PositiveIntegerField(default=0)
    ordered_on = models.DateField()
    expected_on = models.DateField()
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    distributor = models.CharField(max_length=200, blank=True)  # blank: iTEP itself
    note = models.CharField(max_length=500, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.CharField(max_length=500, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(count__gt=0), name="a_purchase_is_of_something"),
            models.CheckConstraint(condition=Q(arrived__lte=F("count")), name="no_more_arrives_than_was_ordered"),
            models.CheckConstraint(condition=Q(expected_on__gte=F("ordered_on")), name="expected_after_it_was_ordered"),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_because="")
                | (Q(cancelled_at__isnull=False) & ~Q(cancelled_because="")),
                name="a_cancelled_purchase_says_why",
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | (Q(price__gte=0) & ~Q(currency="")),
                name="a_price_has_its_currency",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["product", "ordered_on", "id"], name="purchases_open", condition=OPEN)
        ]

    def __str__(self) -> str:
        return f"{self.count} × {self.product_id}, {self.ordered_on}"

    @property
    def outstanding(self) -> int:
        """How many are still to come."""
        return 0 if self.cancelled_at else self.count - self.arrived

    @property
    def is_open(self) -> bool:
        return self.outstanding > 0

    def is_overdue(self, today: date) -> bool:
        """Whether something was to be here before `today`, and is not."""
        return self.is_open and self.expected_on < today


class Arrival(models.Model):
    """Test IDs that came: towards a purchase, or without one that asked for them (`purchase` is null).

    A person's correction is an arrival as well, then `count` may be negative: what has arrived is always the sum.
    """

    product = models.ForeignKey("inventory.Product", on_delete=models.PROTECT, related_name="arrivals")
    purchase = models.ForeignKey(Purchase, null=True, on_delete=models.PROTECT, related_name="arrivals")
    upload = models.ForeignKey("inventory.Upload", null=True, on_delete=models.PROTECT, related_name="arrivals")
    count = models.IntegerField()
    source = models.CharField(max_length=200)  # "upload 3, rows 2 to 51", "by hand", "corrected by hand"
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upload", "purchase"], name="an_upload_arrives_once_for_a_purchase"),
            models.UniqueConstraint(
                fields=["upload", "product"],
                condition=Q(purchase__isnull=True),
                name="what_nobody_ordered_is_counted_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} of {self.product_id}, {self.source}"

"""Requests that are given together, row by row."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from access.encryption import EncryptedJSONField
from inventory.models import Delivery


class Batch(models.Model):
    """A spreadsheet's worth of requests, given together. A draft until somebody has seen its rows and confirmed it."""

    file_name = models.CharField(max_length=255, blank=True)
    product = models.ForeignKey("inventory.Product", null=True, on_delete=models.PROTECT, related_name="+")
    payer = models.ForeignKey("access.Payer", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    delivery = models.CharField(max_length=8, choices=Delivery.choices, blank=True)
    deadline = models.DateField(null=True, blank=True)
    sitting = models.ForeignKey(
        "fulfillment.Sitting", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    allow_duplicate = models.BooleanField(default=False)
    adopts = models.BooleanField(default=False)  # its rows are IDs assigned outside, which become fulfillments
    confirmed_at = models.DateTimeField(null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return gettext("Adoption") if self.adopts else self.file_name or str(self.pk)


class RowState(models.TextChoices):
    """What became of one row of a batch."""

    TODO = "todo"
    GIVEN = "given"
    SKIPPED = "skipped"  # the same person has an open test already
    FAILED = "failed"


class BatchRow(models.Model):
    """One row of the sheet: what it asks for, and what became of it."""

    batch = models.ForeignKey("fulfillment.Batch", on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=100, blank=True)
    number = models.PositiveIntegerField()  # of the row in its sheet, as a person counts
    asked = EncryptedJSONField()  # {"name", "email", "external_id", "language", "reference"}
    state = models.CharField(max_length=8, choices=RowState.choices, default=RowState.TODO)
    note = models.CharField(max_length=300, blank=True)
    fulfillment = models.ForeignKey(
        "fulfillment.Fulfillment", null=True, on_delete=models.PROTECT, related_name="batch_rows"
    )

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "sheet", "number"], name="one_outcome_per_row"),
            models.CheckConstraint(
                condition=~Q(state="given") | Q(fulfillment__isnull=False),
                name="a_given_row_says_which_test",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number} {self.state}"

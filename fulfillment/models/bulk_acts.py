"""One act on many tests: what it came to for each."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class BulkAct(models.Model):
    """An act on the tests that somebody chose. Nothing is done before they have seen for which it can be."""

    act = models.CharField(max_length=20)  # a name of `bulk_acts.ACTS`
    reason = models.CharField(max_length=500, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.act} {self.pk}"


class BulkState(models.TextChoices):
    """What the act came to for one test."""

    NEW = "new"  # nobody has looked yet
    POSSIBLE = "possible"
    BLOCKED = "blocked"  # before the yes: it cannot be done, the note says why
    DONE = "done"
    REFUSED = "refused"  # after the yes: it could not be done any more


class BulkRow(models.Model):
    """One test of a bulk act."""

    bulk = models.ForeignKey("fulfillment.BulkAct", on_delete=models.CASCADE, related_name="rows", db_index=False)
    fulfillment = models.ForeignKey("fulfillment.Fulfillment", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=BulkState.choices, default=BulkState.NEW)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bulk", "fulfillment"], name="one_outcome_per_bulk_act"),
            models.CheckConstraint(
                condition=~Q(state__in=["blocked", "refused"]) | ~Q(note=""),
                name="what_was_not_done_says_why",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["bulk", "state", "id"], name="bulk_rows_by_state")]

    def __str__(self) -> str:
        return f"{self.bulk_id}/{self.fulfillment_id} {self.state}"

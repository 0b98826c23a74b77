"""Results: every revision of what came back from iTEP. People and programmes decide; nothing here does."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from access.encryption import EncryptedJSONField


class ResultState(models.TextChoices):
    """What may be said of the current revision."""

    PROVISIONAL = "provisional"
    FINAL = "final"
    HELD = "held"
    WITHDRAWN = "withdrawn"


class Result(models.Model):
    """One revision of one test's result, as iTEP sent it: no level is ever derived (ITEP.md section 6).

    `subject` is "oid:<oid>" for a fulfillment's test, "id:<test ID>" for one outside the portal; exactly one revision
    of a subject is current.
    """

    subject = models.CharField(max_length=80)
    revision = models.PositiveIntegerField()
    current = models.BooleanField(default=True)
    fulfillment = models.ForeignKey(
        "fulfillment.Fulfillment",
        null=True,
        on_delete=models.PROTECT,
        related_name="results",
    )
    test_id = models.CharField(max_length=64)
    state = models.CharField(max_length=11, choices=ResultState.choices)
    itep_status = models.CharField(max_length=12, blank=True)
    itep_status_raw = models.CharField(max_length=64, blank=True)
    overall_level = models.DecimalField(max_digits=2, decimal_places=1, null=True)
    overall_cefr = models.CharField(max_length=16, blank=True)
    sections = models.JSONField(default=dict)  # {"Reading": {"level": "4.0", "score": "70", "cefr": "B2"}}
    test_date = models.DateField(null=True)
    duration_minutes = models.PositiveIntegerField(null=True)
    score_report_url = models.URLField(max_length=1000, blank=True)
    unknown = EncryptedJSONField(null=True)
    fact = models.CharField(max_length=64)  # digest of the known fields, without the report's address
    source = models.CharField(max_length=100)  # "webhook 12", "by hand"
    doubt = models.CharField(max_length=300, blank=True)  # why a person is asked
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)
    released_at = models.DateTimeField(null=True)  # to its payer

    class Meta:
        ordering: ClassVar = ["-received_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject"], condition=Q(current=True), name="one_current_result"),
            models.UniqueConstraint(fields=["subject", "revision"], name="one_result_per_revision"),
            models.CheckConstraint(
                condition=Q(overall_level__isnull=True) | Q(overall_level__gte=0, overall_level__lte=6),
                name="a_level_is_from_0_to_6",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} r{self.revision} {self.state}"

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


class Asked(models.TextChoices):
    """Whether a person is asked about a revision, and what they said."""

    OPEN = "open"
    ACCEPTED = "accepted"
    IGNORED = "ignored"


class Result(models.Model):
    """One revision of one test's result, as iTEP sent it: no level is ever derived (ITEP.md section 6).

    `subject` is "oid:<oid>" for a fulfillment's test, "id:<test ID>" for one outside the portal; exactly one revision
    of a subject is current. One that was only kept, and that a person is asked about, never was (`taken` is False).
    """

    subject = models.CharField(max_length=80)
    revision = models.PositiveIntegerField()
    current = models.BooleanField(default=True)
    taken = models.BooleanField(default=True)  # False: kept without effect, a person is asked
    fulfillment = models.ForeignKey(
        "fulfillment.Fulfillment",
        null=True,
        on_delete=models.PROTECT,
        related_name="results",
    )
    test_id = models.CharField(max_length=64)
    state = models.CharField(max_length=11, choices=ResultState.choices)
    itep_status = models.CharField(max_length=12, blank=True)
    itep_status_raw = models.CharField(max_length=100, blank=True)
    overall_level = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    overall_cefr = models.CharField(max_length=100, blank=True)
    sections = models.JSONField(default=dict)  # {"Reading": {"level": "4.0", "score": "70", "cefr": "B2"}}
    test_date = models.DateField(null=True)
    duration_minutes = models.PositiveIntegerField(null=True)
    score_report_url = models.URLField(max_length=4000, blank=True)
    unknown = EncryptedJSONField(null=True)
    fact = models.CharField(max_length=64)  # digest of the known fields, without the report's address
    source = models.CharField(max_length=100)  # "webhook 12", "by hand"
    doubt = models.CharField(max_length=300, blank=True)  # why a person is asked
    asked = models.CharField(max_length=8, choices=Asked.choices, blank=True)
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
            models.CheckConstraint(
                condition=Q(current=False) | Q(taken=True), name="a_current_result_has_taken_effect"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["received_at", "id"], name="current_results", condition=Q(current=True)),
            models.Index(fields=["subject"], name="asked_results", condition=Q(asked="open")),
            models.Index(fields=["test_id"], name="results_of_test_id"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} r{self.revision} {self.state}"


class ReportHost(models.Model):
    """A host whose score reports are linked: imitations of iTEP's pages exist (ITEP.md section 6)."""

    host = models.CharField(max_length=253, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["host"]

    def __str__(self) -> str:
        return self.host

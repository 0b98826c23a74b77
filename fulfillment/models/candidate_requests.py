"""What candidates ask of staff."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from access.encryption import EncryptedTextField


class CandidateRequest(models.Model):
    """What a candidate asked of staff on their page. It changes nothing by itself."""

    class Kind(models.TextChoices):
        NOT_ME = "not_me"
        WRONG_ADDRESS = "wrong_address"
        MORE_TIME = "more_time"

    fulfillment = models.ForeignKey("fulfillment.Fulfillment", on_delete=models.CASCADE, related_name="requests")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    text = EncryptedTextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["fulfillment", "kind"], condition=Q(handled_at__isnull=True), name="one_open_request_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.fulfillment_id}"

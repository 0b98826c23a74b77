"""What staff are alarmed of at once: iTEP set a test back, or met a problem with it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Trouble(models.Model):
    """One event at iTEP after which a candidate may have to be told what to do. Told only by a person's act."""

    class Kind(models.TextChoices):
        RESET = "reset"
        PROBLEM = "problem"
        INVALIDATED = "invalidated"
        DISABLED = "disabled"

    fulfillment = models.ForeignKey("fulfillment.Fulfillment", on_delete=models.CASCADE, related_name="troubles")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    seen_at = models.DateTimeField()  # when iTEP said so
    status_raw = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    mail = models.OneToOneField(  # by which the candidate was told
        "fulfillment.Mail", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    handled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["fulfillment", "kind", "seen_at"], name="one_alarm_per_event"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="open_troubles", condition=Q(handled_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.fulfillment_id}"

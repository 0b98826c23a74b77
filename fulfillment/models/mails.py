"""Mails to candidates, as written."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from access.encryption import EncryptedTextField


class MailState(models.TextChoices):
    """Never "delivered": nobody knows (SCREENS.md)."""

    QUEUED = "queued"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    BOUNCED = "bounced"
    WITHHELD = "withheld"  # no longer due when its turn came: cancelled, or written anew


class Mail(models.Model):
    """A mail to a candidate, as written. Its Message-ID stays the same through every attempt."""

    fulfillment = models.ForeignKey("fulfillment.Fulfillment", on_delete=models.CASCADE, related_name="mails")
    test_id = models.CharField(max_length=64, blank=True)  # which it tells; "" where it tells none
    kind = models.CharField(max_length=20)  # instructions, reminder, cancelled ...
    message_id = models.CharField(max_length=200, unique=True)
    to = EncryptedTextField()
    subject = EncryptedTextField()
    body = EncryptedTextField()
    language = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=8, choices=MailState.choices, default=MailState.QUEUED)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    accepted_at = models.DateTimeField(null=True, blank=True)
    keep_until = models.DateField(null=True, blank=True)  # its retention date, once its test's end is known
    erased_at = models.DateTimeField(null=True, blank=True)  # address, subject and text went then; the row stays

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(to="", subject="", body=""),
                name="an_erased_mail_says_nothing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["keep_until"], name="mails_to_erase", condition=Q(erased_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"

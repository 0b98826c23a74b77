"""What administrators decide about mails to candidates: their own texts, and which languages are on."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

HERE = Q(product__isnull=False)
FOR_ALL = Q(product__isnull=True)


class LetterKind(models.TextChoices):
    """What a mail to a candidate is about. `Mail.kind` holds the same words."""

    INSTRUCTIONS = "instructions", _("Instructions")
    CENTRE = "centre", _("Instructions, at a test centre")
    REMINDER = "reminder", _("Reminder")
    DEADLINE_MOVED = "deadline_moved", _("New deadline")
    DEADLINE_GONE = "deadline_gone", _("No deadline any more")
    SITTING_MOVED = "sitting_moved", _("New date or place")
    REPLACED = "replaced", _("New test ID")
    RESET = "reset", _("iTEP has reset the test")
    TROUBLE = "trouble", _("Trouble with the test at iTEP")
    CANCELLED = "cancelled", _("Cancelled")


# Those that something sends. No act tells a candidate that a test was cancelled; the text for it is ready.
WRITTEN = tuple(kind for kind in LetterKind if kind != LetterKind.CANCELLED)


class Letter(models.Model):
    """One version of an administrator's own text, of one product or of all. Versions stay; at most one of them is on.

    Where none is on, the text that the portal ships is used (`fulfillment.letters.choosing`).
    """

    kind = models.CharField(max_length=20, choices=LetterKind.choices)
    product = models.ForeignKey(
        "inventory.Product", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # none: for all products
    language = models.CharField(max_length=12)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    revision = models.PositiveIntegerField()
    is_on = models.BooleanField(default=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["kind", "language", "product", "-revision"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "product", "language", "revision"], name="one_letter_per_revision"),
            models.UniqueConstraint(
                fields=["kind", "language", "revision"], condition=FOR_ALL, name="one_letter_for_all_per_revision"
            ),
            models.UniqueConstraint(
                fields=["kind", "product", "language"], condition=HERE & Q(is_on=True), name="one_letter_is_on"
            ),
            models.UniqueConstraint(
                fields=["kind", "language"], condition=FOR_ALL & Q(is_on=True), name="one_letter_for_all_is_on"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language} {self.revision}"


class LanguageSwitch(models.Model):
    """An administrator's word on a language: read, and switched on; or switched off. No row: as it was shipped."""

    tag = models.CharField(max_length=12, unique=True)
    is_on = models.BooleanField()
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True)
    read_digest = models.CharField(max_length=64, blank=True)  # of the texts that were read: a release may change them

    class Meta:
        ordering: ClassVar = ["tag"]

    def __str__(self) -> str:
        return self.tag

"""Reminders before a deadline: which were written, and the days on which a person was asked first."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Reminder(models.Model):
    """One reminder that fell due. Each is written once, whatever the worker does; another deadline has its own.

    `mail` None: a person said that it does not go.
    """

    fulfillment = models.ForeignKey("fulfillment.Fulfillment", on_delete=models.CASCADE, related_name="reminders")
    deadline = models.DateField()
    days_before = models.PositiveSmallIntegerField()
    mail = models.OneToOneField("fulfillment.Mail", null=True, on_delete=models.CASCADE, related_name="reminder")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["fulfillment", "deadline", "days_before"], name="each_reminder_is_written_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="reminders_by_day")]

    def __str__(self) -> str:
        return f"{self.fulfillment_id} {self.deadline} -{self.days_before}"


class ReminderRound(models.Model):
    """A day on which so many reminders fell due that a person is asked first: a clock may be wrong, or an import."""

    day = models.DateField(unique=True)
    number = models.PositiveIntegerField()
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    goes = models.BooleanField(null=True)  # what the person said
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-day"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(goes__isnull=True, answered_at__isnull=True)
                | Q(goes__isnull=False, answered_at__isnull=False),
                name="an_answered_round_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.number}"

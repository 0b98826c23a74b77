"""When and where candidates take their tests together: sittings, their seats, and who came."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from access.encryption import EncryptedTextField


class SittingKind(models.TextChoices):
    """At home: a common last day. At a centre: a day, an hour and a place, where somebody watches."""

    HOME = "home"
    CENTRE = "centre"


class Sitting(models.Model):
    """A date on which people take their tests. Times are those of the organization's zone, as its deadlines are.

    `seats` is how many `Seat` rows there are: none (no limit) only at home, where rows are made as people come.
    """

    kind = models.CharField(max_length=6, choices=SittingKind.choices)
    title = models.CharField(max_length=120)
    date = models.DateField()
    starts_at = models.TimeField(null=True, blank=True)
    arrive_by = models.TimeField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=300, blank=True)
    proctor = models.CharField(max_length=200, blank=True)
    seats = models.PositiveIntegerField(null=True, blank=True)
    note = EncryptedTextField(blank=True)
    changed_at = models.DateTimeField(default=timezone.now)  # what candidates read of it: day, hours, place
    closed_at = models.DateTimeField(null=True, blank=True)  # nobody is added any more
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["date", "starts_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="home", starts_at__isnull=True, arrive_by__isnull=True, place="")
                | (Q(kind="centre", starts_at__isnull=False, seats__isnull=False) & ~Q(place="")),
                name="a_centre_has_an_hour_a_place_and_seats",
            ),
            models.CheckConstraint(
                condition=Q(arrive_by__isnull=True) | Q(arrive_by__lte=F("starts_at")),
                name="nobody_is_asked_to_arrive_late",
            ),
            models.CheckConstraint(condition=Q(seats__isnull=True) | Q(seats__gte=1), name="a_sitting_has_a_seat"),
        ]
        indexes: ClassVar = [models.Index(fields=["date"], name="sitting_date")]

    def __str__(self) -> str:
        return self.title

    @property
    def at_a_centre(self) -> bool:
        return self.kind == SittingKind.CENTRE


class Seat(models.Model):
    """One place at a sitting, there before anybody has it: so more people than seats cannot be written.

    Who has it: `Fulfillment.seat`, which is unique.
    """

    sitting = models.ForeignKey("fulfillment.Sitting", on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()  # from 1; stays a person's own on every sheet

    class Meta:
        ordering: ClassVar = ["sitting", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sitting", "number"], name="one_seat_of_each_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="seats_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.sitting_id}/{self.number}"


class Attendance(models.Model):
    """What belongs to a candidate's day: what they need, when they were seated, and how it went."""

    fulfillment = models.OneToOneField(
        "fulfillment.Fulfillment", primary_key=True, on_delete=models.CASCADE, related_name="attendance"
    )
    accommodation = EncryptedTextField(blank=True)
    seated_at = models.DateTimeField(null=True, blank=True)  # mails from before name another day, or none
    deadline_before = models.DateField(null=True, blank=True)  # theirs again, if the seat is given up
    arrived_at = models.DateTimeField(null=True, blank=True)
    photo_id_at = models.DateTimeField(null=True, blank=True)
    photo_id_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    incident = EncryptedTextField(blank=True)
    marked_at = models.DateTimeField(null=True, blank=True)  # the latest of these marks: other screens follow it

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(photo_id_at__isnull=False) | Q(photo_id_by__isnull=True),
                name="who_checked_a_photo_id_did_so_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"attendance {self.pk}"

"""What must still happen, and every attempt at it (DESIGN.md section 4, rules 3 and 4)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from access.encryption import EncryptedJSONField, EncryptedTextField


class EntryState(models.TextChoices):
    """Where an entry stands. A leased entry is still `pending`; its lease says who works on it."""

    PENDING = "pending"
    DONE = "done"
    UNKNOWN = "unknown"  # begun, no outcome, must not be repeated blindly
    DEAD = "dead"  # out of tries, or refused: a person looks, and may try again
    DROPPED = "dropped"  # given up by a person, or no longer needed


class Entry(models.Model):
    """Something that must still happen: a call, a mail, a report, or work that one room asks of another.

    `key` is unique within its `kind`, so that writing the same need twice is one entry. `payload` holds references
    (oids, ids), not copies of people.
    """

    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=120)
    oid = models.UUIDField(null=True)
    payload = EncryptedJSONField(null=True)
    state = models.CharField(max_length=8, choices=EntryState.choices, default=EntryState.PENDING)
    due_at = models.DateTimeField(default=timezone.now)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    pace = models.CharField(max_length=100, blank=True)  # the rate limit it shares: it is not leased before its turn
    tries = models.PositiveIntegerField(default=0)  # failures, not attempts
    note = models.CharField(max_length=300, blank=True)  # in our own words: it stands in clear
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)  # its person was erased: what its attempts said is kept no more

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "key"], name="one_entry_per_need"),
            models.CheckConstraint(
                condition=Q(lease_token__isnull=True, lease_until__isnull=True)
                | Q(
                    lease_token__isnull=False,
                    lease_until__isnull=False,
                    state="pending",
                ),
                name="a_lease_is_whole_and_of_a_pending_entry",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], name="outbox_due", condition=Q(state="pending")),
            models.Index(fields=["oid"], name="outbox_oid", condition=Q(oid__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Outcome(models.TextChoices):
    """How an attempt ended. `begun` has no outcome (yet)."""

    BEGUN = "begun"
    DONE = "done"
    REFUSED = "refused"
    RETRY = "retry"
    UNKNOWN = "unknown"


def to_practice() -> bool:
    """Whether what leaves the house now only reaches the practice iTEP and the practice mail folder."""
    return bool(settings.PRACTICE)


class Attempt(models.Model):
    """One try at an entry: written as *begun* and committed before anything leaves the house."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    lease_token = models.UUIDField()
    begun_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.BEGUN)
    late = models.BooleanField(default=False)  # the outcome came when the lease was no longer ours
    status = models.PositiveSmallIntegerField(null=True)
    seconds = models.FloatField(null=True)
    practice = models.BooleanField(default=to_practice)  # `start_clean` refuses once one was not
    request = EncryptedTextField(blank=True)  # masked
    answer = EncryptedTextField(blank=True)  # masked and capped
    said = EncryptedTextField(blank=True)  # the other side's own words of why not, which may name people
    note = models.CharField(max_length=300, blank=True)  # in our own words: it stands in clear

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "number"], name="one_attempt_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.number} {self.outcome}"


class Lease(models.Model):
    """A named lease: of all workers, one at a time does what it names."""

    name = models.CharField(max_length=64, unique=True)
    token = models.UUIDField(null=True)
    until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Pace(models.Model):
    """When the next one may begin under a rate limit that all workers share, or after a wish to be left alone."""

    name = models.CharField(max_length=100, unique=True)
    next_at = models.DateTimeField()  # nobody begins before

    def __str__(self) -> str:
        return self.name


class Way(models.Model):
    """Whether the other side of a way out answers. One row that all workers share, so that all hold back together.

    Held: until then nothing goes out by it, and from then on one piece of work at a time, until one is answered.
    """

    name = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    failing_since = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)  # how the latest one failed, in our own words

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(failures=0, failing_since__isnull=True, held_until__isnull=True)
                | Q(failures__gt=0, failing_since__isnull=False),
                name="a_way_is_held_only_while_it_fails",
            ),
        ]

    def __str__(self) -> str:
        return self.name

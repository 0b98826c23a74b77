"""Requests that are given together, row by row."""

import zlib
from datetime import UTC, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from access.encryption import EncryptedBinaryField, EncryptedJSONField
from inventory.models import Delivery

NOT_YET = datetime(9999, 12, 31, tzinfo=UTC)  # when the calls of a batch may begin, while nobody knows


class BatchState(models.TextChoices):
    """How far a batch is."""

    COLUMNS = "columns"  # a person has to say which column holds what
    FAULTY = "faulty"  # the file has faults: nothing of it can be given
    DRAFT = "draft"  # its rows are there to be looked at
    CONFIRMED = "confirmed"  # being given, or all done
    UNDONE = "undone"
    DISCARDED = "discarded"


class Batch(models.Model):
    """A spreadsheet's worth of requests, given together. A draft until somebody has seen its rows and confirmed it."""

    file_name = models.CharField(max_length=255, blank=True)  # blank: its rows were pasted
    product = models.ForeignKey("inventory.Product", null=True, on_delete=models.PROTECT, related_name="+")
    payer = models.ForeignKey("access.Payer", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    delivery = models.CharField(max_length=8, choices=Delivery.choices, blank=True)
    deadline = models.DateField(null=True, blank=True)
    sitting = models.ForeignKey(
        "fulfillment.Sitting", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    allow_duplicate = models.BooleanField(default=False)  # of adoptions; the rows of a sheet decide one by one
    adopts = models.BooleanField(default=False)  # its rows are IDs assigned outside, which become fulfillments
    state = models.CharField(max_length=9, choices=BatchState.choices, default=BatchState.DRAFT)
    mapping = models.JSONField(default=dict)  # signature of a header -> field -> column name as the file spells it
    keep_others = models.BooleanField(default=False)  # columns that nobody knows become data of the candidate
    faults = EncryptedJSONField(null=True)  # [[sheet, row, column, value, expected]]
    digest = models.CharField(max_length=64, blank=True, db_index=True)  # keyed, of whom it gives what
    all_or_nothing = models.BooleanField(default=False)  # nothing is given unless every row gets a test ID now
    calls_from = models.DateTimeField(null=True)  # until then nothing is told to iTEP, so that it can be undone
    confirmed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    why_undone = models.CharField(max_length=300, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["confirmed", "undone"], confirmed_at__isnull=False)
                | (~Q(state__in=["confirmed", "undone"]) & Q(confirmed_at__isnull=True)),
                name="a_confirmed_batch_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state="undone", undone_at__isnull=False) | (~Q(state="undone") & Q(undone_at__isnull=True)),
                name="an_undone_batch_says_when",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Adoption") if self.adopts else self.file_name or gettext("Pasted rows")

    @property
    def content(self) -> bytes | None:
        """The file, asked anew each time; None once it is no longer kept."""
        kept = BatchFile.objects.filter(batch=self).first()
        return zlib.decompress(kept.deflated) if kept else None


class BatchFile(models.Model):
    """The file of a batch, from its upload to the yes: people stand in it, and its rows hold all that was asked."""

    batch = models.OneToOneField(Batch, on_delete=models.CASCADE, primary_key=True, related_name="file")
    deflated = EncryptedBinaryField()

    def __str__(self) -> str:
        return f"file of batch {self.batch_id}"

    @classmethod
    def keep(cls, batch: Batch, content: bytes) -> None:
        cls.objects.create(batch=batch, deflated=zlib.compress(content, level=1))


class RowState(models.TextChoices):
    """What became of one row of a batch."""

    TODO = "todo"
    GIVEN = "given"
    SKIPPED = "skipped"  # the same person has an open test, or a result that counts, already
    REUSED = "reused"  # the result that the person has is this row's: no test ID was spent
    FAILED = "failed"
    UNDONE = "undone"


class Found(models.TextChoices):
    """What the person of a row has already; the first that fits."""

    NOTHING = ""
    OPEN = "open"  # an open test of the same product
    RESULT = "result"  # a result of the same product that still counts
    TWICE = "twice"  # the same person stands further up, for the same product


class Decision(models.TextChoices):
    """What a person wants of a row whose person has something already."""

    SKIP = "skip"
    REUSE = "reuse"  # the result; where there is none, as skip
    GIVE = "give"


class BatchRow(models.Model):
    """One row of the sheet: what it asks for, what its person has already, what was decided, and what became of it."""

    batch = models.ForeignKey("fulfillment.Batch", on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=100, blank=True)
    number = models.PositiveIntegerField()  # of the row in its sheet, as a person counts
    asked = EncryptedJSONField()  # {"name", "email", "external_id", "language", "reference", "note", "metadata"}
    product = models.ForeignKey("inventory.Product", null=True, on_delete=models.PROTECT, related_name="+")
    payer = models.ForeignKey("access.Payer", null=True, on_delete=models.PROTECT, related_name="+")
    delivery = models.CharField(max_length=8, choices=Delivery.choices, blank=True)
    deadline = models.DateField(null=True)
    found = models.CharField(max_length=6, choices=Found.choices, blank=True)  # when it was looked at last
    found_oid = models.UUIDField(null=True)  # of the open test, or of the one that has the result
    found_result = models.UUIDField(null=True)  # of the one that has a result that counts, also beside an open test
    found_number = models.PositiveIntegerField(null=True)  # of the row further up
    decision = models.CharField(max_length=5, choices=Decision.choices, default=Decision.SKIP)
    state = models.CharField(max_length=8, choices=RowState.choices, default=RowState.TODO)
    note = models.CharField(max_length=300, blank=True)
    fulfillment = models.ForeignKey(
        "fulfillment.Fulfillment", null=True, on_delete=models.PROTECT, related_name="batch_rows"
    )

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "sheet", "number"], name="one_outcome_per_row"),
            models.CheckConstraint(
                condition=~Q(state__in=["given", "reused"]) | Q(fulfillment__isnull=False),
                name="a_given_row_says_which_test",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["batch", "state", "id"], name="batch_rows_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number} {self.state}"

"""Exports that were uploaded, and the plan of what applying one would change."""

import zlib
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from access.encryption import EncryptedBinaryField, EncryptedJSONField, EncryptedTextField


class UploadState(models.TextChoices):
    """Uploaded, columns agreed, planned, being applied, applied; or it could not be."""

    UPLOADED = "uploaded"
    PLANNING = "planning"  # by the worker
    PLANNED = "planned"
    APPLYING = "applying"
    APPLIED = "applied"
    FAILED = "failed"
    DISCARDED = "discarded"


class Scope(models.TextChoices):
    """Of which products an ID that is lacking counts as absent: those in the file, or all."""

    FILE = "file"
    ALL = "all"


class Cause(models.TextChoices):
    """Exactly one per ID (DESIGN.md section 5)."""

    ADDED = "added"
    RETURNED = "returned"
    ASSIGNED_OUTSIDE = "assigned_outside"
    WITHDRAWN = "withdrawn"
    CONFIRMED = "confirmed"
    NOT_ARRIVED = "not_arrived"
    ASSIGNMENT_LOST = "assignment_lost"
    CONFLICT = "conflict"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    INVALID = "invalid"


class Upload(models.Model):
    """An export of iTEP's AVAILABLE TESTS panel: the file, what was said of it, its plan's counts and its outcome."""

    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField(default=0)
    exported_at = models.DateTimeField(null=True)
    mapping = models.JSONField(default=dict)  # signature of a header -> field -> column name as the file spells it
    compared = models.JSONField(default=list)  # the fields that the file has columns for, once planned
    default_product = models.CharField(max_length=64, blank=True)  # for rows that name none
    scope = models.CharField(max_length=4, choices=Scope.choices, default=Scope.FILE)
    ready_only = models.BooleanField(default=False)  # somebody stated that the file lists Ready IDs alone
    accept_withdrawals = models.BooleanField(default=False)  # the explicit yes while an ID is unreadable
    accept_mass_change = models.BooleanField(default=False)  # the explicit yes for more than a fifth of a product
    state = models.CharField(max_length=10, choices=UploadState.choices, default=UploadState.UPLOADED)
    counts = models.JSONField(default=dict)  # cause -> number
    warnings = models.JSONField(default=list)  # what needs an explicit yes, and remarks
    products = models.JSONField(default=list)  # codes that the file names, once planned
    world = models.JSONField(default=list)  # what the plan depends on, as it stood then (`planning.world`)
    proofs = models.JSONField(default=dict)  # what it shows as a person said it is (`proving.shown_by`)
    rows_total = models.PositiveIntegerField(default=0)  # of the file while it is planned, then of the plan
    rows_done = models.PositiveIntegerField(default=0)
    step_done = models.PositiveSmallIntegerField(default=0)  # applied up to here: a step of the plan,
    row_done = models.PositiveBigIntegerField(default=0)  # and the key of its last row
    problem = models.CharField(max_length=500, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    planned_at = models.DateTimeField(null=True)  # begun, and then made: who plans knows the plan as its own by it
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def content(self) -> bytes | None:
        """The file, asked anew each time; None once it is no longer kept."""
        kept = UploadedFile.objects.filter(upload=self).first()
        return zlib.decompress(kept.deflated) if kept else None


class UploadedFile(models.Model):
    """The file of an upload. Apart from it, since SQLite writes a row anew, as a whole, whenever its progress moves."""

    upload = models.OneToOneField(Upload, on_delete=models.CASCADE, primary_key=True, related_name="file")
    deflated = EncryptedBinaryField()  # a csv of 5 MB is one tenth of that in the database

    def __str__(self) -> str:
        return f"file of upload {self.upload_id}"

    @classmethod
    def keep(cls, upload: Upload, content: bytes) -> None:
        """Keeps the file as it came."""
        cls.objects.create(upload=upload, deflated=zlib.compress(content, level=1))


class PlanRow(models.Model):
    """What applying would change about one ID, with its one cause. Rows that change nothing are only counted.

    It holds the file's half of the pair, so that applying can judge it again without the file, and the revisions of the
    other half. Secrets stand in it as the mirror keeps them, encrypted, and only those that the mirror lacks; once
    applied or discarded they are gone.
    """

    # No constraint: Django removes a plan with its upload, and checking each of a hundred thousand rows at the end of
    # a transaction costs as much as writing it.
    upload = models.ForeignKey(
        Upload, on_delete=models.CASCADE, related_name="plan", db_index=False, db_constraint=False
    )
    sheet = models.CharField(max_length=64, blank=True)
    row = models.PositiveIntegerField(null=True)  # as the spreadsheet numbers it; NULL: not in the file
    test_id = models.CharField(max_length=64, blank=True)
    product = models.CharField(max_length=64, blank=True)
    cause = models.CharField(max_length=16, choices=Cause.choices)
    rule = models.CharField(max_length=40)  # the cell of the judgement, as "f.unknown"
    step = models.PositiveSmallIntegerField(default=0)  # the order of applying (`planning.Step`)
    oid = models.UUIDField(null=True)
    fields = models.JSONField(default=list)  # the names of what differs
    revision = models.PositiveIntegerField(null=True)  # of the mirror's row, when planned
    claim_revision = models.PositiveIntegerField(null=True)
    before = models.CharField(max_length=12, blank=True)  # standings, "" where it was not known
    after = models.CharField(max_length=12, blank=True)
    dropped = models.CharField(max_length=100, blank=True)  # why apply left it out

    status_raw = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=12, blank=True)
    assigned_to = EncryptedTextField(blank=True)
    assigned_to_digest = models.CharField(max_length=64, blank=True)
    password = EncryptedTextField(blank=True)
    password_digest = models.CharField(max_length=64, blank=True)
    valid_until = models.DateField(null=True)
    purchased_on = models.DateField(null=True)
    tracking_code = models.CharField(max_length=64, blank=True)
    other = EncryptedJSONField(null=True)
    other_digest = models.CharField(max_length=64, blank=True)
    texts = models.JSONField(null=True)  # [claim, the IDs of the file that carry its text], first those of this row
    ours = models.PositiveSmallIntegerField(default=0)  # how many of `texts` stand in this row's Assigned-to

    column = models.CharField(max_length=100, blank=True)  # of an invalid row, with what was expected
    value = EncryptedJSONField(null=True)
    expected = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["upload", "test_id"],
                condition=~Q(cause="invalid"),
                name="one_cause_per_test_id",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["upload", "step", "id"], name="plan_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.test_id} {self.cause}"


class SeenProduct(models.Model):
    """An applied export spoke of this product: for IDs that are not in the mirror, its time is iTEP's last word."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="seen_products")
    product = models.ForeignKey("inventory.Product", on_delete=models.CASCADE, related_name="seen_in")
    exported_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upload", "product"], name="a_product_is_seen_once_in_an_upload"),
        ]
        indexes: ClassVar = [models.Index(fields=["product", "exported_at"], name="product_seen_at")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.exported_at:%Y-%m-%d %H:%M}"

"""Fulfillments: one test ID on its way to one candidate; and the mails that were written to them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from access.encryption import EncryptedJSONField, EncryptedTextField
from inventory.models import Delivery


class State(models.TextChoices):
    """Ours (DESIGN.md section 6). iTEP's stands in `itep_status`; the two are never mixed."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    ASSIGNED = "assigned"
    SENT = "sent"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Origin(models.TextChoices):
    """What started it."""

    STAFF = "staff"
    SHEET = "sheet"
    SYSTEM = "system"
    CAREERS = "careers"
    PURCHASE = "purchase"
    OUTSIDE = "outside"


class Fulfillment(models.Model):
    """The delivery of one test ID to one candidate. `oid` is public: the OID of iTEP's webhook, and its claim's."""

    oid = models.UUIDField(unique=True)
    claim = models.OneToOneField("inventory.Claim", on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey("inventory.Product", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254, blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    person_digest = models.CharField(max_length=64, blank=True)  # keyed digest of name and email, folded
    language = models.CharField(max_length=12, blank=True)
    payer = models.ForeignKey(
        "access.Payer",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reference = models.CharField(max_length=200, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    note = EncryptedTextField(blank=True)
    deadline = models.DateField(null=True, blank=True)
    delivery = models.CharField(max_length=8, choices=Delivery.choices)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    client = models.ForeignKey(
        "access.ApiClient",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    batch = models.ForeignKey(
        "fulfillment.Batch",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="all",
    )
    state = models.CharField(max_length=9, choices=State.choices)
    reason = models.CharField(max_length=300, blank=True)  # why it waits, or failed, and what can be done
    itep_status = models.CharField(max_length=12, blank=True)
    itep_status_raw = models.CharField(max_length=64, blank=True)
    itep_status_at = models.DateTimeField(null=True, blank=True)
    itep_status_by = models.CharField(max_length=8, blank=True)  # webhook, export, person
    link_token = EncryptedTextField(blank=True)
    link_digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    assigned_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_test_id = models.CharField(max_length=64, blank=True)  # which ID that was: another one has to be told anew
    ended_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["link_digest"],
                condition=~Q(link_digest=""),
                name="one_link_per_candidate",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person_digest", "product"], name="fulfillment_person"),
            models.Index(fields=["payer", "external_id"], name="fulfillment_external"),
            models.Index(fields=["state", "id"], name="fulfillment_state"),
        ]

    def __str__(self) -> str:
        return str(self.oid)


class Batch(models.Model):
    """A spreadsheet's worth of requests, given together. A draft until somebody has seen its rows and confirmed it."""

    file_name = models.CharField(max_length=255, blank=True)
    product = models.ForeignKey("inventory.Product", null=True, on_delete=models.PROTECT, related_name="+")
    payer = models.ForeignKey("access.Payer", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    delivery = models.CharField(max_length=8, choices=Delivery.choices, blank=True)
    deadline = models.DateField(null=True, blank=True)
    allow_duplicate = models.BooleanField(default=False)
    adopts = models.BooleanField(default=False)  # its rows are IDs assigned outside, which become fulfillments
    confirmed_at = models.DateTimeField(null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return gettext("Adoption") if self.adopts else self.file_name or str(self.pk)


class RowState(models.TextChoices):
    """What became of one row of a batch."""

    TODO = "todo"
    GIVEN = "given"
    SKIPPED = "skipped"  # the same person has an open test already
    FAILED = "failed"


class BatchRow(models.Model):
    """One row of the sheet: what it asks for, and what became of it."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=100, blank=True)
    number = models.PositiveIntegerField()  # of the row in its sheet, as a person counts
    asked = EncryptedJSONField()  # {"name", "email", "external_id", "language", "reference"}
    state = models.CharField(max_length=8, choices=RowState.choices, default=RowState.TODO)
    note = models.CharField(max_length=300, blank=True)
    fulfillment = models.ForeignKey(Fulfillment, null=True, on_delete=models.PROTECT, related_name="batch_rows")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "sheet", "number"], name="one_outcome_per_row"),
            models.CheckConstraint(
                condition=~Q(state="given") | Q(fulfillment__isnull=False),
                name="a_given_row_says_which_test",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number} {self.state}"


class MailState(models.TextChoices):
    """Never "delivered": nobody knows (SCREENS.md)."""

    QUEUED = "queued"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    BOUNCED = "bounced"
    WITHHELD = "withheld"  # no longer due when its turn came: cancelled, or written anew


class Mail(models.Model):
    """A mail to a candidate, as written. Its Message-ID stays the same through every attempt."""

    fulfillment = models.ForeignKey(Fulfillment, on_delete=models.CASCADE, related_name="mails")
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

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class CandidateRequest(models.Model):
    """What a candidate asked of staff on their page. It changes nothing by itself."""

    class Kind(models.TextChoices):
        NOT_ME = "not_me"
        WRONG_ADDRESS = "wrong_address"
        MORE_TIME = "more_time"

    fulfillment = models.ForeignKey(Fulfillment, on_delete=models.CASCADE, related_name="requests")
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

    def __str__(self) -> str:
        return f"{self.kind} {self.fulfillment_id}"


class Organization(models.Model):
    """Who gives the tests, as mails and candidates' pages name it. One row; what is blank drops its line there."""

    name = models.CharField(max_length=200, blank=True)
    help_email = models.EmailField(blank=True)
    help_phone = models.CharField(max_length=60, blank=True)
    itep_help = models.CharField(max_length=300, blank=True)  # whom to ask during the test: iTEP's people
    start_url = models.URLField(blank=True)
    technical_check = models.CharField(max_length=300, blank=True)
    result_receivers = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pk=1), name="one_organization")]

    def __str__(self) -> str:
        return self.name

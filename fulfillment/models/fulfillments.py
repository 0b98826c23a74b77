"""One test ID on its way to one candidate."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from access.encryption import EncryptedTextField
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
    deadline = models.DateField(null=True, blank=True)  # of who has a seat: the sitting's day
    seat = models.OneToOneField(
        "fulfillment.Seat",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="fulfillment",
    )
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
    code_digest = models.CharField(max_length=64, blank=True)  # of the short code that stands in for the link
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    assigned_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_test_id = models.CharField(max_length=64, blank=True)  # which ID that was: another one has to be told anew
    forget_test_id = models.CharField(max_length=64, blank=True)  # was told and given up: mails say that it is void
    rewrite_since = models.DateTimeField(null=True, blank=True)  # somebody is to write the corrected text at iTEP
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
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(seat__isnull=True),
                name="a_cancelled_test_frees_its_seat",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person_digest", "product"], name="fulfillment_person"),
            models.Index(fields=["payer", "external_id"], name="fulfillment_external"),
            models.Index(fields=["state", "id"], name="fulfillment_state"),
            models.Index(fields=["code_digest"], name="fulfillment_code", condition=~Q(code_digest="")),
        ]

    def __str__(self) -> str:
        return str(self.oid)

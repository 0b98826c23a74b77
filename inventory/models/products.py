"""Products: what a Local Administrator may give, and how."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.encryption import EncryptedTextField, keyed_digest
from inventory import reminder_days
from inventory.models.pauses import Pausable


class Source(models.TextChoices):
    """Where a test ID comes from (ITEP.md section 2)."""

    INVENTORY = "inventory"
    SALE = "sale"


class Delivery(models.TextChoices):
    """Who tells the candidate: the portal, iTEP by its second call, or the asker."""

    PORTAL = "portal"
    ITEP = "itep"
    NONE = "none"


class Calls(models.TextChoices):
    """Whether the worker calls iTEP, or a person does the same by hand."""

    API = "api"
    MANUAL = "manual"


class Product(Pausable):
    """A product code of iTEP, with the key that its calls need. Several products may share a key."""

    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200, blank=True)
    api_key = EncryptedTextField(blank=True)
    api_key_digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.INVENTORY)
    delivery = models.CharField(max_length=8, choices=Delivery.choices, default=Delivery.PORTAL)
    calls = models.CharField(max_length=8, choices=Calls.choices, default=Calls.MANUAL)
    lead_days = models.PositiveSmallIntegerField(default=7)
    target_weeks = models.PositiveSmallIntegerField(
        default=8, validators=[MinValueValidator(1), MaxValueValidator(104)]
    )
    # Thresholds of the warnings (inventory.levels): so many available, so many days of cover; None: not by this.
    notice_count = models.PositiveIntegerField(null=True, blank=True, default=10)
    low_count = models.PositiveIntegerField(null=True, blank=True, default=3)
    notice_days = models.PositiveSmallIntegerField(null=True, blank=True, default=28)
    low_days = models.PositiveSmallIntegerField(null=True, blank=True, default=14)
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    result_days = models.PositiveSmallIntegerField(null=True, blank=True)
    reminder_days = models.CharField(max_length=40, blank=True, default="7, 2", validators=[reminder_days.check])
    # How long a result of it counts, from the day of the test; None: earlier results are not looked at.
    result_valid_months = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    needs_password = models.BooleanField(default=False)
    password_in_mail = models.BooleanField(default=False)
    start_url = models.URLField(blank=True)
    assigned_to_keys = models.JSONField(default=dict, blank=True)
    # For a while, as while iTEP does not answer; `calls` says how it is meant to go.
    by_hand_since = models.DateTimeField(null=True, blank=True)
    refusals_in_a_row = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(low_count__isnull=True)
                | Q(notice_count__isnull=True)
                | Q(low_count__lte=F("notice_count")),
                name="low_is_not_above_notice_by_count",
                violation_error_message=_("“Low” cannot come before the first notice."),
            ),
            models.CheckConstraint(
                condition=Q(low_days__isnull=True) | Q(notice_days__isnull=True) | Q(low_days__lte=F("notice_days")),
                name="low_is_not_above_notice_by_days",
                violation_error_message=_("“Low” cannot come before the first notice."),
            ),
            models.CheckConstraint(
                condition=Q(result_valid_months__isnull=True) | Q(result_valid_months__range=(1, 120)),
                name="a_result_counts_for_1_to_120_months",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code

    def set_api_key(self, key: str) -> None:
        """Keeps the key, and the digest by which products that share it are found."""
        self.api_key, self.api_key_digest = key, keyed_digest(key, purpose="api-key")

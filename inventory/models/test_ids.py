"""The mirror: what iTEP said of each test ID, and which claim holds it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from access.encryption import EncryptedJSONField, EncryptedTextField


class WordSource(models.TextChoices):
    """Who spoke last of a row of the mirror."""

    EXPORT = "export"
    ANSWER = "answer"
    WEBHOOK = "webhook"
    PERSON = "person"


class Standing(models.TextChoices):
    """What iTEP's latest word makes of an ID, claims apart."""

    OPEN = "open"  # Ready, Assigned-to empty
    OURS = "ours"  # Assigned-to carries a text of ours
    OUTSIDE = "outside"  # Assigned-to carries somebody else's text
    UNAVAILABLE = "unavailable"  # not Ready, or not known to be
    REFUSED = "refused"  # iTEP refused it to us when we asked
    WITHDRAWN = "withdrawn"  # no longer in the export


class Holding(models.TextChoices):
    """How a claim holds an ID: as its one current ID, or as one that it gave up after a call began."""

    CURRENT = "current"
    EARLIER = "earlier"


AVAILABLE = Q(standing=Standing.OPEN, set_aside_at__isnull=True, holder__isnull=True)


class TestIDQuerySet(models.QuerySet["TestID"]):
    """Questions that the mirror is asked often."""

    def available(self) -> "TestIDQuerySet":
        """Ready and free by iTEP's latest word, not set aside, never claimed or released (DESIGN.md section 2)."""
        return self.filter(AVAILABLE)


class TestID(models.Model):
    """One row of the mirror. Its mirrored fields change only by iTEP's word; `said_at` and `said_by` stand beside them.

    An export that found nothing to change about it does not touch it: it stands in `SeenProduct` (see `last_word`).

    `holder` is the claim that took it, for ever, unless a person released it or an export returned it: so an ID has
    one holder at most (a column), and a claim one current ID at most (`one_current_id_per_claim`).
    """

    __test__ = False  # not a test class

    test_id = models.CharField(max_length=64)
    product = models.ForeignKey(
        "inventory.Product",
        on_delete=models.PROTECT,
        related_name="test_ids",
        db_index=False,  # `test_ids_by_standing` begins with it
    )

    status_raw = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=12, blank=True)  # itep.statuses.Status, "" where unknown
    assigned_to = EncryptedTextField(blank=True)
    assigned_to_digest = models.CharField(max_length=64, blank=True)
    password = EncryptedTextField(blank=True)
    password_digest = models.CharField(max_length=64, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    purchased_on = models.DateField(null=True, blank=True)
    tracking_code = models.CharField(max_length=64, blank=True)
    other = EncryptedJSONField(null=True, blank=True)  # columns that the portal does not know: name -> text
    other_digest = models.CharField(max_length=64, blank=True)
    said_by = models.CharField(max_length=8, choices=WordSource.choices)
    said_at = models.DateTimeField()
    standing = models.CharField(max_length=12, choices=Standing.choices)
    left_panel_at = models.DateTimeField(null=True, blank=True)  # since when exports no longer list it
    progress = models.CharField(max_length=12, blank=True)  # status by the last webhook about it
    progress_at = models.DateTimeField(null=True, blank=True)

    holder = models.ForeignKey(
        "inventory.Claim",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="held",
        db_index=False,  # `test_ids_by_holder`: few of them have one
    )
    holding = models.CharField(max_length=8, choices=Holding.choices, blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)
    to_clear_since = models.DateTimeField(null=True, blank=True)  # a person has to clear its Assigned-to at iTEP
    left_outside_at = models.DateTimeField(null=True, blank=True)  # a person says: assigned outside, and it stays so
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = TestIDQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            # Not `unique=True`, which on PostgreSQL brings a second index for prefixes that nobody asks for.
            models.UniqueConstraint(fields=["test_id"], name="one_row_per_test_id"),
            models.CheckConstraint(
                condition=Q(holder__isnull=True, holding="") | Q(holder__isnull=False, holding__in=Holding.values),
                name="held_with_a_holder_or_not_at_all",
            ),
            models.UniqueConstraint(
                fields=["holder"],
                condition=Q(holding=Holding.CURRENT),
                name="one_current_id_per_claim",
            ),
            models.CheckConstraint(
                condition=~Q(standing=Standing.OPEN) | Q(status="ready", assigned_to_digest=""),
                name="open_means_ready_and_unassigned",
            ),
        ]
        indexes: ClassVar = [
            models.Index(  # the oldest, where none outlives the deadline
                fields=["product", "id"],
                name="oldest_test_ids",
                condition=AVAILABLE,
            ),
            models.Index(fields=["product", "standing"], name="test_ids_by_standing"),
            models.Index(fields=["holder"], name="test_ids_by_holder", condition=Q(holder__isnull=False)),
            models.Index(fields=["id"], name="test_ids_to_clear", condition=Q(to_clear_since__isnull=False)),
            # Which IDs carry a text: found by the words in it (`text_search`).
            models.Index(fields=["assigned_to_digest"], name="test_ids_by_text", condition=~Q(assigned_to_digest="")),
            # What waits for the export that proves it: asked on the page of hand work, over the whole mirror.
            models.Index(fields=["id"], name="said_by_a_person", condition=Q(said_by=WordSource.PERSON)),
            models.Index(
                fields=["product", "valid_until", "id"],
                name="available_test_ids",
                condition=Q(
                    standing=Standing.OPEN,
                    set_aside_at__isnull=True,
                    holder__isnull=True,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.test_id

    @property
    def is_available(self) -> bool:
        """Whether it could be claimed now."""
        return self.standing == Standing.OPEN and self.set_aside_at is None and self.holder_id is None

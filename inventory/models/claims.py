"""Claims: what the portal did about each request, and every text that it wrote into iTEP."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from access.encryption import EncryptedTextField
from inventory.models.test_ids import Holding

if TYPE_CHECKING:
    from inventory.models.test_ids import TestID


class ClaimState(models.TextChoices):
    """DESIGN.md section 2. `calling`: a call is begun and has no outcome yet. `unknown`: it may have arrived."""

    WAITING = "waiting"
    RESERVED = "reserved"
    CALLING = "calling"
    UNKNOWN = "unknown"
    CONFIRMED = "confirmed"
    ENDED = "ended"


class ClaimSource(models.TextChoices):
    """Where the ID comes from: our stock, a sale, or iTEP picks one of the stock itself."""

    INVENTORY = "inventory"
    SALE = "sale"
    ITEP_PICKS = "itep_picks"


class Claim(models.Model):
    """One per request, kept for ever. `oid` is the OID of iTEP's webhook, and the fulfillment's."""

    oid = models.UUIDField(unique=True)
    product = models.ForeignKey("inventory.Product", on_delete=models.PROTECT, related_name="claims")
    source = models.CharField(max_length=10, choices=ClaimSource.choices)
    state = models.CharField(max_length=9, choices=ClaimState.choices)
    outlive = models.DateField(null=True)  # the deadline's day: an ID that expires before it is taken last
    by_hand = models.BooleanField(default=False)  # the text was copied or printed: a person does what the call would do
    call_began_at = models.DateTimeField(null=True)
    call_until = models.DateTimeField(null=True)  # the expiry of the lease under which the call runs
    call_ended_at = models.DateTimeField(null=True)
    was_unknown = models.BooleanField(default=False)  # an attempt's outcome was unknown: never another ID for it
    refused_ids = models.PositiveSmallIntegerField(default=0)  # IDs refused as unavailable, five at most
    told_at = models.DateTimeField(null=True)  # since when somebody may know the ID
    cancel_wanted_at = models.DateTimeField(null=True)  # carried out when the outcome is known
    conflict_at = models.DateTimeField(null=True)  # since when iTEP's word and ours cannot both be right
    conflict_because = models.CharField(max_length=200, blank=True)
    conflict_rule = models.CharField(max_length=20, blank=True)  # the cell of the judgement, as "f.confirmed"
    conflict_test_id = models.CharField(max_length=64, blank=True)  # of which iTEP said it
    conflict_source = models.CharField(max_length=100, blank=True)  # "upload 3, sheet S, row 12", "webhook 4"
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) | (~Q(state="ended") & Q(ended_at__isnull=True)),
                name="an_ended_claim_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["calling", "unknown"]) | Q(call_began_at__isnull=False),
                name="a_call_says_when_it_began",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(call_began_at__isnull=True) | Q(was_unknown=False),
                name="an_unknown_claim_never_waits_for_another_id",
            ),
            models.CheckConstraint(
                condition=Q(by_hand=False) | ~Q(state__in=["waiting", "reserved", "calling"]),
                name="no_call_while_a_person_has_the_text",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False),
                name="a_confirmed_claim_says_when",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["product", "id"],
                name="claims_waiting",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["state", "product"], name="claims_by_state"),
            models.Index(  # the use per week, reckoned from the index alone
                fields=["product", "confirmed_at"],
                name="claims_by_confirmation",
                condition=Q(confirmed_at__isnull=False),
            ),
            models.Index(fields=["id"], name="claims_in_conflict", condition=Q(conflict_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.oid} {self.state}"

    @property
    def current(self) -> "TestID | None":
        """The one ID that it holds now (kept by an ended claim until it is freed)."""
        return next((one for one in self.held.all() if one.holding == Holding.CURRENT), None)


class WrittenBy(models.TextChoices):
    """How a text came to stand at iTEP, or was meant to."""

    CALL = "call"
    PERSON = "person"
    ADOPTED = "adopted"


SEEN_BY_A_PERSON = "seen at iTEP"


class AssignedToRecord(models.Model):
    """A text that the portal wrote into iTEP's Assigned-to, told a person to write, or adopted.

    An export's text is ours if one of our oids stands in it, or if it equals a text here of exactly one claim.
    `confirmed_by` a person alone (`SEEN_BY_A_PERSON`) waits for the export that proves it, and then names that.
    """

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="assigned_to_records")
    test_id = models.CharField(max_length=64, blank=True)
    text = EncryptedTextField()
    digest = models.CharField(max_length=64, db_index=True)  # keyed_digest(text, purpose="assigned-to")
    written_by = models.CharField(max_length=8, choices=WrittenBy.choices)
    source = models.CharField(max_length=100, blank=True)  # "call 12", "ana@...'s id", "upload 3"
    at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.CharField(max_length=100, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="texts_to_prove", condition=Q(confirmed_by=SEEN_BY_A_PERSON)),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.test_id}"

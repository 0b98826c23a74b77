"""Tracking codes, and the inbox of what iTEP posted."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from access.encryption import EncryptedBinaryField, EncryptedTextField


class Auth(models.TextChoices):
    """How iTEP proves that it is iTEP, per tracking code (ITEP.md section 5)."""

    NONE = "none"
    BASIC = "basic"
    BEARER = "bearer"
    HEADER = "header"
    HMAC = "hmac"


class TrackingCode(models.Model):
    """An endpoint for iTEP's results. `segment`, the code and 128 random bits, is a secret and never changes."""

    code = models.CharField(max_length=64, unique=True)
    segment = EncryptedTextField()
    segment_digest = models.CharField(max_length=64, unique=True)
    auth = models.CharField(max_length=8, choices=Auth.choices, default=Auth.NONE)
    secret = EncryptedTextField(blank=True)
    signature_header = models.CharField(max_length=64, default="X-Signature")  # where an HMAC stands
    old_auth = models.CharField(max_length=8, choices=Auth.choices, blank=True)
    old_secret = EncryptedTextField(blank=True)  # valid, by the old method, until removed
    expects_finished = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_post_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.code


class PostState(models.TextChoices):
    """Kept, then judged, or set apart until a person looks."""

    KEPT = "kept"
    JUDGED = "judged"
    QUARANTINED = "quarantined"


class Why(models.TextChoices):
    """Why a post is set apart. The sentence for people stands in `Post.reason`."""

    UNREADABLE = "unreadable", "Cannot be read"
    NO_TEST_ID = "no_test_id", "Names no test ID"
    OTHER_ID = "other_id", "Our request, with another test ID"
    HELD_OTHERWISE = "held_otherwise", "The test ID is held by another request"
    IN_STOCK = "in_stock", "The test ID was still in stock"
    NOT_HELD = "not_held", "Nobody here has the test ID"
    CONFLICT = "conflict", "Contradicts what is known"
    FAULT = "fault", "The portal failed to judge it"


class Post(models.Model):
    """What iTEP posted, raw, committed before it was read. Nothing is dropped."""

    tracking_code = models.ForeignKey(TrackingCode, on_delete=models.PROTECT, related_name="posts")
    received_at = models.DateTimeField(default=timezone.now)
    content_type = models.CharField(max_length=200, blank=True)
    body = EncryptedBinaryField(null=True)
    state = models.CharField(max_length=11, choices=PostState.choices, default=PostState.KEPT)
    why = models.CharField(max_length=14, choices=Why.choices, blank=True)
    reason = EncryptedTextField(blank=True)  # may quote what iTEP sent
    test_id = models.CharField(max_length=64, blank=True)
    oid = models.UUIDField(null=True)
    effect = models.CharField(max_length=40, blank=True)  # what it did: "final", "no effect", "held" ...
    judged_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="posts_to_judge", condition=Q(state="kept")),
            models.Index(fields=["state", "id"], name="posts_by_state"),
        ]

    def __str__(self) -> str:
        return f"post {self.pk} {self.state}"

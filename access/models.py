"""Users, payers, API clients, the audit trail, and answers kept for repeated requests."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from access.encryption import EncryptedTextField


class UserManager(BaseUserManager["User"]):
    """Users are told apart by their email, without case."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person who works here. Logs in by email; reads in their own time zone and language."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=12, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[assignment,misc]

    def __str__(self) -> str:
        return self.name or self.email


class Payer(models.Model):
    """Who paid for tests and owns their results (ITEP.md section 1)."""

    code = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    contact = EncryptedTextField(blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name or self.code


class Scope(models.TextChoices):
    """What an API client may do (DESIGN.md section 7)."""

    PROVISION = "provision"
    READ = "read"
    RESULTS = "results"
    SECRETS = "secrets"


class ApiClient(models.Model):
    """A system that calls the API. Without payers it sees everything; with them, theirs only."""

    name = models.CharField(max_length=100, unique=True)
    scopes = models.JSONField(default=list)
    payers = models.ManyToManyField(Payer, blank=True, related_name="clients")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """One key of a client. Only its digest is kept; the key itself is shown once."""

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="keys")
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.prefix}..."


class ActorKind(models.TextChoices):
    """Who can be the author of a change."""

    USER = "user"
    CLIENT = "client"
    CANDIDATE = "candidate"
    ITEP = "itep"
    COMMAND = "command"
    SYSTEM = "system"


class AuditEntry(models.Model):
    """One act on one subject: who, what, when, by what evidence. Append-only (a trigger says so).

    The trail is also the story of a test ID (`test_id`) and the timeline of a fulfillment (`oid`). It holds oids, field
    names, numbers and digests, never names, addresses or passwords; a person's own words stand encrypted in `reason`.
    `number` is given after commit by one sealer, so that a feed by number never skips a row.
    """

    at = models.DateTimeField(default=timezone.now, editable=False)
    number = models.BigIntegerField(null=True, editable=False)
    actor_kind = models.CharField(max_length=12, choices=ActorKind.choices)
    # Without an index: nobody asks for all acts of one author, and bulk work writes a hundred thousand rows at once.
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    client = models.ForeignKey(ApiClient, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.CharField(max_length=64, blank=True)
    verb = models.CharField(max_length=64)
    oid = models.UUIDField(null=True)
    test_id = models.CharField(max_length=64, blank=True)
    product = models.CharField(max_length=64, blank=True)
    subject = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)
    reason = EncryptedTextField(blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number"], name="audit_number", condition=Q(number__isnull=False)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["oid"], name="audit_oid", condition=Q(oid__isnull=False)),
            models.Index(fields=["test_id"], name="audit_test_id", condition=~Q(test_id="")),
            models.Index(fields=["subject"], name="audit_subject", condition=~Q(subject="")),
            models.Index(fields=["id"], name="audit_unsealed", condition=Q(number__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"


class IdempotentAnswer(models.Model):
    """The first answer to a request with an `Idempotency-Key`, given again to its repeats for 24 hours."""

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="+")
    route = models.CharField(max_length=100)
    key_digest = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = EncryptedTextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["client", "route", "key_digest"], name="one_answer_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.status}"

"""API clients' keys: made once and shown once, found by their digest, bounded by scopes and payers."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from access import audit
from access.actors import Actor
from access.encryption import keyed_digest
from access.models import ApiClient, ApiKey, Payer, Scope

if TYPE_CHECKING:
    from rest_framework.views import APIView

PREFIX = "itep_"
USE_NOTED_EVERY = timedelta(minutes=1)


class Caller:
    """`request.user` of an API request: authenticated, and no person."""

    is_authenticated = True
    is_active = True
    is_anonymous = False
    is_staff = False
    is_superuser = False
    pk = None

    def __init__(self, client: ApiClient) -> None:
        self.client = client

    def __str__(self) -> str:
        return self.client.name


class BearerKey(BaseAuthentication):
    """`Authorization: Bearer <key>`; `request.auth` is the client."""

    def authenticate(self, request: Request) -> tuple[Any, ApiClient] | None:
        scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        client = client_of(key.strip())
        if client is None:
            raise exceptions.AuthenticationFailed("The API key is unknown, expired or revoked.")
        return Caller(client), client

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="iTEP fulfillment"'


def HasScope(scope: Scope) -> type[BasePermission]:  # noqa: N802 - reads as the class it makes
    """A permission that asks for a scope: `permission_classes = [HasScope(Scope.READ)]`."""

    class Permission(BasePermission):
        message = f"The scope {scope} is needed."

        def has_permission(self, request: Request, view: APIView) -> bool:
            return has_scope(request.auth, scope)

    return Permission


def has_scope(client: object, scope: Scope) -> bool:
    """Whether the caller is an API client with that scope."""
    return isinstance(client, ApiClient) and scope.value in client.scopes


def visible_payers(client: ApiClient) -> QuerySet[Payer] | None:
    """The payers whose things the client sees; None: everything."""
    payers = client.payers.all()
    return payers if payers.exists() else None


def client_of(key: str) -> ApiClient | None:
    """The active client of a key that is valid now; notes the use, at most once a minute."""
    now = timezone.now()
    valid = Q(revoked_at__isnull=True) & (Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    found = (
        ApiKey.objects.filter(valid, digest=_digest(key), client__is_active=True).select_related("client").first()
        if key.startswith(PREFIX)
        else None
    )
    if found is None:
        return None
    _note_use(found, now)
    return found.client


def _note_use(key: ApiKey, now: datetime) -> None:
    if key.last_used_at is None or key.last_used_at < now - USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def _digest(key: str) -> str:
    return keyed_digest(key, purpose="api-key")


@transaction.atomic
def make_key(client: ApiClient, *, actor: Actor | None = None, expires_at: datetime | None = None) -> str:
    """A new key of the client, to be shown once: only its digest is kept. Its other keys stay valid."""
    key = PREFIX + secrets.token_urlsafe(32)
    made = ApiKey.objects.create(client=client, prefix=key[:12], digest=_digest(key), expires_at=expires_at)
    audit.record(
        actor=actor or Actor.system("api keys"),
        verb="api_key.made",
        subject=client.name,
        detail={"key": made.prefix, "expires": expires_at.isoformat() if expires_at else None},
    )
    return key


@transaction.atomic
def revoke_key(*, key: ApiKey, actor: Actor) -> bool:
    """The key opens nothing from now on. False: it was revoked before."""
    revoked = ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
    if revoked:
        audit.record(actor=actor, verb="api_key.revoked", subject=key.client.name, detail={"key": key.prefix})
    return bool(revoked)

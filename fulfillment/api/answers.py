"""What the API says of a fulfillment, by what its caller may see."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from rest_framework import serializers

from access.api_keys import has_scope
from access.models import ApiClient, AuditEntry, Scope
from fulfillment import links
from fulfillment.models import Fulfillment, State
from inventory import claims
from inventory.models import Delivery
from itep.statuses import Status


class CandidateOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    email = serializers.CharField(allow_null=True)
    external_id = serializers.CharField(allow_null=True)
    language = serializers.CharField(allow_null=True)


class LinksOut(serializers.Serializer[Any]):
    self = serializers.URLField()
    page = serializers.URLField(help_text="For staff.")
    candidate_page = serializers.URLField(allow_null=True, help_text="Needs the scope `secrets`: it shows the test ID.")


class FulfillmentOut(serializers.Serializer[Any]):
    """A fulfillment as the API tells it; only for its description in the schema."""

    oid = serializers.UUIDField(allow_null=True, help_text="Null in a dry run.")
    state = serializers.ChoiceField(choices=State.choices)
    itep_status = serializers.ChoiceField(choices=[(one.value, one.value) for one in Status], allow_null=True)
    test_id = serializers.CharField(allow_null=True, help_text="Null before `assigned`.")
    test_password = serializers.CharField(allow_null=True, help_text="Needs the scope `secrets`.")
    product = serializers.CharField()
    candidate = CandidateOut()
    payer = serializers.CharField(allow_null=True)
    delivery = serializers.ChoiceField(choices=Delivery.choices)
    reference = serializers.CharField(allow_null=True)
    deadline = serializers.DateField(allow_null=True)
    metadata = serializers.DictField()
    reason = serializers.CharField(allow_null=True, help_text="Why it waits or failed, and what can be done.")
    links = LinksOut(allow_null=True)
    created_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)
    assigned_at = serializers.DateTimeField(allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class PageOut(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class FulfillmentPageOut(PageOut):
    results = FulfillmentOut(many=True)


class BulkResultOut(serializers.Serializer[Any]):
    """`fulfillment` or `error`, never both."""

    index = serializers.IntegerField(help_text="The item's place in the request, from 0.")
    status = serializers.IntegerField(help_text="As if the item had come alone.")
    fulfillment = FulfillmentOut(required=False)
    error = serializers.DictField(required=False, help_text="A problem.")


class BulkOut(serializers.Serializer[Any]):
    results = BulkResultOut(many=True)


class EventOut(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="Pass the last one as `after`.")
    at = serializers.DateTimeField()
    type = serializers.CharField()
    oid = serializers.UUIDField(allow_null=True)
    product = serializers.CharField(allow_null=True)
    test_id = serializers.CharField(allow_null=True, help_text="Needs the scope `secrets`.")
    detail = serializers.DictField()


class EventPageOut(PageOut):
    results = EventOut(many=True)


def fulfillment(one: Fulfillment, client: ApiClient) -> dict[str, Any]:
    """The answer of DESIGN.md section 7. Whoever reads a test ID knows it from then on, and the claim says so."""
    test_id, password = _secrets(one, client)
    if test_id or password:
        _told(one)
    return _about(one) | {"test_id": test_id, "test_password": password, "links": _links(one, client)}


def not_kept(one: Fulfillment) -> dict[str, Any]:
    """What would have come of a dry run: no oid, no times, since nothing was kept."""
    unknown = (
        "oid",
        "created_at",
        "updated_at",
        "assigned_at",
        "sent_at",
        "ended_at",
        "test_id",
        "test_password",
        "links",
    )
    return _about(one) | dict.fromkeys(unknown)


def event(entry: AuditEntry, client: ApiClient) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": entry.at,
        "type": entry.verb,
        "oid": str(entry.oid) if entry.oid else None,
        "product": entry.product or None,
        "test_id": entry.test_id or None if has_scope(client, Scope.SECRETS) else None,
        "detail": entry.detail,
    }


def _about(one: Fulfillment) -> dict[str, Any]:
    return {
        "oid": str(one.oid),
        "state": one.state,
        "itep_status": one.itep_status or None,
        "product": one.product.code,
        "candidate": {
            "name": one.name,
            "email": one.email or None,
            "external_id": one.external_id or None,
            "language": one.language or None,
        },
        "payer": one.payer.code if one.payer else None,
        "delivery": one.delivery,
        "reference": one.reference or None,
        "deadline": one.deadline,
        "metadata": one.metadata,
        "reason": one.reason or None,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "assigned_at": one.assigned_at,
        "sent_at": one.sent_at,
        "ended_at": one.ended_at,
    }


def _secrets(one: Fulfillment, client: ApiClient) -> tuple[str | None, str | None]:
    """Test ID and password, as far as iTEP has confirmed them and the caller may have them."""
    row = one.claim.current
    if row is None or one.assigned_at is None:
        return None, None
    trusted = has_scope(client, Scope.SECRETS)
    test_id = row.test_id if trusted or one.delivery != Delivery.NONE else None
    return test_id, (row.password or None) if trusted else None


@transaction.atomic
def _told(one: Fulfillment) -> None:
    if one.claim.told_at is None:
        claims.told(oid=one.oid)


def _links(one: Fulfillment, client: ApiClient) -> dict[str, str | None]:
    base = settings.PORTAL_URL.rstrip("/")
    secret = links.page_url(one) if has_scope(client, Scope.SECRETS) else ""
    return {
        "self": base + reverse("api-fulfillment", args=[one.oid]),
        "page": base + reverse("candidate", args=[one.oid]),
        "candidate_page": secret or None,
    }

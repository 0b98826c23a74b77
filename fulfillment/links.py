"""The candidate's own link: random, found by its digest, kept encrypted so that a resent mail carries the same."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from access.encryption import keyed_digest
from fulfillment.models import Fulfillment


def new_token() -> str:
    """192 random bits, safe in an address."""
    return secrets.token_urlsafe(24)


def digest_of(token: str) -> str:
    return keyed_digest(token, purpose="link")


def page_path(fulfillment: Fulfillment) -> str:
    return reverse("candidate_page", args=[fulfillment.link_token])


def staff_url(oid: UUID) -> str:
    """The absolute address of the candidate's page for staff."""
    return settings.PORTAL_URL.rstrip("/") + reverse("candidate", args=[oid])


def page_url(fulfillment: Fulfillment) -> str:
    """The absolute address of the candidate's page; "" where there is no link."""
    return settings.PORTAL_URL.rstrip("/") + page_path(fulfillment) if fulfillment.link_token else ""

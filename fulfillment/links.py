"""The candidate's own link: random, found by its digest, kept encrypted so that a resent mail carries the same."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.urls import reverse

from access.encryption import keyed_digest
from fulfillment.models import Fulfillment


def new_token() -> str:
    """192 random bits, safe in an address."""
    return secrets.token_urlsafe(24)


def digest_of(token: str) -> str:
    return keyed_digest(token, purpose="link")


def renew(fulfillment: Fulfillment) -> None:
    """A link of its own; one that it had before leads nowhere from now on. Whoever calls this saves both fields."""
    fulfillment.link_token = new_token()
    fulfillment.link_digest = digest_of(fulfillment.link_token)


def page_path(fulfillment: Fulfillment) -> str:
    return reverse("candidate_page", args=[fulfillment.link_token])


def page_url(fulfillment: Fulfillment) -> str:
    """The absolute address of the candidate's page; "" where there is no link."""
    return settings.PORTAL_URL.rstrip("/") + page_path(fulfillment) if fulfillment.link_token else ""

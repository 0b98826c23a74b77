"""The candidate's own link: random, found by its digest, kept encrypted so that a resent mail carries the same.

A short code, reckoned from the token, opens the same page for whoever cannot open the link. Both end with the test.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from access.encryption import keyed_digest
from fulfillment import over
from fulfillment.models import Fulfillment

KEPT_DAYS = 90  # a link outlives its test by so long, so that the candidate can read how it ended
CODE_LENGTH = 10  # of 32 letters: 50 bits, and guessing is slowed down (`guessing`)
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without what is misread: I, L, O, U
_MISREAD = str.maketrans("ILO", "110")


def new_token() -> str:
    """192 random bits, safe in an address."""
    return secrets.token_urlsafe(24)


def renew(fulfillment: Fulfillment) -> None:
    """A link and a code of its own; those that it had lead nowhere from now on. Whoever calls this saves all three."""
    fulfillment.link_token = new_token()
    fulfillment.link_digest = digest_of(fulfillment.link_token)
    fulfillment.code_digest = _code_digest(code_of(fulfillment.link_token))


def digest_of(token: str) -> str:
    return keyed_digest(token, purpose="link")


def code_of(token: str) -> str:
    """The code that belongs to a token, as a mail shows it: `7Q4MX-K2P9D`; "" for ""."""
    if not token:
        return ""
    number, letters = int(sha256(f"link-code {token}".encode()).hexdigest(), 16), []  # the same whatever our keys are
    for _ in range(CODE_LENGTH):
        number, rest = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[rest])
    half = CODE_LENGTH // 2
    return f"{''.join(letters[:half])}-{''.join(letters[half:])}"


def find(token: str) -> Fulfillment | None:
    """Whose link it is; None where it is nobody's, was revoked, or has ended: the three are never told apart."""
    return _live(_rows().filter(link_digest=digest_of(token)).first())


def find_by_code(typed: str) -> Fulfillment | None:
    """As `find`, by the code as a person types it. A code of a revoked link leads nowhere, whoever revoked it."""
    code = _tidy(typed)
    found = list(_rows().filter(code_digest=_code_digest(code))[:2]) if code else []
    if len(found) != 1 or code_of(found[0].link_token) != code:
        return None
    return _live(found[0])


def page_path(fulfillment: Fulfillment) -> str:
    return reverse("candidate_page", args=[fulfillment.link_token])


def staff_url(oid: UUID) -> str:
    """The absolute address of the candidate's page for staff."""
    return settings.PORTAL_URL.rstrip("/") + reverse("candidate", args=[oid])


def page_url(fulfillment: Fulfillment) -> str:
    """The absolute address of the candidate's page; "" where there is no link."""
    return settings.PORTAL_URL.rstrip("/") + page_path(fulfillment) if fulfillment.link_token else ""


def code_url() -> str:
    """Where a code is typed."""
    return settings.PORTAL_URL.rstrip("/") + reverse("candidate_code")


def ends_at(fulfillment: Fulfillment) -> datetime:
    """When link and code end."""
    return over.at(fulfillment) + timedelta(days=KEPT_DAYS)


def _rows() -> QuerySet[Fulfillment]:
    return Fulfillment.objects.select_related("claim", "product", "payer", "seat__sitting")


def _live(one: Fulfillment | None) -> Fulfillment | None:
    return None if one is None or ends_at(one) < timezone.now() else one


def _tidy(typed: str) -> str:
    """ "7q4mx k2p9d" is `7Q4MX-K2P9D`; "" where it can be no code."""
    letters = "".join(one for one in typed.upper().translate(_MISREAD) if one.isalnum())
    half = CODE_LENGTH // 2
    return f"{letters[:half]}-{letters[half:]}" if len(letters) == CODE_LENGTH else ""


def _code_digest(code: str) -> str:
    return keyed_digest(code, purpose="link-code-lookup")

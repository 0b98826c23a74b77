"""To whom a post belongs: our OID, else an ID that a person joined to a request, else nobody here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from django.db.models import Q

from fulfillment.models import Fulfillment
from inventory import claims, mirror
from inventory.models import AssignedToRecord, Claim, ClaimState, Holding, Standing, TestID, WordSource
from inventory.models.claims import WrittenBy
from itep.webhook import ResultPost
from webhooks.models import Why


@dataclass(frozen=True, slots=True)
class Ours:
    """The post is about this fulfillment's test."""

    fulfillment: Fulfillment


@dataclass(frozen=True, slots=True)
class Outside:
    """The post is about a test that the portal did not give."""


@dataclass(frozen=True, slots=True)
class SetApart:
    """A person has to look; `reason` is for them."""

    why: Why
    reason: str


Place: TypeAlias = Ours | Outside | SetApart


def place(post: ResultPost, *, test_id: str, at: datetime, source: str) -> Place:
    """Where the post belongs; confirms an unconfirmed claim of ours, and takes a used ID out of the stock."""
    fulfillment = _by_oid(post)
    if fulfillment is not None:
        return _by_our_oid(fulfillment, test_id=test_id, at=at, source=source)
    before = TestID.objects.filter(test_id=test_id).select_related("holder").first()
    if before is None or (before.holder is None and before.standing == Standing.OUTSIDE):
        return Outside()
    if before.holder is not None:
        return _by_holder(before, before.holder)
    return _not_held(before, mirror_word=(post, at, source))


def _by_oid(post: ResultPost) -> Fulfillment | None:
    if post.oid is None:
        return None
    return Fulfillment.objects.filter(oid=post.oid).select_related("claim", "payer", "product").first()


def _by_our_oid(fulfillment: Fulfillment, *, test_id: str, at: datetime, source: str) -> Place:
    """A confirmed or ended claim keeps its ID; any other is confirmed, unless somebody else may have the ID."""
    claim = Claim.objects.get(pk=fulfillment.claim_id)
    had = claim.current
    if claim.state in (ClaimState.CONFIRMED, ClaimState.ENDED) and had is not None and had.test_id != test_id:
        # It is in use at iTEP, whosever it is: nobody else may get it.
        claims.leave_stock(oid=fulfillment.oid, test_id=test_id, at=at, source=source)
        return SetApart(
            Why.OTHER_ID, f"OID {fulfillment.oid} is ours, with test ID {had.test_id}; the post names {test_id}."
        )
    confirmed = claims.confirm_by_webhook(oid=fulfillment.oid, test_id=test_id, at=at, source=source)
    if confirmed.conflict:
        return SetApart(Why.CONFLICT, f"OID {fulfillment.oid} is ours, test ID {test_id}: {confirmed.reason}")
    return Ours(Fulfillment.objects.select_related("claim", "payer", "product").get(pk=fulfillment.pk))


def _by_holder(row: TestID, claim: Claim) -> Place:
    """Without our OID an ID alone is trusted where a person said that it belongs to the request."""
    joined = row.holding == Holding.CURRENT and claim.state == ClaimState.CONFIRMED and _by_a_person(claim, row.test_id)
    fulfillment = Fulfillment.objects.filter(claim=claim).select_related("claim", "payer", "product").first()
    if joined and fulfillment is not None:
        return Ours(fulfillment)
    return SetApart(
        Why.HELD_OTHERWISE, f"Request {claim.oid} holds test ID {row.test_id}, and the post does not carry its OID."
    )


def _by_a_person(claim: Claim, test_id: str) -> bool:
    """Whether it was adopted, or confirmed by hand."""
    by_a_person = Q(written_by__in=(WrittenBy.ADOPTED, WrittenBy.PERSON)) | Q(
        confirmed_by__startswith=WordSource.PERSON
    )
    return AssignedToRecord.objects.filter(
        by_a_person, claim=claim, test_id=test_id, confirmed_at__isnull=False
    ).exists()


def _not_held(row: TestID, *, mirror_word: tuple[ResultPost, datetime, str]) -> SetApart:
    post, at, source = mirror_word
    was_in_stock = row.is_available
    mirror.heard_by_webhook(test_id=row.test_id, status=post.status, status_raw=post.status_raw, at=at, source=source)
    if was_in_stock:
        return SetApart(
            Why.IN_STOCK, f"Test ID {row.test_id} was in stock here, and is in use at iTEP: taken out of the stock."
        )
    return SetApart(Why.NOT_HELD, f"Test ID {row.test_id} is in the mirror, and no request here has it.")

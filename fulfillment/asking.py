"""What a candidate asks of staff on their own page. It changes nothing by itself; a person decides."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from access.models import AuditEntry
from fulfillment import locks
from fulfillment.models import CandidateRequest, Fulfillment

LONGEST = 1000  # of what is sent at a time
LONGEST_OF_ALL = 4000
MOST_A_DAY = 10


class TooManyRequests(Exception):
    """Staff have enough to read from this candidate for a day."""


@transaction.atomic
def ask(*, oid: UUID, kind: CandidateRequest.Kind, text: str = "") -> CandidateRequest:
    """Keeps the request for staff: at most one of a kind is open, and what is sent again is added to it.

    Raises TooManyRequests.
    """
    one = locks.fulfillment(oid)
    since = timezone.now() - timedelta(days=1)
    if AuditEntry.objects.filter(oid=oid, verb="candidate.asked", at__gt=since).count() >= MOST_A_DAY:
        raise TooManyRequests
    request = one.requests.filter(handled_at__isnull=True, kind=kind).first() or CandidateRequest(
        fulfillment=one, kind=kind
    )
    request.text = _added(request.text, text.strip()[:LONGEST])
    request.save()
    audit.record(
        actor=Actor.candidate(),
        verb="candidate.asked",
        oid=oid,
        product=one.product.code,
        subject=f"request {request.pk}",
        detail={"kind": kind.value},
    )
    return request


def _added(before: str, text: str) -> str:
    """What was written first stays first. The same once more (a page sent twice) says nothing new."""
    if not text or text in before:
        return before
    return f"{before}\n\n{text}".strip()[:LONGEST_OF_ALL]


def latest(one: Fulfillment) -> list[CandidateRequest]:
    """What the candidate asked: the latest of each kind, in the order of asking."""
    by_kind = {request.kind: request for request in one.requests.order_by("pk")}
    return sorted(by_kind.values(), key=lambda request: request.pk)


@transaction.atomic
def handled(*, request_id: int, actor: Actor) -> CandidateRequest:
    """A person has seen to it. Raises CandidateRequest.DoesNotExist."""
    request = CandidateRequest.objects.select_related("fulfillment__product").get(pk=request_id)
    if request.handled_at is None:
        request.handled_at, request.handled_by = timezone.now(), actor.user
        request.save(update_fields=["handled_at", "handled_by"])
        audit.record(
            actor=actor,
            verb="candidate.request_handled",
            oid=request.fulfillment.oid,
            product=request.fulfillment.product.code,
            subject=f"request {request.pk}",
            detail={"kind": request.kind},
        )
    return request

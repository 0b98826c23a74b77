"""What a candidate asks of staff on their own page. It changes nothing by itself; a person decides."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from fulfillment import locks
from fulfillment.models import CandidateRequest

MOST_OPEN = 5
LONGEST = 1000


class TooManyRequests(Exception):
    """Staff have enough to read from this candidate already."""


@transaction.atomic
def ask(*, oid: UUID, kind: CandidateRequest.Kind, text: str = "") -> CandidateRequest:
    """Keeps the request for staff. The same kind twice is one request, with the later words. Raises TooManyRequests."""
    one = locks.fulfillment(oid)
    still_open = one.requests.filter(handled_at__isnull=True)
    if still_open.count() >= MOST_OPEN:
        raise TooManyRequests
    request, is_new = still_open.get_or_create(kind=kind, defaults={"fulfillment": one, "text": text[:LONGEST]})
    if not is_new:
        request.text = text[:LONGEST]
        request.save(update_fields=["text"])
    audit.record(
        actor=Actor.candidate(),
        verb="candidate.asked",
        oid=oid,
        product=one.product.code,
        subject=f"request {request.pk}",
        detail={"kind": kind.value},
    )
    return request


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

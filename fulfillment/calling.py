"""The call to iTEP that gives a candidate a test ID: begun, made, recorded; lost or late (DESIGN.md section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from fulfillment import assigned_to, holding, settling
from fulfillment.call_words import told
from fulfillment.calls import WAY
from fulfillment.models import Fulfillment
from fulfillment.position import Tried
from inventory import claims
from inventory.errors import ClaimMoved
from inventory.models import Claim, ClaimSource, ClaimState, Delivery
from itep import client
from itep.assigned_to import AssignedToTooLong
from itep.client import Call, CallRequest, Source
from outbox import backoff
from outbox import models as outbox
from outbox.models import Attempt, Entry
from outbox.registry import Answer, Outgoing, Rate, Reach, Verdict

_MARGIN_SECONDS = 15  # a lease outlasts its call by more than ten


@dataclass(frozen=True, slots=True)
class Work:
    """One call, and the revision of the claim under which it was begun."""

    oid: UUID
    revision: int
    source: str
    prepared: client.PreparedRequest
    key_digest: str


def prepare(entry: Entry, lease_until: datetime) -> Work | None:
    """Begins the call; None where none is due any more, and then says on the fulfillment how it stands."""
    assert entry.oid is not None
    one = Fulfillment.objects.select_related("claim", "product", "payer", "batch").get(oid=entry.oid)
    holding.check(one)
    # iTEP's mail goes out once: where only the text at iTEP was lost, it is written again without one.
    tells = one.delivery == Delivery.ITEP and not settling.was_sent(one, settling.held_by(one))
    source = f"call {entry.pk}"
    try:
        text = assigned_to.text_of(one)
        claim = claims.begin_call(
            oid=one.oid,
            text=text,
            until=lease_until,
            source=source,
            tells=tells,
            repeat=settling.may_repeat(one.claim),
        )
    except ClaimMoved:
        settling.settle(oid=one.oid, tried=Tried.ENDED)
        return None
    except AssignedToTooLong as error:
        settling.settle(oid=one.oid, tried=Tried.GIVEN_UP, note=assigned_to.why_too_long(one, error))
        return None
    settling.settle(oid=one.oid)
    return Work(one.oid, claim.revision, source, _request(one, claim, text, tells=tells), one.product.api_key_digest)


def _request(one: Fulfillment, claim: Claim, text: str, *, tells: bool) -> client.PreparedRequest:
    test_id = settling.held_by(one)
    request = CallRequest(
        call=Call.ASSIGN_AND_SEND if tells else Call.ASSIGN,
        product_code=one.product.code,
        api_key=one.product.api_key,
        test_id=test_id.test_id if test_id else None,
        source=Source.SALE if claim.source == ClaimSource.SALE else Source.INVENTORY,
        oid=one.oid,
        tracking_code=test_id.tracking_code if test_id else "",
        assigned_to=text,
    )
    return client.build(settings.ITEP_DIALECT, settings.ITEP_BASE_URL or "", request)


def perform(work: Work) -> Answer:
    dialect = settings.ITEP_DIALECT
    answer = client.send(dialect, work.prepared, dialect.behavior.timeout_seconds)
    return told(answer, request=client.masked(dialect, work.prepared))


def record(entry: Entry, attempt: Attempt, work: Work, answer: Answer) -> Verdict | None:
    """What the answer makes of claim, fulfillment and entry, all in this one transaction."""
    if answer.value is None:  # our own code failed in mid-air: nobody knows what arrived
        return _unknown(work.oid, work.revision, work.source)
    recorded = claims.record_answer(
        oid=work.oid, revision=work.revision, answer=answer.value, source=work.source, key_digest=work.key_digest
    )
    if recorded.moved:
        settling.settle(oid=work.oid, tried=Tried.ENDED)
        return Verdict.DONE
    if recorded.gave_up:
        settling.settle(oid=work.oid, tried=Tried.GIVEN_UP)
        return Verdict.DEAD
    if recorded.state == ClaimState.UNKNOWN:
        return _stay_unknown(entry, work, conflict=recorded.conflict)
    if recorded.state != ClaimState.RESERVED:
        settling.settle(oid=work.oid, tried=Tried.ENDED)
        return Verdict.DONE
    return _go_on(entry, work, answer, next_id=recorded.took_next)


def _stay_unknown(entry: Entry, work: Work, *, conflict: bool) -> Verdict:
    """Evidence or a person settles it; only where iTEP's calls are idempotent, the same call goes again."""
    again = not conflict and _has_tries(entry) and settling.may_repeat(Claim.objects.get(oid=work.oid))
    settling.settle(oid=work.oid, tried=Tried.PENDING if again else Tried.GIVEN_UP)
    return Verdict.RETRY if again else Verdict.UNKNOWN


def _has_tries(entry: Entry) -> bool:
    return entry.tries + 1 < backoff.outgoing_tries()


def _go_on(entry: Entry, work: Work, answer: Answer, *, next_id: bool) -> Verdict:
    """Still reserved: the next ID at once, the same one later, or a person."""
    if next_id:
        settling.settle(oid=work.oid, tried=Tried.PENDING)
        return Verdict.AGAIN
    if answer.value.outcome is client.Outcome.BAD_KEY:
        # The product is paused now: whoever resumes it has every reserved one called. Or the key was changed meanwhile,
        # and another call is due. Either way this entry has done its part.
        settling.settle(oid=work.oid, tried=Tried.ENDED)
        return Verdict.DONE
    if answer.outcome == outbox.Outcome.RETRY and (answer.reach == Reach.NEVER_LEFT or _has_tries(entry)):
        note = f"{answer.note} It is tried again by itself."
        settling.settle(oid=work.oid, tried=Tried.PENDING, note=note)
        return Verdict.RETRY
    settling.settle(oid=work.oid, tried=Tried.GIVEN_UP, note=answer.note)
    return Verdict.DEAD


def _unknown(oid: UUID, revision: int, source: str) -> Verdict:
    claims.call_lost(oid=oid, revision=revision, source=source)
    settling.settle(oid=oid, tried=Tried.ENDED)
    return Verdict.UNKNOWN


def lost(entry: Entry, attempt: Attempt) -> None:
    """The worker died in mid-call: iTEP may have acted."""
    assert entry.oid is not None
    claim = Claim.objects.get(oid=entry.oid)
    if claim.state == ClaimState.CALLING:
        _unknown(entry.oid, claim.revision, f"call {entry.pk}")


def late(entry: Entry, attempt: Attempt, work: Work, answer: Answer) -> Verdict | None:
    """An outcome after the lease was lost may settle an unknown, nothing else."""
    if answer.value is None:
        return None
    recorded = claims.record_answer(oid=work.oid, revision=work.revision, answer=answer.value, source=work.source)
    settling.settle(oid=work.oid)
    return Verdict.DONE if recorded.state == ClaimState.CONFIRMED else None


def pace(entry: Entry) -> Rate | None:
    """Calls with the same API key share one pace, whatever the product and the worker."""
    assert entry.oid is not None
    one = Fulfillment.objects.select_related("product").get(oid=entry.oid)
    return Rate(f"itep {one.product.api_key_digest[:32]}", settings.ITEP_DIALECT.behavior.per_second)


def outgoing() -> Outgoing:
    """What the outbox needs to know of these calls; the dialect says how long one may take."""
    return Outgoing(
        prepare=prepare,
        perform=perform,
        record=record,
        lost=lost,
        late=late,
        pace=pace,
        way=WAY,
        lease_seconds=int(settings.ITEP_DIALECT.behavior.timeout_seconds) + _MARGIN_SECONDS,
    )

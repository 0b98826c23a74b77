"""The call to iTEP that gives a candidate a test ID: begun, made, recorded; lost or late (DESIGN.md section 4)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings

from fulfillment import assigned_to, holding, settling
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
from outbox.registry import Answer, Outgoing, Rate, Verdict

_MARGIN_SECONDS = 15  # a lease outlasts its call by more than ten
_OUTCOMES = {
    client.Outcome.CONFIRMED: outbox.Outcome.DONE,
    client.Outcome.RETRY: outbox.Outcome.RETRY,
    client.Outcome.UNKNOWN: outbox.Outcome.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Work:
    """One call, and the revision of the claim under which it was begun."""

    oid: UUID
    revision: int
    source: str
    prepared: client.PreparedRequest
    person: tuple[str, ...] = field(default=(), repr=False)  # what iTEP may repeat, and no note must


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
    person = tuple(filter(None, (one.email, one.name, one.external_id)))
    return Work(one.oid, claim.revision, source, _request(one, claim, text, tells=tells), person)


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
    return Answer(
        outcome=_OUTCOMES.get(answer.outcome, outbox.Outcome.REFUSED),
        status=answer.status,
        note=_without_person(answer.error, work.person),
        request=client.masked(dialect, work.prepared),
        answer=_without_password(answer),
        retry_after=answer.retry_after,
        value=answer,
    )


def _without_person(text: str, person: tuple[str, ...]) -> str:
    """Notes stand in clear; iTEP may say whom it refuses."""
    for one in filter(lambda known: len(known) > 2, person):  # masking shorter ones would only garble the text
        text = re.sub(re.escape(one), client.MASK, text, flags=re.IGNORECASE)
    return text


def _without_password(answer: client.Answer) -> str:
    return answer.body.replace(answer.password, client.MASK) if answer.password else answer.body


def record(entry: Entry, attempt: Attempt, work: Work, answer: Answer) -> Verdict | None:
    """What the answer makes of claim, fulfillment and entry, all in this one transaction."""
    if answer.value is None:  # our own code failed in mid-air: nobody knows what arrived
        return _unknown(work.oid, work.revision, work.source)
    recorded = claims.record_answer(oid=work.oid, revision=work.revision, answer=answer.value, source=work.source)
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
        # The product is paused now. Whoever resumes it has every reserved one called, so this entry has done its part.
        settling.settle(oid=work.oid, tried=Tried.ENDED)
        return Verdict.DONE
    if answer.outcome == outbox.Outcome.RETRY and _has_tries(entry):
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
        lease_seconds=int(settings.ITEP_DIALECT.behavior.timeout_seconds) + _MARGIN_SECONDS,
    )

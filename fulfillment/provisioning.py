"""Giving a test: one candidate, one product, one transaction. Every door ends here."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from access import audit
from access.actors import Actor
from access.models import ActorKind, ApiClient, Payer
from fulfillment import (
    assigned_to,
    candidates,
    deadlines,
    duplicates,
    earlier_results,
    links,
    payers,
    seating,
    settling,
)
from fulfillment.candidates import Candidate
from fulfillment.earlier_results import EarlierResult
from fulfillment.errors import BadRequest, DuplicateCandidate, FieldError, HasEarlierResult
from fulfillment.models import Batch, Fulfillment, Origin, Sitting, State
from inventory import claims
from inventory.models import Delivery, Product
from itep.assigned_to import AssignedToTooLong

MOST_METADATA = 50
LONGEST_METADATA = 500


@dataclass(frozen=True, slots=True)
class WouldBe:
    """What giving would have come to."""

    fulfillment: Fulfillment
    state: State
    reason: str


@transaction.atomic
def give(
    *,
    product: Product,
    candidate: Candidate,
    actor: Actor,
    origin: Origin,
    delivery: str | None = None,
    payer: Payer | str | None = None,
    reference: str = "",
    deadline: date | None = None,
    metadata: Mapping[str, Any] | None = None,
    note: str = "",
    allow_duplicate: bool = False,
    allow_earlier_result: bool = False,
    wait: bool = True,
    client: ApiClient | None = None,
    batch: Batch | None = None,
    sitting: Sitting | None = None,
    accommodation: str = "",
    oid: UUID | None = None,
) -> Fulfillment:
    """A test of `product` for `candidate`: reserved and its call queued, or waiting in line; nothing is called here.

    `payer` may be named by its code. `deadline` is the last day, to its end where the organization is; of a
    `sitting`, whose seat is taken with it, its own day. `oid` is new.
    Raises BadRequest with all that is wrong, UnknownPayer, DuplicateCandidate, HasEarlierResult,
    and with `wait=False` NoInventory.
    """
    paid_by = payers.payer_of(payer, client=client)
    one = Fulfillment(
        oid=oid or uuid.uuid4(),
        product=product,
        payer=paid_by,
        reference=candidates.tidy_text(reference),
        metadata=dict(metadata or {}),
        note=note.strip(),
        deadline=deadline,
        delivery=delivery or product.delivery,
        origin=origin,
        started_by=actor.user if actor.kind == ActorKind.USER else None,
        client=client,
        batch=batch,
        state=State.WAITING,
    )
    set_person(one, candidates.tidy(candidate))
    errors = list(seating.reserve(one, sitting)) if sitting is not None else []
    if errors := [*errors, *faults(one)]:
        raise BadRequest(errors)
    although = _known(one, client)
    although.check(allow_duplicate=allow_duplicate, allow_earlier_result=allow_earlier_result)
    _tell(one, actor, although)
    one.claim = claims.open_claim(oid=one.oid, product=product, outlive=one.deadline, actor=actor, wait=wait)
    links.renew(one)
    settling.settle_new(one)
    seating.reserved(one, actor=actor, accommodation=accommodation)
    return one


def would_give(**asked: Any) -> WouldBe:
    """What `give` would come to, by doing it and taking it back: so the two cannot differ. Raises as `give` does."""
    with transaction.atomic():
        one = give(**asked)
        found = WouldBe(one, State(one.state), one.reason)
        transaction.set_rollback(True)
    return found


def candidate_of(one: Fulfillment) -> Candidate:
    return Candidate(one.name, one.email, one.external_id, one.language)


def set_person(one: Fulfillment, candidate: Candidate) -> None:
    one.name, one.email = candidate.name, candidate.email
    one.external_id, one.language = candidate.external_id, candidate.language
    one.person_digest = candidates.person_digest(candidate)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the person has of this product already; it is given all the same only where somebody said yes to each."""

    open_test: Fulfillment | None
    earlier: EarlierResult | None

    def check(self, *, allow_duplicate: bool, allow_earlier_result: bool) -> None:
        asked = None if allow_earlier_result else self.earlier
        if self.open_test is not None and not allow_duplicate:
            raise DuplicateCandidate(self.open_test.oid, asked)
        if asked is not None:
            raise HasEarlierResult(asked)

    @property
    def detail(self) -> dict[str, str]:
        """For the trail."""
        found = {"although_open": self.open_test, "although_result": self.earlier}
        return {why: str(known.oid) for why, known in found.items() if known}


def _known(one: Fulfillment, client: ApiClient | None) -> _Known:
    product, person, payer = one.product, candidate_of(one), one.payer
    return _Known(
        duplicates.guard(product=product, candidate=person, payer=payer, client=client),
        earlier_results.find(product=product, candidate=person, payer=payer, client=client),
    )


def _tell(one: Fulfillment, actor: Actor, although: _Known) -> None:
    audit.record(
        actor=actor,
        verb="fulfillment.requested",
        oid=one.oid,
        product=one.product.code,
        detail={"origin": one.origin, "delivery": one.delivery} | although.detail,
    )


def faults(one: Fulfillment, *, today: date | None = None) -> Iterator[FieldError]:
    """What is wrong with a fulfillment as it is asked for. `today` where the organization is, for who asks of many."""
    if one.delivery not in Delivery.values:
        yield FieldError("delivery", f"One of: {', '.join(Delivery.values)}.")
    yield from faults_of_person(one, needs_email=one.delivery in (Delivery.PORTAL, Delivery.ITEP))
    if one.deadline is not None and one.deadline < (today or deadlines.today()):
        yield FieldError("deadline", "The deadline is in the past.")
    yield from _metadata_faults(one.metadata)


def faults_of_person(one: Fulfillment, *, needs_email: bool) -> Iterator[FieldError]:
    """What is wrong with whom it is for, and with what of it goes to iTEP."""
    yield from candidates.faults(candidate_of(one), needs_email=needs_email)
    yield from candidates.text_faults("reference", one.reference, 200)
    try:
        text = assigned_to.text_of(one)
    except AssignedToTooLong as error:
        yield FieldError("candidate.name", assigned_to.why_too_long(one, error))
        return
    if field := assigned_to.names_another_test(one, text):
        yield FieldError(field, "It holds the oid of another test: in Assigned-to at iTEP the two would be mixed up.")


def _metadata_faults(metadata: Mapping[str, Any]) -> Iterator[FieldError]:
    """It is passed on as it is: short keys with plain values, so that it stays readable wherever it goes."""
    if len(metadata) > MOST_METADATA:
        yield FieldError("metadata", f"At most {MOST_METADATA} keys.")
    for key, value in metadata.items():
        if not isinstance(value, str | int | float | bool | None):
            yield FieldError(f"metadata.{key}", "A text, a number, true, false or null.")
        elif "\0" in f"{key}{value}":
            yield FieldError("metadata", "It has characters that cannot be printed.")
        elif len(str(key)) > 100 or len(str(value)) > LONGEST_METADATA:
            yield FieldError("metadata", f"At most 100 characters a key, {LONGEST_METADATA} a value.")

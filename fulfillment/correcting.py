"""Who it is for, put right. What stands at iTEP stays as it was written there, until a person writes it anew."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from access.models import Payer
from fulfillment import assigned_to, candidates, duplicates, locks, mailing, provisioning, rules, settling
from fulfillment.errors import BadRequest, DuplicateCandidate, NotNow
from fulfillment.models import Fulfillment
from inventory import claims
from inventory.models import Delivery
from itep.assigned_to import AssignedToTooLong

PERSON = {"name", "email", "external_id", "payer"}  # by which duplicates are told
IN_MAIL = {"name", "email", "language"}


class Correction(TypedDict, total=False):
    """What to set; what is left out stays as it is."""

    name: str
    email: str
    external_id: str
    language: str
    payer: Payer | None
    reference: str
    note: str


@transaction.atomic
def correct(
    *, oid: UUID, change: Correction, actor: Actor, allow_duplicate: bool = False, to_write: bool = False
) -> Fulfillment:
    """Sets what differs. A mail that is on its way is written anew; a call that is still to come carries the new text.

    `to_write`: somebody is to write the corrected text at iTEP, where the old one stands.
    Raises NotNow, BadRequest, DuplicateCandidate; then nothing has changed.
    """
    before = Fulfillment.objects.select_related("claim", "product", "payer").get(oid=oid)
    if why := rules.why_not_correct(before):
        raise NotNow(why)
    had_email, changed = bool(before.email), _set(before, change)
    if not changed:
        return before
    if errors := list(provisioning.faults_of_person(before, needs_email=had_email and _is_mailed(before))):
        raise BadRequest(errors)
    if not allow_duplicate and PERSON & changed:
        _guard(before)
    queued = mailing.withdraw(locks.queued_mails(oid) if IN_MAIL & changed else [], why="Written anew, corrected.")
    one = locks.fulfillment(oid)
    _set(one, change)
    if to_write and text_at_itep_differs(one):
        one.rewrite_since = one.rewrite_since or timezone.now()
    one.save()
    audit.record(
        actor=actor,
        verb="fulfillment.corrected",
        oid=oid,
        product=one.product.code,
        detail={"fields": sorted(changed)},
    )
    if queued:
        mailing.write(one, kind=queued)
    return settling.settle(oid=oid)


def text_at_itep_differs(one: Fulfillment) -> bool:
    """Whether the text that stands at iTEP, or may, is not what would be written now."""
    record = one.claim.assigned_to_records.filter(confirmed_at__isnull=False).last()
    try:
        return record is not None and record.text != assigned_to.text_of(one)
    except AssignedToTooLong:
        return False


@transaction.atomic
def wrote(*, oid: UUID, actor: Actor) -> Fulfillment:
    """A person has put the corrected text into Assigned-to at iTEP. Raises NotNow."""
    try:
        claims.text_rewritten(oid=oid, text=assigned_to.text_for(oid), actor=actor)
    except claims.ClaimMoved as moved:
        raise NotNow(moved.why) from moved
    return _no_longer_due(oid)


@transaction.atomic
def leave(*, oid: UUID, actor: Actor) -> Fulfillment:
    """The old text may stay at iTEP: nobody is reminded of it any more."""
    one = _no_longer_due(oid)
    audit.record(actor=actor, verb="fulfillment.text_left", oid=oid, product=one.product.code)
    return one


def _no_longer_due(oid: UUID) -> Fulfillment:
    one = locks.fulfillment(oid)
    one.rewrite_since = None
    one.save(update_fields=["rewrite_since", "updated_at"])
    return one


def _guard(one: Fulfillment) -> None:
    person = provisioning.candidate_of(one)
    first = duplicates.guard(product=one.product, candidate=person, payer=one.payer, client=None, but=one.oid)
    if first is not None:
        raise DuplicateCandidate(first.oid)


def _is_mailed(one: Fulfillment) -> bool:
    return one.delivery in (Delivery.PORTAL, Delivery.ITEP)


def _set(one: Fulfillment, change: Correction) -> set[str]:
    """Sets what differs, made tidy. Returns the names of the fields."""
    person = candidates.tidy(
        candidates.Candidate(
            change.get("name", one.name),
            change.get("email", one.email),
            change.get("external_id", one.external_id),
            change.get("language", one.language),
        )
    )
    wanted = {
        "name": person.name,
        "email": person.email,
        "external_id": person.external_id,
        "language": person.language,
        "payer": change.get("payer", one.payer),
        "reference": candidates.tidy_text(change.get("reference", one.reference)),
        "note": change.get("note", one.note).strip(),
    }
    changed = {name for name, value in wanted.items() if getattr(one, name) != value}
    for name in changed:
        setattr(one, name, wanted[name])
    one.person_digest = candidates.person_digest(person)
    return changed

"""Another deadline, later or earlier. It is ours alone: at iTEP nothing changes by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from access import audit
from access.actors import Actor
from fulfillment import deadlines, locks, mailing, rules, settling
from fulfillment.errors import BadRequest, FieldError, NotNow
from fulfillment.models import Fulfillment, LetterKind
from inventory import claims
from inventory.models import Delivery


@dataclass(frozen=True, slots=True)
class Extended:
    """What came of it. `is_told`: a mail with the new deadline goes out; `exchanged`: an ID that outlives it, reserved
    instead of one that does not."""

    fulfillment: Fulfillment
    is_told: bool
    exchanged: str


@transaction.atomic
def extend(*, oid: UUID, deadline: date | None, actor: Actor, reason: str = "", tell: bool = True) -> Extended:
    """`deadline` None: there is none any more. Raises NotNow, BadRequest; the deadline that it has changes nothing."""
    before = Fulfillment.objects.select_related("claim", "product").get(oid=oid)
    if why := rules.why_not_extend(before):
        raise NotNow(why)
    if deadlines.is_over(deadline):
        raise BadRequest([FieldError("deadline", "The deadline is in the past.")])
    if deadline == before.deadline:
        return Extended(before, is_told=False, exchanged="")
    exchanged = claims.outlive(oid=oid, day=deadline, actor=actor)
    queued = mailing.withdraw(locks.queued_mails(oid), why="Written anew, with the new deadline.")
    one = locks.fulfillment(oid)
    was, one.deadline = one.deadline, deadline
    one.save(update_fields=["deadline", "updated_at"])
    _record(one, was, actor, reason)
    kind = LetterKind.DEADLINE_MOVED if tell and knows_the_deadline(one) else queued
    if kind:
        mailing.write(one, kind=kind)
    return Extended(settling.settle(oid=oid), bool(kind), exchanged)


def knows_the_deadline(one: Fulfillment) -> bool:
    """Whether the candidate was told the old one by us or by iTEP, and can be told the new one."""
    reachable = bool(one.email) and one.delivery != Delivery.NONE and not one.claim.conflict_because
    return reachable and settling.was_sent(one, settling.held_by(one))


def why_it_does_not_matter(one: Fulfillment) -> str:
    """Why no deadline matters any more; "" while the test is still to come."""
    return rules.why_not_extend(one)


def expires_before(one: Fulfillment, day: date | None) -> date | None:
    """Until when its test ID is valid, if that ends before the day; None if it does not, or nobody knows."""
    held = settling.held_by(one)
    return held.valid_until if held and day and claims.expires_before(held, day) else None


def _record(one: Fulfillment, was: date | None, actor: Actor, reason: str) -> None:
    audit.record(
        actor=actor,
        verb="fulfillment.extended",
        oid=one.oid,
        product=one.product.code,
        reason=reason,
        detail={"was": was.isoformat() if was else "", "deadline": one.deadline.isoformat() if one.deadline else ""},
    )

"""What a person or a system may ask of a fulfillment later: each act with its rule, and why not where it is refused."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from access import audit
from access.actors import Actor
from fulfillment import candidates, correcting, locks, mailing, rules, settling
from fulfillment.errors import NotCancellable, NotRepeatable, NotResendable
from fulfillment.models import Fulfillment, LetterKind
from inventory import claims
from inventory.claims import Cancelled
from inventory.errors import ClaimMoved
from outbox import entries


@transaction.atomic
def cancel(*, oid: UUID, actor: Actor, reason: str) -> Fulfillment:
    """Cancelled now, or as soon as iTEP's answer is known (DESIGN.md section 6). Raises NotCancellable."""
    if why := rules.why_not_cancel(_look(oid)):
        raise NotCancellable(why)
    came_to = claims.cancel(oid=oid, actor=actor, reason=reason)
    one = settling.settle(oid=oid)
    audit.record(
        actor=actor,
        verb="fulfillment.cancel_asked",
        oid=oid,
        product=one.product.code,
        detail={"came_to": Cancelled(came_to).value},
        reason=reason,
    )
    return one


@transaction.atomic
def resend(*, oid: UUID, actor: Actor, reason: str, about: LetterKind = LetterKind.INSTRUCTIONS) -> Fulfillment:
    """Our mail once more, with the same link. Never iTEP's call (DESIGN.md section 6). Raises NotResendable.

    `about`: what is new to the candidate; a test ID that was replaced goes before it.
    """
    one = locks.fulfillment(oid)
    if why := rules.why_not_resend(one):
        raise NotResendable(why)
    first = mailing.first_kind(one)
    mailing.write(one, kind=about if first == LetterKind.INSTRUCTIONS else first)
    audit.record(actor=actor, verb="fulfillment.resend_asked", oid=oid, product=one.product.code, reason=reason)
    return settling.settle(oid=oid)


@transaction.atomic
def send_again(*, oid: UUID, email: str, actor: Actor, reason: str) -> Fulfillment:
    """As `resend`, to a corrected address where a new one is given. Raises BadRequest, NotResendable."""
    if email and candidates.tidy_text(email) != _look(oid).email:
        correcting.correct(oid=oid, change={"email": email}, actor=actor, allow_duplicate=True)
    return resend(oid=oid, actor=actor, reason=reason)


@transaction.atomic
def call_again(*, oid: UUID, actor: Actor) -> Fulfillment:
    """A call that was given up is made anew, with the next ID where five were refused. Raises NotRepeatable."""
    try:
        claims.try_again(oid=oid, actor=actor)
    except ClaimMoved as error:
        raise NotRepeatable(error.why) from error
    entries.no_longer_needed(kind=settling.CALL, oid=oid, dead_too=True)
    return settling.settle(oid=oid)


@transaction.atomic
def say_done_at_itep(*, oid: UUID, actor: Actor, test_id: str = "", password: str = "") -> Fulfillment:
    """A person looked at iTEP, or wrote it there: it is assigned."""
    claims.done_at_itep(oid=oid, actor=actor, test_id=test_id, password=password)
    return settling.settle(oid=oid)


@transaction.atomic
def say_not_done_at_itep(*, oid: UUID, actor: Actor) -> Fulfillment:
    """A person looked at iTEP: it is not assigned. It is called again, or done by hand."""
    claims.not_done_at_itep(oid=oid, actor=actor)
    return settling.settle(oid=oid)


def _look(oid: UUID) -> Fulfillment:
    """Without a lock: the claim is locked first, and judges by itself."""
    return Fulfillment.objects.select_related("claim", "product").get(oid=oid)

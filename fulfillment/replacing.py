"""A spoiled test ID is replaced: the candidate gets another one, and is told that the old one no longer counts."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from access import audit
from access.actors import Actor
from fulfillment import locks, mailing, rules, settling
from fulfillment.errors import BadRequest, FieldError, NotNow
from fulfillment.models import Fulfillment
from inventory import claims
from inventory.errors import ClaimMoved
from inventory.models import Delivery


@transaction.atomic
def replace(*, oid: UUID, actor: Actor, reason: str, aside: bool = False, asker_is_told: bool = False) -> Fulfillment:
    """Another ID for the same request; a new call follows, and a new mail once iTEP has confirmed it.

    `aside`: the old one is broken, and nobody is ever to get it. `asker_is_told`: where the asker hands the ID out, a
    person says that they learn of it. Raises NotNow, BadRequest, ReasonNeeded.
    """
    one = Fulfillment.objects.select_related("claim", "product").get(oid=oid)
    if why := rules.why_not_replace(one):
        raise NotNow(why)
    if one.delivery == Delivery.NONE and not asker_is_told:
        raise BadRequest([FieldError("asker_is_told", "Whoever asked for it hands the test ID out: tell them first.")])
    try:
        given_up = claims.replace(oid=oid, actor=actor, reason=reason, aside=aside)
    except ClaimMoved as moved:
        raise NotNow(moved.why) from moved
    mailing.withdraw(locks.queued_mails(oid), why="The test ID was replaced.")
    return _begin_anew(oid, given_up, actor, reason)


def _begin_anew(oid: UUID, given_up: str, actor: Actor, reason: str) -> Fulfillment:
    """What iTEP said of the old ID says nothing of the new one."""
    one = locks.fulfillment(oid)
    if why := rules.why_it_was_taken(one):  # a post of iTEP was quicker
        raise NotNow(why)
    if one.claim.told_at is not None:
        one.forget_test_id = given_up
    one.assigned_at = one.itep_status_at = None
    one.itep_status = one.itep_status_raw = one.itep_status_by = ""
    one.save()
    audit.record(
        actor=actor,
        verb="fulfillment.replaced",
        oid=oid,
        test_id=given_up,
        product=one.product.code,
        reason=reason,
    )
    return settling.settle(oid=oid)

"""It did not arrive: it never reached them, or it reached somebody else. Two things that look alike, and are not."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from access import audit
from access.actors import Actor
from fulfillment import acts, correcting, links, locks, mailing, replacing, rules, settling
from fulfillment.errors import BadRequest, FieldError, NotNow
from fulfillment.models import Fulfillment
from inventory.errors import ReasonNeeded


@transaction.atomic
def never_reached_them(*, oid: UUID, email: str, actor: Actor, reason: str = "") -> Fulfillment:
    """Test ID and link stay the same; the mail goes again, to a corrected address where it differs.

    Raises NotNow, BadRequest.
    """
    _check(oid, email)
    correcting.correct(oid=oid, change={"email": email}, actor=actor, allow_duplicate=True)
    if mailing.is_on_its_way(oid):  # written anew just now, or not gone out yet: that one arrives
        return _tell(oid, "fulfillment.never_reached", actor, reason)
    acts.resend(oid=oid, actor=actor, reason=reason)
    return _tell(oid, "fulfillment.never_reached", actor, reason)


@transaction.atomic
def it_reached_somebody_else(
    *, oid: UUID, email: str, actor: Actor, reason: str, replace: bool = False, aside: bool = False
) -> Fulfillment:
    """The link that somebody else has leads nowhere from now on; the candidate gets a new one, at a corrected address.

    `replace`: a new test ID as well, since that person could use the old one. Raises NotNow, BadRequest, ReasonNeeded.
    """
    _check(oid, email)
    if replace:  # its claim is locked first, as everywhere
        replacing.replace(oid=oid, actor=actor, reason=reason, aside=aside)
    elif not reason.strip():
        raise ReasonNeeded
    mailing.withdraw(locks.queued_mails(oid), why="The link was replaced.")
    one = locks.fulfillment(oid)
    links.renew(one)
    one.save()
    _tell(oid, "fulfillment.link_revoked", actor, reason)
    one = correcting.correct(oid=oid, change={"email": email}, actor=actor, allow_duplicate=True)
    if not replace:  # else the mail follows iTEP's word about the new ID
        mailing.write(one, kind=mailing.first_kind(one))
    return settling.settle(oid=oid)


def _check(oid: UUID, email: str) -> None:
    one = Fulfillment.objects.select_related("claim", "product").get(oid=oid)
    if why := rules.why_not_say_that_it_did_not_arrive(one):
        raise NotNow(why)
    if not email.strip():
        raise BadRequest([FieldError("candidate.email", "Where is it to be sent?")])


def _tell(oid: UUID, verb: str, actor: Actor, reason: str) -> Fulfillment:
    one = locks.fulfillment(oid)
    audit.record(actor=actor, verb=verb, oid=oid, product=one.product.code, reason=reason)
    return one

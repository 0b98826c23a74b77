"""A person gives up the confirmed ID of a request, which goes on with its next; or a deadline asks for another one."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from access import audit
from access.actors import Actor
from inventory import announcing, locks
from inventory.claims import moves, opening
from inventory.errors import ClaimMoved, ReasonNeeded
from inventory.models import Claim, ClaimState, Standing, TestID


@transaction.atomic
def replace(*, oid: UUID, actor: Actor, reason: str, aside: bool = False) -> str:
    """The confirmed ID becomes an earlier one, to be cleared at iTEP; the request takes its next, or waits in order.

    As if it had never been assigned: its call follows, a sale buys another one. `aside`: nobody ever gets the old one,
    not even once it is free. Returns the ID that was given up. Raises ReasonNeeded, ClaimMoved.
    """
    if not reason.strip():
        raise ReasonNeeded
    opening.lock_product_of(oid=oid)
    around = locks.around(oid=oid)
    claim, given_up = around.claim, around.current
    if why := why_not_replace(claim):
        raise ClaimMoved(oid, why)
    assert given_up is not None, "a confirmed claim has an ID"
    _give_up(claim, given_up, actor, reason, aside=aside)
    afresh = {"confirmed_at": None, "call_ended_at": None, "was_unknown": False, "by_hand": False, "refused_ids": 0}
    moves.move(claim, state=ClaimState.WAITING, **afresh, **moves.NO_CONFLICT)
    _go_on(claim, actor)
    return given_up.test_id


def why_not_replace(claim: Claim) -> str:
    """Why the request keeps its ID, and who can change that; "" if it may have another."""
    if claim.state == ClaimState.CALLING:
        return _("A call to iTEP is running. Its outcome comes by itself within seconds.")
    if claim.state == ClaimState.UNKNOWN and claim.by_hand:
        return _("Somebody has its text for iTEP in hand: say first whether it is done.")
    if claim.state == ClaimState.UNKNOWN:
        return _("iTEP's answer is not known. The next export tells, or whoever looks at iTEP says what they saw.")
    if claim.state == ClaimState.ENDED:
        return _("It is cancelled.")
    if claim.state != ClaimState.CONFIRMED:
        return _("iTEP has not confirmed a test ID yet: there is none to replace.")
    if claim.conflict_at is not None:
        return _("iTEP's word and ours do not agree: repair that first, under Unexplained differences.")
    return ""


@transaction.atomic
def outlive(*, oid: UUID, day: date | None, actor: Actor) -> str:
    """The request has another deadline: what it takes from now on outlives that day.

    An ID that it merely reserved, and that expires before, is exchanged where a better one is there; one that was
    called stays. Returns the ID that it took instead, "" where it took none.
    """
    around = locks.around(oid=oid)
    claim, current = around.claim, around.current
    moves.note(claim, outlive=day)
    if current is None or day is None or not _is_only_reserved(claim):
        return ""
    if not expires_before(current, day):
        return ""
    lasting = Q(valid_until__gte=day) | Q(valid_until__isnull=True)
    if not TestID.objects.available().filter(lasting, product_id=claim.product_id).exists():
        return ""
    moves.free(current)
    taken = locks.take_test_id(claim_id=claim.pk, product_id=claim.product_id, outlive=day)
    assert taken is not None, "its own was just freed"
    moves.move(claim, state=ClaimState.RESERVED)
    _tell(claim, "claim.exchanged", current.test_id, actor, following=taken.test_id)
    moves.reserved(claim, taken.test_id, actor)
    return taken.test_id


def expires_before(row: TestID, day: date) -> bool:
    """Whether the ID is no longer valid on that day."""
    return row.valid_until is not None and row.valid_until < day


def _is_only_reserved(claim: Claim) -> bool:
    """Nothing of it can stand at iTEP, and nobody knows its ID."""
    never_called = claim.call_began_at is None and not claim.assigned_to_records.exists()
    return claim.state == ClaimState.RESERVED and claim.confirmed_at is None and never_called


def _give_up(claim: Claim, row: TestID, actor: Actor, reason: str, *, aside: bool) -> None:
    now = timezone.now()
    moves.keep_as_earlier(row)
    moves.change(row, to_clear_since=now if row.standing == Standing.OURS else None)
    _tell(claim, "test_id.replaced", row.test_id, actor, reason=reason)
    if aside and row.set_aside_at is None:
        moves.change(row, set_aside_at=now)
        _tell(claim, "test_id.set_aside", row.test_id, actor, reason=reason)


def _go_on(claim: Claim, actor: Actor) -> None:
    """Reserved with its next, or in line: where it came before others it is served before them."""
    if opening.served_now(claim):
        current = claim.current
        moves.reserved(claim, current.test_id if current else "", actor)
        return
    _tell(claim, "claim.queued", "", actor)
    announcing.stock_grew(claim.product)  # as in open_claim: stock committed meanwhile must find it


def _tell(claim: Claim, verb: str, test_id: str, actor: Actor, *, reason: str = "", following: str = "") -> None:
    audit.record(
        actor=actor,
        verb=verb,
        oid=claim.oid,
        test_id=test_id,
        product=claim.product.code,
        reason=reason,
        detail={"next": following} if following else {},
    )

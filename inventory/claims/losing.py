"""A request loses the ID that it was assigned, by a person's word: single steps, on the locked scene of a repair."""

from __future__ import annotations

from django.utils import timezone

from access.actors import Actor
from inventory import announcing, locks
from inventory.claims import moves
from inventory.claims.scenes import Scene
from inventory.models import Claim, ClaimState, Holding, Standing, TestID
from inventory.repairs import Then


def lose(scene: Scene, claim: Claim, row: TestID, then: Then) -> None:
    """Its ID is an earlier one from now on: only row e's word or a person makes it somebody else's."""
    if then == Then.CANCEL or claim.cancel_wanted_at is not None:
        end(scene, claim)
        return
    moves.keep_as_earlier(row)
    scene.tell("test_id.replaced", claim)
    _take_next(claim, scene.actor)


def give_over(scene: Scene, claim: Claim, row: TestID, then: Then) -> None:
    """As `lose`, to another request here: released by the person whose reason stands beside it (rule 1)."""
    if claim.state != ClaimState.ENDED and row.holding == Holding.CURRENT:
        moves.change(row, holder=None, holding="")
        if then == Then.CANCEL or claim.cancel_wanted_at is not None:
            end(scene, claim)
        else:
            _take_next(claim, scene.actor)
    else:
        moves.change(row, holder=None, holding="")
    scene.tell("test_id.released", claim)


def end(scene: Scene, claim: Claim) -> None:
    moves.move(claim, state=ClaimState.ENDED, ended_at=timezone.now(), by_hand=False)
    scene.tell("claim.cancelled", claim)


def _take_next(claim: Claim, actor: Actor) -> None:
    """As if it had never been assigned: its next ID may be refused and replaced as any first one."""
    following = moves.take_next(
        claim, confirmed_at=None, call_ended_at=None, was_unknown=False, by_hand=False, refused_ids=0
    )
    if following:
        moves.reserved(claim, following, actor)
    elif claim.state == ClaimState.WAITING:
        announcing.stock_grew(claim.product)  # as in open_claim: stock committed meanwhile must find it


def unseat(scene: Scene, claim: Claim) -> None:
    """What it was confirmed with becomes an earlier ID, to be cleared at iTEP where our text stands in it."""
    if claim.state != ClaimState.CONFIRMED:
        return
    current = locks.around(oid=claim.oid).current
    if current is not None:
        left = timezone.now() if current.standing == Standing.OURS else None
        moves.change(current, holding=Holding.EARLIER, to_clear_since=left)
        scene.tell("test_id.replaced", claim, test_id=current.test_id)
    moves.move(claim, state=ClaimState.RESERVED, confirmed_at=None)

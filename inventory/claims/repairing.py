"""A person repairs an unexplained difference: each repair is one transaction, and says who, why and what they saw.

Claims that the difference is about are locked before its row and theirs, as everywhere. `seen` is the stamp of what the
person looked at: where an export, an answer or somebody else was quicker, nothing is changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from inventory import announcing, repairs, texts, unexplained
from inventory.claims import confirming, losing, moves
from inventory.claims.scenes import Scene, locked, strays
from inventory.claims.texts_kept import adopt_text, write_by_hand
from inventory.errors import NotPossible, ReasonNeeded
from inventory.models import Claim, ClaimSource, ClaimState, Holding, Standing, TestID
from inventory.pairs import BY_EXPORT
from inventory.reasons import CONTRADICTIONS
from inventory.repairs import Repair, Then


@dataclass(frozen=True, slots=True)
class Repaired:
    """The requests that were changed, for who must bring them in line; `ready_again`: iTEP's *Ready* was accepted."""

    oids: tuple[UUID, ...]
    ready_again: bool = False


@transaction.atomic
def write_again(*, test_id: str, actor: Actor, reason: str = "", seen: str = "") -> Repaired:
    """The request keeps its ID, and its text goes to iTEP once more: by a call, or by hand where that cannot be.

    Nothing else is claimed for it. Raises NotPossible.
    """
    scene = _scene(test_id, Repair.WRITE_AGAIN, actor, reason, seen)
    claim, row = scene.holder, scene.row
    assert claim is not None
    assert row is not None
    was_in_doubt = scene.facts.in_doubt
    moves.ready_again(row)
    if row.standing == Standing.OPEN and claim.source == ClaimSource.INVENTORY:
        moves.move(claim, state=ClaimState.RESERVED, call_ended_at=None)
    else:
        _into_hands(claim, row, actor)
    scene.tell("claim.written_again", claim)
    return _explained(scene, changed=[claim], ready_again=was_in_doubt)


@transaction.atomic
def accept(*, test_id: str, actor: Actor, reason: str, then: Then = Then.NEXT, seen: str = "") -> Repaired:
    """iTEP's word is right. A request whose ID is free or somebody else's there loses it, and takes its next or is
    cancelled; a product that changed is the request's as well; a test in doubt was not started.

    Raises NotPossible, ReasonNeeded.
    """
    scene = _scene(test_id, Repair.ACCEPT, actor, reason, seen)
    claim, row, facts = scene.holder, scene.row, scene.facts
    if row is not None:
        moves.ready_again(row)
        if row.set_aside_at is not None and facts.in_doubt:
            moves.change(row, set_aside_at=None)
            if row.is_available:
                announcing.stock_grew(row.product)
    changed = []
    if claim is not None and row is not None and facts.loses:
        changed = [claim]
        losing.lose(scene, claim, row, then)
    elif claim is not None and row is not None and facts.other_product and facts.live:
        changed = [claim]
        moves.move(claim, product=row.product)
    scene.tell("difference.accepted", claim)
    return _explained(scene, changed=changed, ready_again=facts.in_doubt)


@transaction.atomic
def keep_aside(*, test_id: str, actor: Actor, reason: str, seen: str = "") -> Repaired:
    """An ID that nobody here has was started by somebody: it stays out of the stock, by a person's word now."""
    scene = _scene(test_id, Repair.ACCEPT, actor, reason, seen)
    if scene.row is None or scene.row.set_aside_at is None or scene.facts.live:
        raise NotPossible(test_id, _("It is not set aside."))
    moves.ready_again(scene.row)
    scene.tell("test_id.set_aside", None)
    return _explained(scene, changed=[])


@transaction.atomic
def join(*, test_id: str, oid: UUID, actor: Actor, reason: str, then: Then = Then.NEXT, seen: str = "") -> Repaired:
    """The text in this ID belongs to the request: the ID is its own, and the text ours from now on.

    Another request that has the ID loses it, as in `accept`; another ID that this one had becomes an earlier one.
    Raises NotPossible, ReasonNeeded, Claim.DoesNotExist.
    """
    scene = _scene(test_id, Repair.JOIN, actor, reason, seen, oid=oid)
    claim = next(one for one in scene.claims if one.oid == oid)
    row, changed = scene.row, [claim]
    was_in_doubt = scene.facts.in_doubt
    if row is not None:
        moves.ready_again(row)
        if scene.holder is not None and scene.holder.pk != claim.pk:
            changed.append(scene.holder)
            losing.give_over(scene, scene.holder, row, then)
        adopt_text(claim, row, actor)
    if row is None or row.holder_id != claim.pk or row.holding != Holding.CURRENT or claim.state != "confirmed":
        losing.unseat(scene, claim)
        done = confirming.confirm(oid=oid, test_id=test_id, word=scene.word)
        if done.conflict:
            raise NotPossible(test_id, done.reason)
        claim.refresh_from_db()
    else:
        moves.change(row, standing=Standing.OURS, set_aside_at=None)
    # From now on it stands on a person's word: what a call once meant says nothing against it (judgement, `_known`).
    moves.move(claim, call_began_at=None, call_until=None, call_ended_at=None)
    _leave_behind(scene, claim)
    scene.tell("difference.joined", claim)
    return _explained(scene, changed=changed, ready_again=was_in_doubt)


@transaction.atomic
def free(*, test_id: str, actor: Actor, reason: str, seen: str = "") -> Repaired:
    """iTEP shows it free, and nobody is to have it any more: its request ends first, told or not.

    Raises NotPossible, ReasonNeeded.
    """
    scene = _scene(test_id, Repair.FREE, actor, reason, seen)
    claim, row = scene.holder, scene.row
    assert claim is not None
    assert row is not None
    was_in_doubt, changed = scene.facts.in_doubt, []
    if scene.facts.live:
        changed = [claim]
        losing.end(scene, claim)
    moves.ready_again(row)
    moves.change(row, to_clear_since=None, set_aside_at=None if was_in_doubt else row.set_aside_at)
    moves.free(row)
    scene.tell("test_id.released", claim)
    return _explained(scene, changed=changed, ready_again=was_in_doubt)


@transaction.atomic
def clear(*, test_id: str, actor: Actor, reason: str, seen: str = "") -> Repaired:
    """The text of ours is a leftover: a person clears it at iTEP. The request keeps what it has, this ID it gives up.

    Raises NotPossible, ReasonNeeded.
    """
    scene = _scene(test_id, Repair.CLEAR, actor, reason, seen)
    row = scene.row
    if row is not None:
        if row.holder_id is None and scene.others:
            moves.change(row, holder=scene.others[0], holding=Holding.EARLIER)
        moves.change(row, to_clear_since=row.to_clear_since or timezone.now())
    scene.tell("difference.to_clear", scene.others[0] if scene.others else scene.holder)
    return _explained(scene, changed=[])


def _leave_behind(scene: Scene, claim: Claim) -> None:
    """Other IDs that carry its text, as exports named them, are earlier ones: to be cleared at iTEP."""
    for row in strays(claim, scene):
        moves.change(row, holder=claim, holding=Holding.EARLIER, to_clear_since=timezone.now())
        scene.tell("difference.to_clear", claim, test_id=row.test_id)


def _scene(test_id: str, repair: Repair, actor: Actor, reason: str, seen: str, *, oid: UUID | None = None) -> Scene:
    """Everything locked, and the repair allowed as things stand now. Raises NotPossible, ReasonNeeded."""
    if not reason.strip() and repair != Repair.WRITE_AGAIN:
        raise ReasonNeeded
    scene = locked(test_id, actor, reason)
    if seen and seen != unexplained.stamp(scene.row, scene.claims):
        raise NotPossible(test_id, _("Something changed since you looked. Look again, then decide."))
    why = repairs.why_not(scene.facts)[repair]
    if oid is not None and oid not in {one.oid for one in scene.facts.joinable}:
        why = why or _("This test ID cannot be said to be that request's.")
    if why:
        raise NotPossible(test_id, why)
    return scene


def _explained(scene: Scene, *, changed: list[Claim], ready_again: bool = False) -> Repaired:
    """Nothing contradicts these requests any more; the room above brings them in line."""
    for claim in scene.claims:
        if claim.conflict_at is not None and claim.conflict_test_id in (scene.test_id, ""):
            moves.note(claim, **moves.NO_CONFLICT)
            _look_elsewhere(claim, scene)
    announcing.look_again({one.pk: one for one in [*scene.claims, *changed]}.values())
    oids = tuple(dict.fromkeys(one.oid for one in [*changed, *scene.claims]))
    return Repaired(oids, ready_again)


def _look_elsewhere(claim: Claim, scene: Scene) -> None:
    """A request keeps one contradiction: where exports left its text on more IDs than this, the next of them."""
    left = strays(claim, scene)
    if left and claim.state == ClaimState.CONFIRMED:
        because = f"{BY_EXPORT} {CONTRADICTIONS['c.another_id']}"
        confirming.note_conflict(claim, because=because, test_id=left[0].test_id, word=scene.word, rule="c.another_id")


def _into_hands(claim: Claim, row: TestID, actor: Actor) -> None:
    """A person writes the text at iTEP: where something stands in it, or without our stock, no call can do it."""
    now = timezone.now()
    moves.move(claim, state=ClaimState.UNKNOWN, by_hand=True, call_began_at=now, call_until=now, call_ended_at=None)
    if text := texts.text_for(claim.oid):
        write_by_hand(claim, test_id=row.test_id, text=text, actor=actor)

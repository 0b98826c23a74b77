"""What an applied export does to claims, one ID at a time, its claim and row locked."""

from __future__ import annotations

from django.db.models import Q

from access.actors import Actor
from inventory import claims, locks, mirror_writing
from inventory.claims import moves
from inventory.claims.moves import Word
from inventory.judgement import Effect, Judgement
from inventory.models import Claim, PlanRow, TestID, Upload, WordSource
from inventory.pairs import BY_EXPORT, Pair
from inventory.planning import source_of
from inventory.reasons import CONTRADICTIONS


def carry_out(upload: Upload, row: PlanRow, pair: Pair, judgement: Judgement, actor: Actor) -> str:
    """Writes the row's fields, and moves its claims. Returns why not, "" if all went well. Raises ClaimMoved."""
    assert upload.exported_at is not None
    word = Word(WordSource.EXPORT, upload.exported_at, actor, source_of(upload, row))
    effects = judgement.effects
    if Effect.CONFIRM in effects or Effect.JOIN in effects:
        return _confirm(upload, row, pair, judgement, word)
    mirror_writing.write_one(upload, row, pair, judgement)
    if Effect.TAKE_NEXT in effects:
        _take_next(pair, word)
    if Effect.NOT_ARRIVED in effects and pair.claim:
        claims.not_arrived(oid=pair.claim.oid, word=word)
    if Effect.FREE in effects:
        moves.free(_row(pair))
    if Effect.UNEXPLAINED in effects:
        _contradict(pair, judgement, word)
    if Effect.EXPLAINED in effects and pair.claim:
        moves.note(locks.claim(oid=pair.claim.oid), conflict_at=None, conflict_because="")
    return ""


def _confirm(upload: Upload, row: PlanRow, pair: Pair, judgement: Judgement, word: Word) -> str:
    """The claim first, since it says who holds the ID; then what iTEP says of it, to the letter."""
    assert pair.claim is not None
    if pair.mirror and pair.mirror.holder and pair.mirror.holder.state_on(pair.test_id) == "ended":
        moves.free(_row(pair))  # never told to anybody (judgement, row c)
    confirmed = claims.confirm(oid=pair.claim.oid, test_id=pair.test_id, word=word)
    if confirmed.conflict:
        return confirmed.reason
    mirror_writing.write_one(upload, row, pair, judgement)
    return ""


def _take_next(pair: Pair, word: Word) -> None:
    """Whoever merely reserved the ID goes on. What made it lose the ID is written already."""
    test_id = _row(pair)
    if test_id.holder_id is not None:
        holder = locks.claims(Q(pk=test_id.holder_id))[0]
        moves.displace(holder, test_id, word)


def _contradict(pair: Pair, judgement: Judgement, word: Word) -> None:
    """Every claim that this row speaks against: the text's, and the ID's holder."""
    because = f"{BY_EXPORT} {CONTRADICTIONS[judgement.rule]}"
    concerned = {one.id for one in (pair.row.ours if pair.row else ())}
    if pair.mirror and pair.mirror.holder and pair.mirror.holder.current == pair.test_id:
        concerned.add(pair.mirror.holder.id)
    for claim in Claim.objects.filter(pk__in=concerned).order_by("id").values_list("oid", flat=True):
        claims.note_conflict(locks.claim(oid=claim), because=because, test_id=pair.test_id, word=word)


def _row(pair: Pair) -> TestID:
    return locks.test_ids(Q(test_id=pair.test_id))[0]

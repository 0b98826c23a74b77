"""What an applied export does to claims, one ID at a time, its claim and row locked."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from access import audit
from access.actors import Actor
from inventory import announcing, claims, locks, mirror_writing, sources
from inventory.claims import moves
from inventory.claims.moves import Word
from inventory.judgement import Effect, Judgement
from inventory.models import Claim, ClaimState, PlanRow, TestID, Upload, WordSource
from inventory.pairs import BY_EXPORT, Pair
from inventory.reasons import CONTRADICTIONS


def carry_out(upload: Upload, row: PlanRow, pair: Pair, judgement: Judgement, actor: Actor) -> str:
    """Writes the row's fields, and moves its claims. Returns why not, "" if all went well. Raises ClaimMoved."""
    assert upload.exported_at is not None
    word = Word(WordSource.EXPORT, upload.exported_at, actor, sources.in_export(upload.pk, row.sheet, row.row))
    effects = judgement.effects
    if Effect.CONFIRM in effects or Effect.JOIN in effects:
        return _confirm(upload, row, pair, judgement, word)
    if Effect.IN_DOUBT in effects and not _in_use(pair):
        _keep_from_stock(pair, word)
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
        _explain(locks.claim(oid=pair.claim.oid))
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
    """Every claim that this row speaks against: the text's, and the ID's holder.

    Not one that is calling: its answer is on the way, and the next export tells whether the two agree.
    """
    because = f"{BY_EXPORT} {CONTRADICTIONS[judgement.rule]}"
    concerned = {one.id for one in (pair.row.ours if pair.row else ())}
    if pair.mirror and pair.mirror.holder and pair.mirror.holder.current == pair.test_id:
        concerned.add(pair.mirror.holder.id)
    for claim in locks.claims(Q(pk__in=concerned)):
        if claim.state != ClaimState.CALLING:
            claims.note_conflict(claim, because=because, test_id=pair.test_id, word=word, rule=judgement.rule)
    if Effect.IN_DOUBT in judgement.effects:
        _doubt(pair, because, word)


def _doubt(pair: Pair, because: str, word: Word) -> None:
    """Tells results: it takes nothing back by itself, and asks a person."""
    holder = pair.mirror.holder if pair.mirror and pair.mirror.holder else None
    oid = pair.claim.oid if pair.claim and holder and holder.current == pair.test_id else None
    announcing.result_in_doubt(test_id=pair.test_id, oid=oid, why=because, source=word.source)


def _in_use(pair: Pair) -> bool:
    """Whether a request has it now, which is asked about it then."""
    holder = pair.mirror.holder if pair.mirror else None
    return holder is not None and holder.current == pair.test_id


def _keep_from_stock(pair: Pair, word: Word) -> None:
    """Somebody started a test with it: a person has to take it back before anybody else gets it (rule 1)."""
    row = _row(pair)
    if row.set_aside_at is None:
        moves.change(row, set_aside_at=timezone.now())
        audit.record(
            actor=word.actor,
            verb="test_id.set_aside",
            test_id=row.test_id,
            product=row.product.code,
            source=word.source,
            detail={"why": f"{BY_EXPORT} {CONTRADICTIONS['d.in_doubt']}"},
        )


def _explain(claim: Claim) -> None:
    moves.note(claim, **moves.NO_CONFLICT)
    announcing.look_again([claim])


def _row(pair: Pair) -> TestID:
    return locks.test_ids(Q(test_id=pair.test_id))[0]

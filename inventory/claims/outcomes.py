"""What each outcome of a call makes of its claim (DESIGN.md sections 4.5 and 6)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db.models import F
from django.utils import timezone

from access import audit
from inventory import alarms, announcing, locks, products
from inventory.claims import confirming, ending, moves
from inventory.claims.moves import Word
from inventory.models import Claim, ClaimSource, ClaimState, Product, Standing, TestID
from itep.client import Answer, Outcome

MOST_IDS_TRIED = 5
REFUSALS_THAT_PAUSE = 10


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of the claim. `moved`: something else had been quicker, and the answer came too late for it."""

    state: ClaimState
    took_next: bool = False
    conflict: bool = False
    gave_up: bool = False
    moved: bool = False


def record(claim: Claim, answer: Answer, word: Word, *, key_digest: str = "") -> Recorded:
    """The claim is calling, and this is its call's answer; `key_digest` of the API key with which it was made."""
    if answer.outcome == Outcome.CONFIRMED and answer.test_id:
        return _confirmed(claim, answer, word)
    if answer.outcome in (Outcome.UNKNOWN, Outcome.CONFIRMED) or claim.was_unknown:
        # After an attempt that may have arrived, even a refusal may be the echo of its success.
        leave_unknown(claim, word, verb="call.unknown", answer=answer)
        return Recorded(ClaimState.UNKNOWN)
    _tell(claim, f"call.{_PAST[answer.outcome]}", _current(claim), word, answer)
    if answer.outcome == Outcome.UNAVAILABLE:
        return _unavailable(claim, word)
    if answer.outcome == Outcome.BAD_KEY and key_digest in ("", claim.product.api_key_digest):
        # Not where the key was changed while the call ran: the new one may be good.
        products.pause_key(product=claim.product, because="iTEP refused the API key of this product.", actor=word.actor)
    return _back_to_reserved(claim, word)


def record_late(claim: Claim, answer: Answer, word: Word) -> Recorded:
    """The claim has moved on since the call. A confirmation settles an unknown, and nothing else."""
    if answer.outcome != Outcome.CONFIRMED or not answer.test_id:
        return Recorded(ClaimState(claim.state), moved=True)
    if claim.state == ClaimState.UNKNOWN:
        return replace(_confirmed(claim, answer, word), moved=True)
    if claim.state in (ClaimState.CONFIRMED, ClaimState.ENDED):
        done = confirming.confirm(oid=claim.oid, test_id=answer.test_id, word=word, password=answer.password or "")
        return Recorded(ClaimState(claim.state), conflict=done.conflict, moved=True)
    return Recorded(ClaimState(claim.state), moved=True)


def leave_unknown(claim: Claim, word: Word, *, verb: str, answer: Answer | None = None) -> None:
    """The call may have arrived. From now on no other ID is ever taken for this request."""
    ended = timezone.now() if answer is not None else None
    moves.move(claim, state=ClaimState.UNKNOWN, was_unknown=True, call_ended_at=ended)
    _tell(claim, verb, _current(claim), word, answer)


_PAST = {
    Outcome.UNAVAILABLE: "found_unavailable",
    Outcome.BAD_KEY: "refused_by_key",
    Outcome.REFUSED: "refused",
    Outcome.RETRY: "put_off",
}


def _confirmed(claim: Claim, answer: Answer, word: Word) -> Recorded:
    assert answer.test_id
    done = confirming.confirm(oid=claim.oid, test_id=answer.test_id, word=word, password=answer.password or "")
    claim.refresh_from_db(fields=["state", "revision"])
    return Recorded(ClaimState(claim.state), conflict=done.conflict)


def _back_to_reserved(claim: Claim, word: Word) -> Recorded:
    """iTEP surely did nothing."""
    now = timezone.now()
    if claim.cancel_wanted_at:
        moves.note(claim, call_ended_at=now)
        return _cancelled(claim, _current(claim), word)
    moves.move(claim, state=ClaimState.RESERVED, call_ended_at=now)
    return Recorded(ClaimState.RESERVED)


def _unavailable(claim: Claim, word: Word) -> Recorded:
    """The ID is not to be had: the next one, at most five, then a person. Many in a row pause the product."""
    if claim.source != ClaimSource.INVENTORY or claim.confirmed_at is not None:
        # One that is written again keeps its ID: its candidate knows it, and only a person takes it away.
        return replace(_back_to_reserved(claim, word), gave_up=True)
    row, now = _current(claim), timezone.now()
    if row is not None:
        moves.change(row, holder=None, holding="")
        moves.say(row, word, standing=Standing.REFUSED)
    _count_refusal(claim.product, word)
    moves.note(claim, refused_ids=claim.refused_ids + 1, call_ended_at=now)
    if claim.cancel_wanted_at:
        return _cancelled(claim, None, word)
    if claim.refused_ids >= MOST_IDS_TRIED:
        moves.move(claim, state=ClaimState.RESERVED)
        return Recorded(ClaimState.RESERVED, gave_up=True)
    following = moves.take_next(claim)
    if following:
        moves.reserved(claim, following, word.actor)
    elif claim.state == ClaimState.WAITING:
        announcing.stock_grew(claim.product)  # as in open_claim: stock committed meanwhile must find it
    return Recorded(ClaimState(claim.state), took_next=bool(following))


def _count_refusal(product: Product, word: Word) -> None:
    Product.objects.filter(pk=product.pk).update(refusals_in_a_row=F("refusals_in_a_row") + 1)
    product.refresh_from_db(fields=["refusals_in_a_row"])
    if product.refusals_in_a_row >= REFUSALS_THAT_PAUSE:
        because = (
            f"iTEP found {product.refusals_in_a_row} test IDs in a row unavailable: the stock here looks out of date."
        )
        if products.pause(product=product, because=because, actor=word.actor):
            alarms.paused(codes=[product.code], because=because)


def _cancelled(claim: Claim, current: TestID | None, word: Word) -> Recorded:
    ending.carry_out(claim, current=current, arrived=False, actor=word.actor, source=word.source)
    announcing.claim_changed(claim)
    return Recorded(ClaimState.ENDED)


def _current(claim: Claim) -> TestID | None:
    return locks.around(oid=claim.oid).current


def _tell(claim: Claim, verb: str, row: TestID | None, word: Word, answer: Answer | None) -> None:
    detail = {"status": answer.status} if answer is not None and answer.status is not None else {}
    audit.record(
        actor=word.actor,
        verb=verb,
        oid=claim.oid,
        test_id=row.test_id if row else "",
        product=claim.product.code,
        source=word.source,
        detail=detail,
    )

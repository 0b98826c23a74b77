"""The call to iTEP as the claim knows it: begun, answered, or lost."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from inventory import locks, pauses
from inventory.claims import moves, outcomes
from inventory.claims.moves import Word
from inventory.claims.outcomes import Recorded
from inventory.errors import ClaimMoved
from inventory.models import Claim, ClaimSource, ClaimState, Product, WordSource
from inventory.models.claims import WrittenBy
from inventory.products import works_by_hand
from itep.client import Answer

WORKER = Actor.system("worker")


@transaction.atomic
def begin_call(
    *, oid: UUID, text: str, until: datetime, source: str, tells: bool = False, repeat: bool = False
) -> Claim:
    """reserved -> calling, in the transaction that writes the attempt as begun; `text` is what goes to iTEP.

    `until` is the expiry of the call's lease. `tells`: with this call iTEP sends the ID, so that from now on somebody
    may know it. `repeat`: an unknown call is made again with the same ID, which only an idempotent dialect allows.
    Raises ClaimMoved, and changes nothing, where no call may be made.
    """
    around = locks.around(oid=oid)
    claim, current = around.claim, around.current
    locks.begin_call(product_id=claim.product_id)
    claim.product = Product.objects.get(pk=claim.product_id)  # as it is now: it was joined before we waited for locks
    if refusal := _why_no_call(claim, has_id=current is not None, repeat=repeat):
        raise ClaimMoved(oid, refusal)
    now = timezone.now()
    told_at = claim.told_at or (now if tells else None)
    moves.move(
        claim, state=ClaimState.CALLING, call_began_at=now, call_until=until, call_ended_at=None, told_at=told_at
    )
    test_id = current.test_id if current else ""
    moves.write_text(claim, test_id=test_id, text=text, by=WrittenBy.CALL, source=source)
    audit.record(actor=WORKER, verb="call.begun", oid=oid, test_id=test_id, product=claim.product.code, source=source)
    return claim


@transaction.atomic
def record_answer(*, oid: UUID, revision: int, answer: Answer, source: str, key_digest: str = "") -> Recorded:
    """What iTEP's answer makes of the claim. `revision` is that under which the call was begun, `key_digest` its key's.

    Where something else was quicker (an export in mid-call, a lease that expired), the answer changes nothing but an
    unknown that it confirms, and a password that it brings.
    """
    # All that the answer may touch is locked at once: taking more later would cross with an answer that names our ID.
    claim = locks.around(oid=oid, test_id=answer.test_id or "").claim
    word = Word(WordSource.ANSWER, timezone.now(), Actor.itep("answer"), source)
    if claim.state == ClaimState.CALLING and claim.revision == revision:
        return outcomes.record(claim, answer, word, key_digest=key_digest)
    return outcomes.record_late(claim, answer, word)


@transaction.atomic
def call_lost(*, oid: UUID, revision: int, source: str) -> bool:
    """calling -> unknown: the call's lease expired without an outcome. False if the claim had moved on."""
    claim = locks.claim(oid=oid)
    if claim.state != ClaimState.CALLING or claim.revision != revision:
        return False
    outcomes.leave_unknown(claim, Word(WordSource.ANSWER, timezone.now(), WORKER, source), verb="call.lost")
    return True


def _why_no_call(claim: Claim, *, has_id: bool, repeat: bool) -> str:
    state, product = claim.state, claim.product
    # Without an ID there is no "same call": an unknown sale is never repeated by itself.
    allowed = state == ClaimState.RESERVED or (repeat and has_id and state == ClaimState.UNKNOWN)
    lacks_id = claim.source == ClaimSource.INVENTORY and not has_id
    refusals = (
        (not allowed, f"The request is {state}: there is nothing to call for."),
        (claim.by_hand, "A person has the text in hand: no call is made until they say done or not done."),
        (claim.cancel_wanted_at is not None, "The request is to be cancelled."),
        (works_by_hand(product), "This product is worked by hand at iTEP."),
        (product.paused_at is not None, "This product is paused."),
        (bool(pauses.why_none_at_all()), "All calls are paused."),
        (lacks_id, "The request has no test ID: a person is needed."),
    )
    return next((why for holds, why in refusals if holds), "")

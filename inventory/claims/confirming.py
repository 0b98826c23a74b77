"""iTEP has assigned an ID to a request: by an answer, a webhook, an export, or a person who saw it there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from access.encryption import keyed_digest
from inventory import announcing, last_word, locks
from inventory.claims import ending, moves
from inventory.claims.moves import Word
from inventory.locks import Around
from inventory.models import Claim, ClaimState, Holding, Product, Standing, TestID, WordSource

CONFIRMED_ELSEWHERE = "The request is confirmed with another test ID."
NEVER_HAD = "The request has ended, and never had this test ID."
HELD_BY_ANOTHER = "Another request is being assigned, or is assigned, this test ID."
GIVEN_UP = "The request has given this test ID up."
HAD_BY_ANOTHER = "Another request had this test ID, and nobody has released it."
# An answer or a webhook that cannot be taken leaves the same difference as the export of that cell.
RULES = {
    CONFIRMED_ELSEWHERE: "c.another_id",
    NEVER_HAD: "c.ended",
    HELD_BY_ANOTHER: "c.other_holder",
    HAD_BY_ANOTHER: "c.told_to_another",
}
LIVE_AT_ITEP = (ClaimState.CALLING, ClaimState.UNKNOWN, ClaimState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Whether the word could be taken; if not, `reason` says why, and a person decides."""

    conflict: bool
    reason: str = ""


@transaction.atomic
def confirm(*, oid: UUID, test_id: str, word: Word, password: str = "") -> Confirmed:
    """The claim holds `test_id`, by iTEP's word. Raises Claim.DoesNotExist.

    iTEP's word wins over what was asked for: the ID asked for becomes an earlier one, an ID that another claim merely
    reserves moves that one to its next. Where somebody else may have it, nothing but the conflict is written.
    """
    around = _around(oid=oid, test_id=test_id, word=word)
    if _comes_back_late(around, test_id, word):
        return Confirmed(conflict=True, reason=GIVEN_UP)
    refusal = why_not(around, test_id)
    if refusal:
        note_conflict(around.claim, because=refusal, test_id=test_id, word=word, rule=RULES[refusal])
        _leave_stock(around, test_id, word)
        return Confirmed(conflict=True, reason=refusal)
    if around.claim.state in (ClaimState.CONFIRMED, ClaimState.ENDED):
        if _keep_password(around.rows[test_id], password, word):
            _tell(around.claim, "test_id.password_kept", test_id, word)
        return Confirmed(conflict=False)
    _take_over(around, test_id, word)
    _write_mirror(around, test_id, password, word)
    _close(around, test_id, word)
    return Confirmed(conflict=False)


def confirm_by_webhook(*, oid: UUID, test_id: str, at: datetime, source: str) -> Confirmed:
    """A webhook with our OID names an ID: confirms it as an answer would, or says why the post is for quarantine.

    Raises Claim.DoesNotExist where the OID is not ours.
    """
    word = Word(WordSource.WEBHOOK, at, Actor.itep("webhook"), source)
    return confirm(oid=oid, test_id=test_id, word=word)


@transaction.atomic
def leave_stock(*, oid: UUID, test_id: str, at: datetime, source: str) -> None:
    """A webhook says that this ID is in use for our request, which has another one: nobody gets it, a person looks."""
    word = Word(WordSource.WEBHOOK, at, Actor.itep("webhook"), source)
    _leave_stock(locks.around(oid=oid, test_id=test_id), test_id, word)


def why_not(around: Around, test_id: str) -> str:
    """Why the claim cannot hold this ID though iTEP says so; "" if it can."""
    claim, row = around.claim, around.rows.get(test_id)
    mine = row is not None and row.holder_id == claim.pk
    if claim.state == ClaimState.CONFIRMED and not (mine and row == around.current):
        return CONFIRMED_ELSEWHERE
    if claim.state == ClaimState.ENDED and not mine:
        return NEVER_HAD
    if row is None or row.holder_id is None or mine:
        return ""
    other = around.holders[row.holder_id]
    if row.holding == Holding.CURRENT and other.state == ClaimState.RESERVED:
        return ""
    if row.holding == Holding.CURRENT and other.state in LIVE_AT_ITEP:
        return HELD_BY_ANOTHER
    return HAD_BY_ANOTHER


def _comes_back_late(around: Around, test_id: str, word: Word) -> bool:
    """A webhook about an ID that a person has replaced meanwhile does not bring it back: a person looks at the post.

    Nothing is noted: the request goes on with its next one. What iTEP answers to our own call counts all the same.
    """
    row = around.rows.get(test_id)
    given_up = row is not None and row.holder_id == around.claim.pk and row.holding == Holding.EARLIER
    on_its_way = around.claim.state not in (ClaimState.CONFIRMED, ClaimState.ENDED)
    return word.by == WordSource.WEBHOOK and given_up and on_its_way


def note_conflict(claim: Claim, *, because: str, test_id: str, word: Word, rule: str = "") -> None:
    """iTEP's word and ours cannot both be right: a person decides. Kept once per reason; a call is unknown now."""
    if claim.state == ClaimState.CALLING:
        moves.move(claim, state=ClaimState.UNKNOWN, was_unknown=True, call_ended_at=timezone.now())
        announcing.look_again([claim])
    if claim.conflict_because == because:
        return
    moves.note(
        claim,
        conflict_at=timezone.now(),
        conflict_because=because,
        conflict_rule=rule,
        conflict_test_id=test_id,
        conflict_source=word.source[:100],
    )
    announcing.look_again([claim])
    audit.record(
        actor=word.actor,
        verb="claim.contradicted",
        oid=claim.oid,
        test_id=test_id,
        product=claim.product.code,
        source=word.source,
        detail={"why": because},
    )


def _leave_stock(around: Around, test_id: str, word: Word) -> None:
    """An ID that iTEP has given to our request is not free, even where we cannot take it for that request."""
    row = around.rows.get(test_id)
    if row is None or row.holding == Holding.EARLIER:
        return
    holder = around.holders.get(row.holder_id or 0)
    if holder is not None and holder.state != ClaimState.RESERVED:
        return
    if not moves.say(row, word, standing=Standing.OURS):
        return
    _tell(around.claim, "test_id.left_stock", test_id, word)
    if around.claim.state == ClaimState.ENDED:
        moves.change(row, to_clear_since=row.to_clear_since or timezone.now())
    if holder is not None:
        moves.displace(holder, row, word)


def _around(*, oid: UUID, test_id: str, word: Word) -> Around:
    """The claim and all that is concerned, with a row in the mirror for the ID, even one never seen."""
    around = locks.around(oid=oid, test_id=test_id)
    if test_id in around.rows or around.claim.state in (ClaimState.CONFIRMED, ClaimState.ENDED):
        return around
    _, is_new = TestID.objects.get_or_create(
        test_id=test_id,
        defaults={
            "product": around.claim.product,
            "standing": Standing.OURS,
            "said_by": word.by,
            "said_at": word.at,
        },
    )
    if is_new:
        _tell(around.claim, "test_id.added", test_id, word)
    return locks.around(oid=oid, test_id=test_id)


def _take_over(around: Around, test_id: str, word: Word) -> None:
    """Makes the row the claim's current ID; whoever merely reserved it goes on, the claim's own other ID steps back."""
    claim, row, asked = around.claim, around.rows[test_id], around.current
    if asked is not None and asked.pk != row.pk:
        _step_back(claim, asked, word)
    other = around.holders.get(row.holder_id or 0)
    moves.change(row, holder=claim, holding=Holding.CURRENT, to_clear_since=None)
    if other is not None and other.pk != claim.pk:
        moves.displace(other, row, word)


def _step_back(claim: Claim, asked: TestID, word: Word) -> None:
    """The ID that was asked for: freed if it was merely reserved, else kept as an earlier one (iTEP may have it).

    Reserved again after a call for it counts as called (DESIGN.md section 2).
    """
    called = claim.assigned_to_records.filter(test_id=asked.test_id).exists()
    if claim.state == ClaimState.RESERVED and not called:
        moves.free(asked)
    else:
        moves.keep_as_earlier(asked)
    _tell(claim, "test_id.replaced", asked.test_id, word)


def _write_mirror(around: Around, test_id: str, password: str, word: Word) -> None:
    row, record = around.rows[test_id], around.claim.assigned_to_records.last()
    said: dict[str, Any] = {"standing": Standing.OURS}
    if record is not None:
        said |= {"assigned_to": record.text, "assigned_to_digest": keyed_digest(record.text, purpose="assigned-to")}
        record.test_id, record.confirmed_by, record.confirmed_at = test_id, word.source or word.by, timezone.now()
        record.save(update_fields=["test_id", "confirmed_by", "confirmed_at"])
    moves.say(row, word, **said)
    _keep_password(row, password, word)


def _keep_password(row: TestID, password: str, word: Word) -> bool:
    """A password is kept from any word that carries one; only a later word replaces another. Whether it changed."""
    if not password or password == row.password or (row.password and word.at < last_word.at(row)):
        return False
    moves.change(row, password=password, password_digest=keyed_digest(password, purpose="password"))
    return True


def _close(around: Around, test_id: str, word: Word) -> None:
    claim, now = around.claim, timezone.now()
    moves.move(
        claim,
        state=ClaimState.CONFIRMED,
        confirmed_at=now,
        call_ended_at=claim.call_ended_at or (now if claim.call_began_at else None),
        **moves.NO_CONFLICT,
    )
    Product.objects.filter(pk=claim.product_id, refusals_in_a_row__gt=0).update(refusals_in_a_row=0)
    _tell(claim, "claim.confirmed", test_id, word)
    moves.need_no_more(claim)  # the ID that iTEP picked may be one that was never in the stock
    if claim.cancel_wanted_at:
        ending.carry_out(claim, current=around.rows[test_id], arrived=True, actor=word.actor, source=word.source)
    announcing.claim_changed(claim)


def _tell(claim: Claim, verb: str, test_id: str, word: Word) -> None:
    audit.record(
        actor=word.actor, verb=verb, oid=claim.oid, test_id=test_id, product=claim.product.code, source=word.source
    )

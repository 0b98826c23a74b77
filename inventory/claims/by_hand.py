"""A person does at iTEP what the call would do, or looks there what became of one (DESIGN.md section 4, rule 12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from access import audit
from access.actors import Actor
from inventory import announcing, held_back, locks, texts
from inventory.claims import ending, moves
from inventory.claims.confirming import Confirmed, confirm
from inventory.claims.moves import Word
from inventory.claims.texts_kept import write_by_hand
from inventory.errors import ClaimMoved, NotPossible, ReasonNeeded, TestIdNeeded
from inventory.locks import Around
from inventory.models import AssignedToRecord, Claim, ClaimSource, ClaimState, Standing, TestID, WordSource
from inventory.models.claims import SEEN_BY_A_PERSON, WrittenBy


@transaction.atomic
def text_taken(*, oid: UUID, text: str, actor: Actor) -> Claim:
    """The text was copied, printed or downloaded: it may stand at iTEP any moment, so the claim counts as unknown.

    Taking it again only moves the time after which an export can say that it did not arrive. Raises ClaimMoved.
    """
    around = locks.around(oid=oid)
    claim, now = around.claim, timezone.now()
    if claim.state == ClaimState.UNKNOWN and claim.by_hand:
        moves.note(claim, call_until=now)
        return claim
    held_back.check(oid)
    test_id = _ready_for_hand(around)
    moves.move(
        claim,
        state=ClaimState.UNKNOWN,
        by_hand=True,
        call_began_at=now,
        call_until=now,
        call_ended_at=None,
    )
    write_by_hand(claim, test_id=test_id, text=text, actor=actor)
    _tell(claim, "text.taken", test_id, actor)
    announcing.claim_changed(claim)
    return claim


@transaction.atomic
def texts_taken(*, texts: Mapping[UUID, str], actor: Actor) -> set[UUID]:
    """All texts of a printed or downloaded list, by oid. Returns those that may stand on it; others moved."""
    locks.claims(Q(oid__in=list(texts)))
    taken: set[UUID] = set()
    for oid, text in texts.items():
        try:
            text_taken(oid=oid, text=text, actor=actor)
        except ClaimMoved:
            continue
        taken.add(oid)
    return taken


@transaction.atomic
def done_at_itep(*, oid: UUID, actor: Actor, test_id: str = "", password: str = "") -> Confirmed:
    """A person saw, or wrote, our text at iTEP: confirmed, with them as the source.

    `test_id` where iTEP shows another one than the portal asked for, or a sale gave one. Raises ClaimMoved while a call
    runs or when nothing is open, TestIdNeeded where nobody knows which ID it is.
    """
    around = locks.around(oid=oid, test_id=test_id)
    claim, current = around.claim, around.current
    if claim.state not in (ClaimState.RESERVED, ClaimState.UNKNOWN):
        raise ClaimMoved(oid, f"The request is {claim.state}: there is nothing to confirm.")
    held_back.check(oid)
    named = test_id or (current.test_id if current else "")
    if not named:
        raise TestIdNeeded
    if not claim.assigned_to_records.exists() and (text := texts.text_for(oid)):
        write_by_hand(claim, test_id=named, text=text, actor=actor)
    word = Word(WordSource.PERSON, timezone.now(), actor, SEEN_BY_A_PERSON)
    return confirm(oid=oid, test_id=named, word=word, password=password)


@transaction.atomic
def all_done_at_itep(*, oids: Iterable[UUID], actor: Actor) -> dict[UUID, str]:
    """As `done_at_itep`, for many at once, each with the ID that it has. Returns why not, for those that stay open."""
    refused: dict[UUID, str] = {}
    for oid in sorted(set(oids)):
        try:
            with transaction.atomic():
                done = done_at_itep(oid=oid, actor=actor)
        except ClaimMoved as moved:
            refused[oid] = moved.why
        except TestIdNeeded:
            refused[oid] = "Say which test ID iTEP gave."
        else:
            if done.conflict:
                refused[oid] = done.reason
    return refused


@transaction.atomic
def text_rewritten(*, oid: UUID, text: str, actor: Actor) -> Claim:
    """A person has put another text of ours into the ID's Assigned-to: a corrected name. The next export proves it.

    The old text stays ours (DESIGN.md section 5). Raises ClaimMoved where no ID is confirmed.
    """
    around = locks.around(oid=oid)
    claim, current, now = around.claim, around.current, timezone.now()
    if claim.state != ClaimState.CONFIRMED or current is None:
        raise ClaimMoved(oid, f"The request is {claim.state}: no text of ours stands at iTEP.")
    record = write_by_hand(claim, test_id=current.test_id, text=text, actor=actor)
    record.confirmed_by, record.confirmed_at = SEEN_BY_A_PERSON, now
    record.save(update_fields=["confirmed_by", "confirmed_at"])
    word = Word(WordSource.PERSON, max(now, current.said_at), actor, SEEN_BY_A_PERSON)
    moves.say(current, word, assigned_to=text, assigned_to_digest=record.digest, standing=Standing.OURS)
    _tell(claim, "text.rewritten", current.test_id, actor)
    return claim


@transaction.atomic
def done_was_wrong(*, oid: UUID, actor: Actor, reason: str) -> Claim:
    """A person takes *done at iTEP* back: the text does not stand there. To be done again, or to be looked for.

    Only while nobody was told the ID and no export has proved it: see `why_done_stands`. Raises NotPossible,
    ReasonNeeded.
    """
    if not reason.strip():
        raise ReasonNeeded
    around = locks.around(oid=oid)
    claim, current, now = around.claim, around.current, timezone.now()
    record = claim.assigned_to_records.last()
    if why := why_done_stands(claim, record):
        raise NotPossible(current.test_id if current else "", why)
    assert record is not None
    assert current is not None
    if current.standing == Standing.OURS:
        standing = Standing.OPEN if current.status == "ready" else Standing.UNAVAILABLE
        word = Word(WordSource.PERSON, now, actor, SEEN_BY_A_PERSON)
        moves.say(current, word, assigned_to="", assigned_to_digest="", standing=standing)
    else:  # an export showed it free: that is explained now
        moves.note(claim, conflict_at=None, conflict_because="")
    record.confirmed_by, record.confirmed_at = "", None
    record.save(update_fields=["confirmed_by", "confirmed_at"])
    by_hand = record.written_by == WrittenBy.PERSON
    began = claim.call_began_at or now
    moves.move(claim, state=ClaimState.UNKNOWN, by_hand=by_hand, confirmed_at=None, call_began_at=began, call_until=now)
    _tell(claim, "done.taken_back", current.test_id, actor, reason=reason)
    announcing.claim_changed(claim)
    return claim


def why_done_stands(claim: Claim, record: AssignedToRecord | None) -> str:
    """Why *done* cannot be taken back any more; "" if it can."""
    if record is None or record.confirmed_by != SEEN_BY_A_PERSON or claim.state != ClaimState.CONFIRMED:
        return "It is not a person's word alone."
    earlier = claim.assigned_to_records.filter(test_id=record.test_id, confirmed_at__isnull=False)
    if earlier.exclude(pk=record.pk).exists():
        return "It is a corrected text: the one before stands at iTEP, or did."
    if claim.told_at is not None:
        return "The candidate may know the test ID: cancel the test instead."
    if claim.current is None or claim.source != ClaimSource.INVENTORY:
        return "iTEP gave this test ID: cancel the test instead."
    if claim.current.progress or claim.current.standing not in (Standing.OURS, Standing.OPEN):
        return "iTEP shows something else on this test ID: it is an unexplained difference."
    return ""


@transaction.atomic
def not_done_at_itep(*, oid: UUID, actor: Actor) -> Claim:
    """A person looked: nothing of ours stands there. Reserved again, or the pending cancel is carried out."""
    claim = locks.claim(oid=oid)
    if claim.state == ClaimState.RESERVED:
        return claim
    return not_arrived(oid=oid, word=Word(WordSource.PERSON, timezone.now(), actor, SEEN_BY_A_PERSON))


@transaction.atomic
def not_arrived(*, oid: UUID, word: Word) -> Claim:
    """unknown -> reserved with the same ID, or ended if a cancel was pending: surely nothing of ours stands at iTEP.

    Raises ClaimMoved where the claim is not unknown.
    """
    around = locks.around(oid=oid)
    claim, current = around.claim, around.current
    if claim.state != ClaimState.UNKNOWN:
        raise ClaimMoved(oid, f"The request is {claim.state}: nothing about it is unknown.")
    _tell(claim, "call.not_arrived", current.test_id if current else "", word.actor, word.source)
    if claim.cancel_wanted_at:
        ending.carry_out(claim, current=current, arrived=False, actor=word.actor, source=word.source)
    else:
        _reserve_again(claim, current)
    announcing.claim_changed(claim)
    return claim


def _reserve_again(claim: Claim, current: TestID | None) -> None:
    again = {"by_hand": False, "was_unknown": False, **moves.NO_CONFLICT}
    if current is None and claim.source == ClaimSource.INVENTORY and claim.confirmed_at is None:
        moves.take_next(claim, **again)
    else:
        moves.move(claim, state=ClaimState.RESERVED, **again)


def _ready_for_hand(around: Around) -> str:
    """The ID to look for at iTEP ("" for a sale). Raises ClaimMoved where a person must not begin."""
    claim, current = around.claim, around.current
    if claim.state != ClaimState.RESERVED:
        raise ClaimMoved(claim.oid, f"The request is {claim.state}: there is nothing to write at iTEP.")
    if current is None and claim.source == ClaimSource.INVENTORY:
        raise ClaimMoved(claim.oid, "The request has no test ID: a person is needed.")
    return current.test_id if current else ""


def _tell(claim: Claim, verb: str, test_id: str, actor: Actor, source: str = "", reason: str = "") -> None:
    about = {"oid": claim.oid, "test_id": test_id, "product": claim.product.code}
    audit.record(actor=actor, verb=verb, source=source, reason=reason, **about)

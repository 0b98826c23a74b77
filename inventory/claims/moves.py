"""The single steps of which every act on a claim is made. All inside the act's transaction, on locked rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from access import audit
from access.actors import Actor
from access.encryption import keyed_digest
from inventory import announcing, last_word, locks, text_search
from inventory.errors import ClaimMoved
from inventory.judgement import STARTED_OR_LATER
from inventory.models import AssignedToRecord, Claim, ClaimSource, ClaimState, Holding, TestID, WordSource
from inventory.models.claims import WrittenBy

NO_CONFLICT: dict[str, Any] = {
    "conflict_at": None,
    "conflict_because": "",
    "conflict_rule": "",
    "conflict_test_id": "",
    "conflict_source": "",
}


@dataclass(frozen=True, slots=True)
class Word:
    """Who says something of the mirror, since when it is so, by what evidence, and the author for the audit trail."""

    by: WordSource
    at: datetime
    actor: Actor
    source: str = ""


def move(claim: Claim, **changes: Any) -> None:
    """Changes the claim if its revision still stands, and bumps it. Raises ClaimMoved."""
    found = Claim.objects.filter(pk=claim.pk, revision=claim.revision)
    if not found.update(revision=claim.revision + 1, **changes):
        raise ClaimMoved(claim.oid, "The claim was changed by somebody else just now.")
    claim.revision += 1
    _set(claim, changes)


def note(claim: Claim, **changes: Any) -> None:
    """Keeps something about the claim that is no transition: a call that runs must still be able to record."""
    Claim.objects.filter(pk=claim.pk).update(**changes)
    _set(claim, changes)


def change(row: TestID, **changes: Any) -> None:
    """Changes a row of the mirror, so that a plan made before knows that it moved."""
    text_search.text_goes(row, changes)
    _set(row, changes)
    row.revision += 1
    row.save(update_fields=[*changes, "revision"])


def say(row: TestID, word: Word, **fields: Any) -> bool:
    """Writes iTEP's word into the mirror, unless a later one stands there (DESIGN.md section 4, rule 2)."""
    if word.at < last_word.at(row):
        return False
    change(row, said_by=word.by, said_at=word.at, **fields)
    return True


def take_next(claim: Claim, **changes: Any) -> str:
    """The claim gets an ID (or needs none) and is reserved, else it waits. Returns the ID, or ""."""
    if claim.source != ClaimSource.INVENTORY:
        move(claim, state=ClaimState.RESERVED, **changes)
        return ""
    taken = locks.take_test_id(claim_id=claim.pk, product_id=claim.product_id, outlive=claim.outlive)
    move(claim, state=ClaimState.RESERVED if taken else ClaimState.WAITING, **changes)
    return taken.test_id if taken else ""


def free(row: TestID) -> None:
    """The ID has no holder any more; whether it is available is for iTEP's word to say."""
    change(row, holder=None, holding="")
    if row.is_available:
        announcing.stock_grew(row.product)


def need_no_more(claim: Claim) -> None:
    """One call fewer for which iTEP picks an ID: what was kept for it may be another's (DESIGN.md section 6)."""
    if claim.source == ClaimSource.ITEP_PICKS:
        announcing.stock_grew(claim.product)


def keep_as_earlier(row: TestID) -> None:
    change(row, holding=Holding.EARLIER)


def displace(claim: Claim, row: TestID, word: Word) -> str:
    """A claim that merely reserved `row` lost it, and takes its next ID, or waits. Returns the next ID, or "".

    Write first what made it lose the ID (another holder, iTEP's word), or the claim would take the same one again.
    One that was assigned once, and is written again, gets no other by itself: its candidate knows the first.
    """
    was_assigned = claim.confirmed_at is not None
    if row.holder_id == claim.pk and was_assigned:
        keep_as_earlier(row)
    elif row.holder_id == claim.pk:
        change(row, holder=None, holding="")
    following = "" if was_assigned else take_next(claim)
    audit.record(
        actor=word.actor,
        verb="claim.displaced",
        oid=claim.oid,
        test_id=row.test_id,
        product=claim.product.code,
        source=word.source,
        detail={"next": following},
    )
    if following:
        reserved(claim, following, word.actor)
    announcing.claim_changed(claim)
    return following


def reserved(claim: Claim, test_id: str, actor: Actor) -> None:
    """Tells the story of an ID that was taken."""
    audit.record(actor=actor, verb="claim.reserved", oid=claim.oid, test_id=test_id, product=claim.product.code)


def reserved_many(claims: Sequence[Claim], test_ids: Sequence[str], actor: Actor) -> None:
    """These waiting claims, locked, are reserved now, each with the ID beside it ("": it needs none)."""
    Claim.objects.filter(pk__in=[one.pk for one in claims]).update(
        state=ClaimState.RESERVED, revision=F("revision") + 1
    )
    audit.record_many(
        audit.entry(actor=actor, verb="claim.reserved", oid=one.oid, test_id=test_id, product=one.product.code)
        for one, test_id in zip(claims, test_ids, strict=True)
    )


def write_text(claim: Claim, *, test_id: str, text: str, by: WrittenBy, source: str) -> AssignedToRecord:
    """Keeps the exact text that goes to iTEP, or that a person was told to write there."""
    text_search.keep([text])
    return AssignedToRecord.objects.create(
        claim=claim,
        test_id=test_id,
        text=text,
        digest=keyed_digest(text, purpose="assigned-to"),
        written_by=by,
        source=source,
        at=timezone.now(),
    )


def ready_again(row: TestID) -> None:
    """A person says that iTEP's *Ready* is right, and not the webhook that spoke of a test under way (row d)."""
    if row.status == "ready" and row.progress in STARTED_OR_LATER:
        change(row, progress="ready", progress_at=max(timezone.now(), row.said_at))


def _set(one: Claim | TestID, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(one, name, value)

"""Brings a fulfillment in line with its claim: whatever changed the claim ends here (docs/decisions, 0004)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from fulfillment import locks, mailing, seats
from fulfillment.models import Fulfillment, MailState, State
from fulfillment.position import Due, Facts, Position, Tried, position
from inventory import pauses
from inventory.models import Claim, ClaimSource, ClaimState, Delivery, Product, TestID
from inventory.products import works_by_hand
from outbox import entries
from outbox.models import Entry, EntryState

CALL = "fulfillment.call"


@transaction.atomic
def settle(*, oid: UUID, tried: Tried | None = None, note: str = "") -> Fulfillment:
    """Sets state and reason, and writes what is due next. Idempotent: again, or late, it changes nothing.

    `tried` and `note` are the outcome of a call that is just being recorded, whose entry does not say it yet.
    Raises `Fulfillment.DoesNotExist`.
    """
    one = locks.fulfillment(oid)
    _follow_product(one)
    facts = facts_of(one)
    if tried is not None:
        facts = replace(facts, tried=tried, note=note)
    _take(one, position(facts), note=facts.note)
    if facts.claim not in (ClaimState.CALLING, ClaimState.UNKNOWN):
        entries.settled(kind=CALL, oid=oid, note="Settled by other evidence.")
    _end_idle_calls(one, facts)
    return one


def _end_idle_calls(one: Fulfillment, facts: Facts) -> None:
    """A call that stands in line for what was settled otherwise, or is a person's now, stands there no more."""
    is_settled = facts.claim in (ClaimState.CONFIRMED, ClaimState.ENDED)
    is_hand_work = facts.by_hand or (facts.claim == ClaimState.RESERVED and not facts.by_api)
    if is_settled or is_hand_work or facts.claim == ClaimState.WAITING:
        entries.no_longer_needed(kind=CALL, oid=one.oid, dead_too=is_settled)


def settle_new(one: Fulfillment) -> Fulfillment:
    """Saves one that was just made, as `settle` would find it: nobody else knows it, and nothing was tried for it yet.

    A batch makes thousands: what cannot be there is not looked for.
    """
    before, held = one.state, held_by(one)
    there = position(_facts(one, held, (Tried.NEVER, ""), ()))
    assert there.state in (State.WAITING, State.CLAIMED, State.FAILED), "nothing of it is told to iTEP yet"
    one.state, one.reason = there.state, there.reason[:300]
    one.save()
    if before != there.state:
        _tell(one, before, held, why=one.reason)
    _write_due(one, there.due)
    return one


def _follow_product(one: Fulfillment) -> None:
    """A person accepted that iTEP counts the ID to another product: so does the test of its candidate."""
    if one.product_id != one.claim.product_id:
        one.product = Product.objects.get(pk=one.claim.product_id)
        one.save(update_fields=["product", "updated_at"])


def facts_of(one: Fulfillment) -> Facts:
    """What `position` judges by."""
    test_id = held_by(one)
    mails = mailing.states(one, test_id.test_id if test_id else "")
    return _facts(one, test_id, _latest_call(one.oid), mails)


def _facts(one: Fulfillment, test_id: TestID | None, latest: tuple[Tried, str], mails: tuple[MailState, ...]) -> Facts:
    claim, product, (tried, note) = one.claim, one.product, latest
    return Facts(
        claim=ClaimState(claim.state),
        delivery=Delivery(one.delivery),
        by_api=not works_by_hand(product),
        by_hand=claim.by_hand,
        was_unknown=claim.was_unknown,
        cancel_wanted=claim.cancel_wanted_at is not None,
        may_repeat=may_repeat(claim),
        doubt=claim.conflict_because,
        lacks_id=claim.source == ClaimSource.INVENTORY and test_id is None,
        paused=(product.paused_because or "the product is paused.") if product.paused_at else "",
        stopped=pauses.why_none_at_all(),
        tried=tried,
        note=note,
        has_email=bool(one.email),
        lacks_password=lacks_password(product, test_id),
        had_id=claim.confirmed_at is not None,
        mails=mails,
        sent_before=was_sent(one, test_id),
    )


def may_repeat(claim: Claim) -> bool:
    """Whether an unknown call of this claim may go again: the same call with the same ID, where that does no harm.

    Never a sale, nor where iTEP picks: there is no same ID (DESIGN.md sections 4.5 and 6).
    """
    return settings.ITEP_DIALECT.behavior.idempotent and claim.source == ClaimSource.INVENTORY


def was_sent(one: Fulfillment, test_id: TestID | None) -> bool:
    """Whether the candidate was sent the ID that it holds now: one that took its place is not known to them."""
    return one.sent_at is not None and one.sent_test_id == (test_id.test_id if test_id else "")


def held_by(one: Fulfillment) -> TestID | None:
    """The ID that it holds now."""
    return TestID.objects.filter(holder=one.claim_id, holding="current").first()


def lacks_password(product: Product, test_id: TestID | None) -> bool:
    return product.needs_password and not (test_id and test_id.password)


def _latest_call(oid: UUID) -> tuple[Tried, str]:
    entry = Entry.objects.filter(kind=CALL, oid=oid).order_by("-pk").first()
    if entry is None:
        return Tried.NEVER, ""
    if entry.state == EntryState.DEAD or (entry.state == EntryState.DROPPED and entry.note == entries.GIVEN_UP):
        return Tried.GIVEN_UP, entry.note
    return Tried.PENDING if entry.state == EntryState.PENDING else Tried.ENDED, entry.note


def _take(one: Fulfillment, there: Position, *, note: str) -> None:
    before = one.state
    one.state, one.reason = there.state, there.reason[:300]
    now = timezone.now()
    if there.state in (State.ASSIGNED, State.SENT) and one.assigned_at is None:
        one.assigned_at = now
    if there.state == State.SENT and not was_sent(one, held_by(one)):
        held = held_by(one)
        one.sent_at, one.sent_test_id = now, held.test_id if held else ""
    one.ended_at = (one.ended_at or now) if there.state == State.CANCELLED else None
    if there.state == State.CANCELLED:
        seats.freed_by_cancelling(one)
    moved = ["state", "reason", "assigned_at", "sent_at", "sent_test_id", "ended_at", "seat", "updated_at"]
    one.save(update_fields=moved)
    if before != there.state:
        _tell(one, before, held_by(one), why="" if note and note in there.reason else one.reason)
    _write_due(one, there.due)


def _tell(one: Fulfillment, before: str, test_id: TestID | None, *, why: str) -> None:
    """`why` in our own words alone: what iTEP said may name people, and stands on the attempt (rule 11)."""
    audit.record(
        actor=Actor.system("worker"),
        verb=f"fulfillment.{one.state}",
        oid=one.oid,
        test_id=test_id.test_id if test_id else "",
        product=one.product.code,
        detail={"before": before} | ({"why": why} if why else {}),
    )


def _not_before(one: Fulfillment) -> datetime | None:
    """When the calls of its batch may begin, where that is still to come (`holding`, which has the last word)."""
    begins = one.batch.calls_from if one.batch else None
    return None if begins is None or begins <= timezone.now() else begins


def _write_due(one: Fulfillment, due: Due) -> None:
    match due:
        case Due.CALL:
            number = Entry.objects.filter(kind=CALL, oid=one.oid).count() + 1
            entries.write_many([entries.Need(CALL, f"{one.oid}:{number}", oid=one.oid, due_at=_not_before(one))])
        case Due.MAIL:
            mailing.write(one, kind=mailing.first_kind(one))
        case _:
            pass

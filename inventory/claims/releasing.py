"""A person's acts on an ID itself: freed after its request ended, cleared at iTEP, set aside and taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from access import audit
from access.actors import Actor
from inventory import announcing, locks
from inventory.claims import moves
from inventory.claims.moves import Word
from inventory.errors import ClaimMoved, NotPossible, ReasonNeeded
from inventory.models import Claim, ClaimSource, ClaimState, Holding, Standing, TestID, WordSource


@transaction.atomic
def release(*, test_id: str, actor: Actor, reason: str) -> TestID:
    """Frees an ended claim's ID, told or not, or an earlier ID of any claim: it may be somebody else's one day.

    Never one that a live request holds. A release alone makes nothing available: iTEP's word does.
    Raises NotPossible, ReasonNeeded, TestID.DoesNotExist.
    """
    _need(reason)
    row, holder = _with_holder(test_id)
    if why := why_not_release(row, holder):
        raise NotPossible(test_id, why)
    moves.free(row)
    _tell(row, "test_id.released", actor, holder.oid if holder else None, reason)
    return row


def why_not_release(row: TestID, holder: Claim | None) -> str:
    """Why a person cannot free this ID; "" if they can."""
    if holder is None:
        return "No request holds this test ID."
    if row.holding == Holding.CURRENT and holder.state != ClaimState.ENDED:
        return "A request that has not ended holds this test ID: cancel that first."
    return ""


def why_not_set_aside(row: TestID, holder: Claim | None) -> str:
    """Why an ID cannot be kept from being given; "" if it can, as one that its request has given up."""
    is_held = holder is not None and holder.state != ClaimState.ENDED and row.holding == Holding.CURRENT
    return "A request holds this test ID." if is_held else ""


@transaction.atomic
def cleared(*, test_id: str, actor: Actor) -> TestID:
    """A person says that they emptied its Assigned-to at iTEP. An ID that was told stays held until it is freed."""
    row, holder = _with_holder(test_id)
    if row.to_clear_since is None:
        raise NotPossible(test_id, "There is nothing to clear.")
    standing = Standing.OPEN if row.status == "ready" else Standing.UNAVAILABLE
    word = Word(WordSource.PERSON, timezone.now(), actor, "cleared at iTEP")
    moves.say(row, word, assigned_to="", assigned_to_digest="", standing=standing)
    moves.change(row, to_clear_since=None)
    _tell(row, "test_id.cleared", actor, holder.oid if holder else None)
    if holder is not None and holder.state == ClaimState.ENDED and holder.told_at is None:
        moves.free(row)
    return row


@transaction.atomic
def set_aside(*, test_id: str, actor: Actor, reason: str) -> TestID:
    """Keeps an ID that nobody holds from being given. Raises NotPossible, ReasonNeeded."""
    _need(reason)
    row, holder = _with_holder(test_id)
    if why := why_not_set_aside(row, holder):
        raise NotPossible(test_id, why)
    if row.set_aside_at is None:
        moves.change(row, set_aside_at=timezone.now())
        _tell(row, "test_id.set_aside", actor, None, reason)
    return row


@transaction.atomic
def each(
    act: Callable[..., TestID], *, test_ids: Iterable[str], actor: Actor, reason: str
) -> tuple[list[str], dict[str, str]]:
    """`set_aside` or `take_back`, for many: those that it was done to, and why not for others that it was news for.

    In order of their rows, so that two who do the same do not wait for each other. Raises ReasonNeeded.
    """
    _need(reason)
    done, refused = [], {}
    news = TestID.objects.filter(test_id__in=list(test_ids), set_aside_at__isnull=act is not take_back)
    for test_id in list(news.order_by("id").values_list("test_id", flat=True)):
        try:
            with transaction.atomic():
                act(test_id=test_id, actor=actor, reason=reason)
        except NotPossible as error:
            refused[test_id] = error.why
        else:
            done.append(test_id)
    return done, refused


@transaction.atomic
def take_back(*, test_id: str, actor: Actor, reason: str = "") -> TestID:
    """An ID that was set aside may be given again, as far as iTEP's word allows."""
    row, _ = _with_holder(test_id)
    if row.set_aside_at is not None:
        moves.ready_again(row)
        moves.change(row, set_aside_at=None)
        _tell(row, "test_id.taken_back", actor, None, reason)
        if row.is_available:
            announcing.stock_grew(row.product)
    return row


@transaction.atomic
def told(*, oid: UUID) -> None:
    """From now on somebody may know the ID. Idempotent; no transition, so that a call that runs still records."""
    claim = locks.claim(oid=oid)
    if claim.told_at is None:
        moves.note(claim, told_at=timezone.now())


@transaction.atomic
def told_by_file(*, claims: QuerySet[Any, Any]) -> int:
    """As `told`, of every confirmed one among these keys, whose ID stands in a file that somebody takes along."""
    found = Claim.objects.filter(pk__in=claims, state=ClaimState.CONFIRMED, told_at__isnull=True)
    return found.update(told_at=timezone.now())


@transaction.atomic
def tell(*, oid: UUID) -> str:
    """As `told`, for who is about to tell somebody: "" and told from now on, or why nobody may be, and nothing changed.

    Under the claim's lock: a cancel or an export that came first is seen, one that comes later finds it told.
    """
    claim = locks.claim(oid=oid)
    if claim.state == ClaimState.ENDED:
        return "The test was cancelled first."
    if claim.state != ClaimState.CONFIRMED:
        return "iTEP has not confirmed a test ID yet."
    if claim.conflict_at is not None:
        return claim.conflict_because or "iTEP's word and ours cannot both be right."
    if claim.told_at is None:
        moves.note(claim, told_at=timezone.now())
    return ""


@transaction.atomic
def try_again(*, oid: UUID, actor: Actor) -> Claim:
    """A person sends a reserved request on its way once more: after a refusal, or after five refused IDs.

    Raises ClaimMoved where the request is not reserved.
    """
    around = locks.around(oid=oid)
    claim = around.claim
    if claim.state != ClaimState.RESERVED:
        raise ClaimMoved(oid, f"The request is {claim.state}: there is nothing to try again.")
    if around.current is None and claim.source == ClaimSource.INVENTORY:
        following = moves.take_next(claim, refused_ids=0, confirmed_at=None)
        if following:
            moves.reserved(claim, following, actor)
    else:
        moves.move(claim, refused_ids=0)
    audit.record(actor=actor, verb="claim.tried_again", oid=oid, product=claim.product.code)
    announcing.claim_changed(claim)
    return claim


def _with_holder(test_id: str) -> tuple[TestID, Claim | None]:
    """The row and its holder, both locked, the claim first. Raises TestID.DoesNotExist."""
    holder_id = TestID.objects.values_list("holder_id", flat=True).get(test_id=test_id)
    holder = next(iter(locks.claims(Q(pk=holder_id))), None) if holder_id else None
    row = locks.test_ids(Q(test_id=test_id))[0]
    if row.holder_id != holder_id:
        raise NotPossible(test_id, "Somebody else changed this test ID just now. Look again.")
    return row, holder


def _need(reason: str) -> None:
    if not reason.strip():
        raise ReasonNeeded


def _tell(row: TestID, verb: str, actor: Actor, oid: UUID | None, reason: str = "") -> None:
    audit.record(actor=actor, verb=verb, oid=oid, test_id=row.test_id, product=row.product.code, reason=reason)

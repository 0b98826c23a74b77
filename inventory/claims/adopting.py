"""IDs that somebody assigned outside the portal: adopted, joined to a request that waits, or left outside by a person.

No call is made for any of them: iTEP knows already (DESIGN.md section 5).
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from access import audit
from access.actors import Actor
from inventory import locks
from inventory.claims import confirming, moves
from inventory.claims.moves import Word
from inventory.claims.texts_kept import adopt_text
from inventory.errors import ClaimMoved, NotPossible, ReasonNeeded
from inventory.models import Claim, ClaimSource, ClaimState, Holding, Product, Standing, TestID, WordSource

WAITS = (ClaimState.WAITING, ClaimState.RESERVED, ClaimState.UNKNOWN)


@transaction.atomic
def adopt(*, oid: UUID, test_id: str, actor: Actor, product: Product | None = None) -> Claim:
    """The claim of a person whom somebody assigned this ID outside: confirmed on it, by a person's word, and told.

    `product`: of an ID that only a result speaks of, so that the mirror does not have it. Raises NotPossible.
    """
    row = _row(test_id, product, actor)
    if why := why_not(row):
        raise NotPossible(test_id, why)
    now, has_text = timezone.now(), bool(row.assigned_to_digest)
    claim = Claim.objects.create(
        oid=oid,
        product=row.product,
        source=ClaimSource.INVENTORY,
        state=ClaimState.CONFIRMED,
        by_hand=not has_text,
        confirmed_at=now,
        told_at=now,  # by whoever assigned it
    )
    standing = Standing.OURS if has_text else row.standing
    moves.change(
        row,
        holder=claim,
        holding=Holding.CURRENT,
        standing=standing,
        set_aside_at=None,
        left_outside_at=None,
    )
    adopt_text(claim, row, actor)
    claim.assigned_to_records.update(confirmed_by="seen at iTEP", confirmed_at=now)
    _tell("claim.adopted", row, actor, oid=oid)
    return claim


@transaction.atomic
def join(*, test_id: str, oid: UUID, actor: Actor) -> Claim:
    """The ID is that of a request which waits here: confirmed on it, and what it merely reserved is free again.

    Raises NotPossible, ClaimMoved, Claim.DoesNotExist.
    """
    around = locks.around(oid=oid, test_id=test_id)
    claim, row = around.claim, around.rows.get(test_id)
    if row is None or row.standing != Standing.OUTSIDE:
        raise NotPossible(test_id, _("It is not assigned outside the portal any more."))
    if why := why_not(row):
        raise NotPossible(test_id, why)
    if claim.state not in WAITS or claim.product_id != row.product_id:
        raise ClaimMoved(oid, _("The request does not wait for a test ID of this product any more."))
    adopt_text(claim, row, actor)
    at = max(timezone.now(), row.said_at)
    done = confirming.confirm(oid=oid, test_id=test_id, word=Word(WordSource.PERSON, at, actor, "seen at iTEP"))
    if done.conflict:
        raise NotPossible(test_id, done.reason)
    claim.refresh_from_db()
    moves.note(claim, told_at=claim.told_at or timezone.now())
    _tell("difference.joined", row, actor, oid=oid)
    return claim


@transaction.atomic
def leave(*, test_ids: Collection[str], actor: Actor, reason: str) -> int:
    """A person says that these stay outside: nobody is asked about them again. How many that was news of."""
    if not reason.strip():
        raise ReasonNeeded
    rows = locks.test_ids(Q(test_id__in=list(test_ids)) & OUTSIDE & Q(left_outside_at__isnull=True))
    return _mark(rows, "test_id.left_outside", actor, reason, left=True)


@transaction.atomic
def ask_again(*, test_ids: Collection[str], actor: Actor, reason: str = "") -> int:
    """Takes `leave` back."""
    rows = locks.test_ids(Q(test_id__in=list(test_ids), left_outside_at__isnull=False))
    return _mark(rows, "test_id.outside_again", actor, reason, left=False)


# Assigned to somebody unknown here: what adoption is about.
OUTSIDE = Q(standing=Standing.OUTSIDE, holder__isnull=True)


def why_not(row: TestID) -> str:
    """Why nobody can be said to have this ID; "" where somebody can."""
    if row.holder_id is not None:
        return _("A request here has, or had, this test ID: a person has to free it first.")
    if row.standing == Standing.OPEN:
        return _("iTEP shows it Ready and free: nobody has it.")
    return ""


def _row(test_id: str, product: Product | None, actor: Actor) -> TestID:
    if product is not None:
        row, is_new = TestID.objects.get_or_create(
            test_id=test_id,
            defaults={
                "product": product,
                "standing": Standing.UNAVAILABLE,
                "said_by": WordSource.PERSON,
                "said_at": timezone.now(),
            },
        )
        if is_new:
            _tell("test_id.added", row, actor)
    found = locks.test_ids(Q(test_id=test_id))
    if not found:
        raise NotPossible(test_id, _("No export or list has named this test ID yet."))
    return found[0]


def _mark(rows: Collection[TestID], verb: str, actor: Actor, reason: str, *, left: bool) -> int:
    now = timezone.now()
    TestID.objects.filter(pk__in=[one.pk for one in rows]).update(left_outside_at=now if left else None)
    audit.record_many(
        audit.entry(actor=actor, verb=verb, test_id=one.test_id, product=one.product.code, reason=reason)
        for one in rows
    )
    return len(rows)


def _tell(verb: str, row: TestID, actor: Actor, *, oid: UUID | None = None) -> None:
    audit.record(actor=actor, verb=verb, oid=oid, test_id=row.test_id, product=row.product.code, source="seen at iTEP")

"""A request gets its claim: an ID at once, or a place in the line; and the line is served in order."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from access import audit
from access.actors import Actor
from inventory import announcing, locks
from inventory.claims import moves
from inventory.errors import NoInventory
from inventory.models import Claim, ClaimSource, ClaimState, Product, Source, TestID
from inventory.products import works_by_hand


@transaction.atomic
def open_claim(*, oid: UUID, product: Product, outlive: date | None, actor: Actor, wait: bool = True) -> Claim:
    """The claim of a new request: reserved, or waiting behind those who came first.

    Raises NoInventory if it would have to wait and does not want to.
    """
    source = source_for(product)
    ready = _may_be_served(product, source)
    claim = Claim(oid=oid, product=product, source=source, outlive=outlive)
    claim.state = ClaimState.RESERVED if ready else ClaimState.WAITING
    claim.save()
    taken = _take_in_turn(claim) if ready and source == ClaimSource.INVENTORY else ""
    if ready and (taken or source != ClaimSource.INVENTORY):
        moves.reserved(claim, taken, actor)
        return claim
    moves.note(claim, state=ClaimState.WAITING)
    if not wait:
        raise NoInventory(product.code, TestID.objects.available().filter(product=product).count())
    audit.record(actor=actor, verb="claim.queued", oid=oid, product=product.code)
    # Stock that was committed while this request looked for some would otherwise never find it.
    announcing.stock_grew(product)
    return claim


@transaction.atomic
def serve_waiting(*, product: Product, actor: Actor, limit: int = 200) -> list[UUID]:
    """Gives what is available to those who wait, in order, at most `limit`. Returns their oids, all now reserved.

    Whoever calls it brings the fulfillments in line, and comes again if `limit` was reached.
    """
    served: list[UUID] = []
    if Product.objects.filter(pk=product.pk, paused_at__isnull=False).exists():
        return served
    line = locks.first_waiting(product_id=product.pk, number=limit)
    for (source, outlive), group in groupby(line, key=lambda one: (one.source, one.outlive)):
        alike = list(group)
        taken = _take_for_many(product, ClaimSource(source), outlive, alike)
        moves.reserved_many(alike[: len(taken)], taken, actor)
        served += [one.oid for one in alike[: len(taken)]]
        if len(taken) < len(alike):
            break
    return served


def _take_for_many(product: Product, source: ClaimSource, outlive: date | None, alike: list[Claim]) -> list[str]:
    """What the first of them get, in order: IDs of the stock, or "" for each that needs none."""
    if source == ClaimSource.ITEP_PICKS:
        return [""] * min(len(alike), max(_left_to_pick(product), 0))
    if source != ClaimSource.INVENTORY:
        return [""] * len(alike)
    found = locks.take_test_ids(claim_ids=[one.pk for one in alike], product_id=product.pk, outlive=outlive)
    return [found[one.pk].test_id for one in alike if one.pk in found]


def served_now(claim: Claim) -> bool:
    """A claim that begins anew, and is in line already, goes on at once: unless somebody came before, or nothing is
    there.

    See `lock_product_of`, which comes first.
    """
    before = Claim.objects.filter(product_id=claim.product_id, state=ClaimState.WAITING, pk__lt=claim.pk)
    if claim.product.paused_at is not None or before.exists():
        return False
    if claim.source == ClaimSource.ITEP_PICKS and _left_to_pick(claim.product) <= 0:
        return False
    if claim.source == ClaimSource.INVENTORY and not _take_in_turn(claim):
        return False
    moves.move(claim, state=ClaimState.RESERVED)
    return True


def lock_product_of(*, oid: UUID) -> None:
    """Products come before claims: where iTEP picks, counting what is left locks the product."""
    claim = Claim.objects.filter(oid=oid, source=ClaimSource.ITEP_PICKS).only("product_id").first()
    if claim is not None:
        locks.product(product_id=claim.product_id)


def source_for(product: Product) -> ClaimSource:
    """Where the ID of a new claim comes from. A person at iTEP's panel always needs an ID to look for."""
    if product.source == Source.SALE:
        return ClaimSource.SALE
    dialect = getattr(settings, "ITEP_DIALECT", None)
    if dialect is not None and not dialect.request.test_id and not works_by_hand(product):
        return ClaimSource.ITEP_PICKS
    return ClaimSource.INVENTORY


def _may_be_served(product: Product, source: ClaimSource) -> bool:
    """Whether a new request may have something now: the product is not paused, and nobody came before."""
    waiting = Claim.objects.filter(product=OuterRef("pk"), state=ClaimState.WAITING)
    now = Product.objects.filter(pk=product.pk).values_list("paused_at", Exists(waiting)).get()
    if now[0] is not None or now[1]:
        return False
    return source != ClaimSource.ITEP_PICKS or _left_to_pick(product) > 0


def _left_to_pick(product: Product) -> int:
    """Available IDs less the calls for which iTEP will pick one. Locks the product: two requests must not share one."""
    locks.product(product_id=product.pk)
    outstanding = Claim.objects.filter(
        product=product,
        source=ClaimSource.ITEP_PICKS,
        state__in=[ClaimState.RESERVED, ClaimState.CALLING, ClaimState.UNKNOWN],
    )
    return TestID.objects.available().filter(product=product).count() - outstanding.count()


def _take_for(claim: Claim) -> str:
    taken = locks.take_test_id(claim_id=claim.pk, product_id=claim.product_id, outlive=claim.outlive)
    return taken.test_id if taken else ""


def _take_in_turn(claim: Claim) -> str:
    """An ID, unless somebody who came before began to wait since we looked: then it is left to them."""
    taken = _take_for(claim)
    before = Claim.objects.filter(product_id=claim.product_id, state=ClaimState.WAITING, pk__lt=claim.pk)
    if not taken or not before.exists():
        return taken
    moves.free(locks.test_ids(Q(test_id=taken))[0])
    return ""

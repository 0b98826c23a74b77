"""Orders of test IDs: entered, corrected, counted as they arrive, cancelled.

What arrives goes to the order of the day that iTEP's export names, else to the oldest open one. An upload is counted
once, and what a person says of an order is an arrival like any other: what has arrived is always the sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from django.db import transaction
from django.db.models import Count, F, Max, Min, QuerySet, Sum
from django.utils import timezone

from access import audit
from inventory import locks
from inventory.errors import NotPossible, ReasonNeeded
from inventory.models import Arrival, Cause, PlanRow, Product, Purchase, Standing, Upload
from inventory.models.purchases import OPEN

if TYPE_CHECKING:
    from access.actors import Actor
    from access.audit import Detail
    from access.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Expected:
    """How many test IDs are still to come of one order, and on which day."""

    on: date
    count: int


class Order(TypedDict, total=False):
    """What stands on an order; what is left out stays as it is. `price` is that of one test."""

    count: int
    ordered_on: date
    expected_on: date
    price: Decimal | None
    currency: str
    distributor: str
    note: str


def expected(product: Product) -> list[Expected]:
    """What is still to come of this product, the earliest day first; an overdue order keeps the day that it missed."""
    still = Purchase.objects.open().filter(product=product).order_by("expected_on", "ordered_on", "id")
    return [Expected(one.expected_on, one.outstanding) for one in still]


@transaction.atomic
def order(*, product: Product, actor: Actor, what: Order) -> Purchase:
    """Enters an order. Raises ValidationError."""
    one = Purchase(product=product, user=actor.user, **what)
    one.full_clean()
    one.save()
    _tell(one, "purchase.entered", actor, {"count": one.count, "expected_on": one.expected_on.isoformat()})
    return one


@transaction.atomic
def correct(*, purchase_id: int, actor: Actor, what: Order) -> Purchase:
    """Changes what stands on an order. Raises ValidationError, also where fewer were ordered than have arrived."""
    one = _locked(purchase_id)
    fields = sorted(name for name, value in what.items() if getattr(one, name) != value)
    for name in fields:
        setattr(one, name, what[name])  # type: ignore[literal-required]
    one.full_clean()
    if fields:
        one.save(update_fields=fields)
        _tell(one, "purchase.changed", actor, {"fields": fields})
    return one


@transaction.atomic
def cancel(*, purchase_id: int, actor: Actor, reason: str) -> Purchase:
    """What has not arrived yet is expected no longer. Raises ReasonNeeded, NotPossible."""
    if not reason.strip():
        raise ReasonNeeded
    one = _locked(purchase_id)
    if not one.is_open:
        raise NotPossible("", "Nothing of this order is still to come.")
    one.cancelled_at, one.cancelled_because = timezone.now(), reason.strip()[:500]
    one.save(update_fields=["cancelled_at", "cancelled_because"])
    _tell(one, "purchase.cancelled", actor, {"outstanding": one.count - one.arrived}, reason)
    return one


@transaction.atomic
def state_arrived(*, purchase_id: int, actor: Actor, arrived: int, reason: str) -> Purchase:
    """A person says how many have arrived by now: all closes the order, fewer opens it again, also a cancelled one.

    Raises ReasonNeeded, NotPossible.
    """
    if not reason.strip():
        raise ReasonNeeded
    one = _locked(purchase_id)
    if not 0 <= arrived <= one.count:
        raise NotPossible("", f"{one.count} were ordered: say a number from 0 to {one.count}.")
    if more := arrived - one.arrived:
        Arrival.objects.create(product=one.product, purchase=one, count=more, source="corrected by hand")
    before, one.arrived = one.arrived, arrived
    one.cancelled_at, one.cancelled_because = None, ""
    one.save(update_fields=["arrived", "cancelled_at", "cancelled_because"])
    _tell(one, "purchase.arrived_by_word", actor, {"before": before, "after": arrived}, reason)
    return one


@transaction.atomic
def arrived_by_upload(*, upload: Upload, actor: Actor) -> int:
    """Counts the new, available IDs of an applied export towards the open orders. Returns how many found one.

    Idempotent: an upload counts once for a product, also where nothing was ordered at that time.
    """
    new = PlanRow.objects.filter(upload=upload, cause=Cause.ADDED, after=Standing.OPEN, dropped="")
    found = 0
    per_product = new.values("product").order_by("product").annotate(n=Count("pk"), first=Min("row"), last=Max("row"))
    for one in list(per_product):
        product = Product.objects.filter(code=one["product"]).first()
        if product is None or Arrival.objects.filter(upload=upload, product=product).exists():
            continue
        days: dict[date | None, int] = {}
        if Purchase.objects.open().filter(product=product).exists():
            # As the plan has it: to ask the mirror for each takes PostgreSQL hours where it has no statistics yet.
            rows = new.filter(product=product.code)
            counted = rows.values("purchased_on").order_by("purchased_on").annotate(n=Count("pk"))
            days = {day["purchased_on"]: day["n"] for day in counted}
        source = f"upload {upload.pk}, rows {one['first']} to {one['last']}"
        known = days or {None: one["n"]}
        found += arrived(product=product, purchased=known, source=source, actor=actor, upload=upload)
    return found


@transaction.atomic
def arrived(
    *, product: Product, purchased: dict[date | None, int], source: str, actor: Actor, upload: Upload | None = None
) -> int:
    """New IDs came, by the day that iTEP calls their purchase (None: not known). Returns how many were ordered.

    Those bought on the day of an open order go there first, then all to the oldest. The rest nobody ordered: kept too.
    """
    locks.product(product_id=product.pk)
    if upload is not None and Arrival.objects.filter(upload=upload, product=product).exists():
        return 0
    still = list(Purchase.objects.open().filter(product=product).select_for_update(of=("self",), no_key=True))
    left, taken = dict(purchased), dict.fromkeys((one.pk for one in still), 0)
    for one in still:
        own = min(left.get(one.ordered_on, 0), one.outstanding)
        if own:
            left[one.ordered_on] -= own
            taken[one.pk] = own
    rest = sum(left.values())
    for one in still:
        more = min(rest, one.outstanding - taken[one.pk])
        rest, taken[one.pk] = rest - more, taken[one.pk] + more
    for one in still:
        if taken[one.pk]:
            _arrive(one, taken[one.pk], source, actor, upload)
    if rest and upload is not None:
        Arrival.objects.create(product=product, upload=upload, count=rest, source=source)
    return sum(taken.values())


def listed(product: Product | None = None) -> QuerySet[Purchase]:
    """Every order with what came of it, the newest first."""
    found = Purchase.objects.select_related("product", "user").prefetch_related("arrivals")
    return (found.filter(product=product) if product else found).order_by("-ordered_on", "-id")


def coming(product: Product | None = None) -> QuerySet[Purchase]:
    """Orders of which something is still to come, what was to be here first in front."""
    return listed(product).filter(OPEN).order_by("expected_on", "id")


def closed(product: Product | None = None) -> QuerySet[Purchase]:
    """Orders that have arrived, or whose rest was cancelled."""
    return listed(product).exclude(OPEN)


def story(one: Purchase) -> list[AuditEntry]:
    """What happened to an order, oldest first, with its authors."""
    return audit.story(subject=_subject(one))


def on_their_way() -> dict[int, int]:
    """Product -> IDs that are ordered and still to come."""
    still = Purchase.objects.open().order_by().values("product").annotate(n=Sum(F("count") - F("arrived")))
    return {one["product"]: one["n"] for one in still}


def _arrive(one: Purchase, count: int, source: str, actor: Actor, upload: Upload | None) -> None:
    Arrival.objects.create(product=one.product, purchase=one, upload=upload, count=count, source=source)
    one.arrived += count
    one.save(update_fields=["arrived"])
    _tell(one, "purchase.arrived", actor, {"count": count, "outstanding": one.outstanding}, source=source)


def _locked(purchase_id: int) -> Purchase:
    """Locked after its product, as where something arrives. Raises Purchase.DoesNotExist."""
    locks.product(product_id=Purchase.objects.values_list("product_id", flat=True).get(pk=purchase_id))
    return Purchase.objects.select_for_update(of=("self",), no_key=True).get(pk=purchase_id)


def _subject(one: Purchase) -> str:
    return f"purchase {one.pk}"


def _tell(
    one: Purchase, verb: str, actor: Actor, detail: Detail | None = None, reason: str = "", source: str = ""
) -> None:
    about = {"product": one.product.code, "subject": _subject(one), "source": source}
    audit.record(actor=actor, verb=verb, detail=detail, reason=reason, **about)

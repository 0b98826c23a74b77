"""Products: set up, changed, paused and resumed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from access import audit
from access.actors import Actor
from inventory import alarms, announcing, locks, own_keys, pauses
from inventory.errors import ReasonNeeded
from inventory.models import Calls, Product
from itep.wire import JSON


class Settings(TypedDict, total=False):
    """What to set of a product; what is left out stays as it is."""

    name: str
    api_key: str
    source: str
    delivery: str
    calls: str
    lead_days: int
    target_weeks: int
    notice_count: int | None
    low_count: int | None
    notice_days: int | None
    low_days: int | None
    price: Decimal | None
    currency: str
    minutes: int | None
    result_days: int | None
    reminder_days: str
    result_valid_months: int | None
    needs_password: bool
    password_in_mail: bool
    start_url: str
    assigned_to_keys: dict[str, JSON]


def works_by_hand(product: Product) -> bool:
    """Whether a person does at iTEP what the call would do: so it is set, for good or a while, or there is no iTEP."""
    return product.calls == Calls.MANUAL or product.by_hand_since is not None or not settings.ITEP_BASE_URL


def done_by_hand() -> Q:
    """As `works_by_hand`, of the products of claims."""
    if not settings.ITEP_BASE_URL:  # every product: an empty Q would vanish in an "or"
        return Q(product__isnull=False)
    return Q(product__calls=Calls.MANUAL) | Q(product__by_hand_since__isnull=False)


def check_code(code: str) -> None:
    """A code with a line break or the like cannot be typed, nor stand on one line. Raises ValidationError."""
    if code != code.strip() or not code.isprintable():
        raise ValidationError("A product code has printable characters only, and no space at its ends.")


@transaction.atomic
def create_or_change(*, code: str, actor: Actor, change: Settings | None = None) -> Product:
    """The product with this code, made if it was not known. Raises ValidationError.

    Whoever gives a product its first key, and does not say how its calls go, wants them made.
    """
    check_code(code)
    product, is_new = Product.objects.get_or_create(code=code)
    product = locks.product(product_id=product.pk)
    given: dict[str, object] = {**change} if change else {}
    if given.get("api_key") and not product.api_key:
        given.setdefault("calls", Calls.API)
    differing = sorted(name for name, value in given.items() if getattr(product, name) != value)
    for name, value in given.items():
        setattr(product, name, value)
    if "assigned_to_keys" in differing:
        own_keys.check(product.assigned_to_keys)
    product.set_api_key(product.api_key)
    product.full_clean(validate_unique=False)
    product.save()
    if is_new or differing:
        verb = "product.created" if is_new else "product.changed"
        audit.record(actor=actor, verb=verb, product=code, subject=code, detail={"fields": differing})
        _look_again(product)
    return product


@transaction.atomic
def pause(*, product: Product, because: str, actor: Actor) -> bool:
    """No call is made for the product, and requests wait, until it is resumed. False if it was paused already.

    Raises ReasonNeeded.
    """
    if not because.strip():
        raise ReasonNeeded
    product = locks.product(product_id=product.pk)
    if product.paused_at is not None:
        return False
    locks.stop_calls(product_id=product.pk)
    pauses.stop(product, because=because, actor=actor)
    audit.record(actor=actor, verb="product.paused", product=product.code, subject=product.code, reason=because)
    return True


@transaction.atomic
def pause_key(*, product: Product, because: str, actor: Actor) -> list[str]:
    """Pauses all products that share this product's key: their codes, those that were paused already left out.

    One alarm for all of them: a second call that was under way with the same key finds them paused.
    """
    found = locks.products(ids=sharing_key(product))
    paused = [one.code for one in found if pause(product=one, because=because, actor=actor)]
    alarms.paused(codes=paused, because=because)
    return paused


def sharing_key(product: Product) -> list[int]:
    """The ids of the products that have this product's API key, itself among them."""
    if not product.api_key_digest:
        return [product.pk]
    return list(Product.objects.filter(api_key_digest=product.api_key_digest).values_list("id", flat=True))


@transaction.atomic
def resume(*, product: Product, actor: Actor) -> bool:
    """Calls are made again, and whoever waits is served. False if it was not paused."""
    product = locks.product(product_id=product.pk)
    if product.paused_at is None:
        return False
    product.refusals_in_a_row = 0
    pauses.go_on(product)
    audit.record(actor=actor, verb="product.resumed", product=product.code, subject=product.code)
    _look_again(product)
    return True


@transaction.atomic
def go_by_hand(*, products: Iterable[Product], actor: Actor) -> list[str]:
    """What no call was begun for becomes hand work at iTEP, until `go_by_calls`: the codes of which that is new.

    Whoever has a text in hand keeps it, and an unknown outcome stays unknown (DESIGN.md section 4, rule 12).
    """
    return _switch(products, since=timezone.now(), actor=actor, verb="product.by_hand")


@transaction.atomic
def go_by_calls(*, products: Iterable[Product], actor: Actor) -> list[str]:
    """Takes `go_by_hand` back: what nobody has in hand is called for again. The codes of which that is new."""
    return _switch(products, since=None, actor=actor, verb="product.by_calls")


def _switch(products: Iterable[Product], *, since: datetime | None, actor: Actor, verb: str) -> list[str]:
    found = locks.products(ids=[one.pk for one in products])
    changed = [one for one in found if (one.by_hand_since is None) != (since is None) and one.calls == Calls.API]
    for one in changed:
        one.by_hand_since = since
        one.save(update_fields=["by_hand_since"])
        audit.record(actor=actor, verb=verb, product=one.code, subject=one.code)
        _look_again(one)
    return [one.code for one in changed]


def _look_again(product: Product) -> None:
    """What a pause, a missing key or calls by hand kept back may go on."""
    announcing.look_again(pauses.held_back().filter(product=product))
    announcing.stock_grew(product)

"""Products: set up, changed, paused and resumed."""

from __future__ import annotations

from decimal import Decimal
from typing import TypedDict

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from inventory import announcing, locks, own_keys
from inventory.models import Calls, Claim, ClaimState, Product
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
    result_valid_months: int | None
    needs_password: bool
    password_in_mail: bool
    start_url: str
    assigned_to_keys: dict[str, JSON]


def works_by_hand(product: Product) -> bool:
    """Whether a person does at iTEP what the call would do: so it is set, or there is no iTEP to call."""
    return product.calls == Calls.MANUAL or not settings.ITEP_BASE_URL


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
    """No call is made for the product, and requests wait, until it is resumed. False if it was paused already."""
    product = locks.product(product_id=product.pk)
    if product.paused_at is not None:
        return False
    product.paused_at, product.paused_because = timezone.now(), because[:200]
    product.save(update_fields=["paused_at", "paused_because"])
    audit.record(actor=actor, verb="product.paused", product=product.code, subject=product.code, reason=because)
    return True


@transaction.atomic
def pause_key(*, product: Product, because: str, actor: Actor) -> list[str]:
    """Pauses all products that share this product's key: their codes, those that were paused already left out."""
    sharing = Product.objects.filter(api_key_digest=product.api_key_digest) if product.api_key_digest else None
    ids = list(sharing.values_list("id", flat=True)) if sharing is not None else [product.pk]
    return [one.code for one in locks.products(ids=ids) if pause(product=one, because=because, actor=actor)]


@transaction.atomic
def resume(*, product: Product, actor: Actor) -> bool:
    """Calls are made again, and whoever waits is served. False if it was not paused."""
    product = locks.product(product_id=product.pk)
    if product.paused_at is None:
        return False
    product.paused_at, product.paused_because, product.refusals_in_a_row = None, "", 0
    product.save(update_fields=["paused_at", "paused_because", "refusals_in_a_row"])
    audit.record(actor=actor, verb="product.resumed", product=product.code, subject=product.code)
    _look_again(product)
    return True


def _look_again(product: Product) -> None:
    """What a pause, a missing key or calls by hand kept back may go on."""
    announcing.look_again(Claim.objects.filter(product=product, state=ClaimState.RESERVED).order_by("id"))
    announcing.stock_grew(product)

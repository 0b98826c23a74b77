"""Calls to iTEP are paused and resumed, for one product or for all: no worker begins one while they are.

What differs is what requests do meanwhile. A product's pause may mean that its key or its stock is wrong: its requests
wait (DESIGN.md section 6). A pause of all calls says nothing of the stock: IDs are reserved, and the calls wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from access import audit
from access.actors import Actor
from inventory import announcing, locks
from inventory.errors import ReasonNeeded
from inventory.models import AllCalls, Calls, Claim, ClaimState, Product
from inventory.models.pauses import Pausable

ALL = "all calls"  # the subject in the audit trail


def of_all_calls() -> AllCalls:
    """The one row, or a blank one where all calls were never paused."""
    return AllCalls.objects.select_related("paused_by").filter(pk=1).first() or AllCalls(pk=1)


def why_none_at_all() -> str:
    """Why no call is made whatever the product; "" where calls are made."""
    paused = AllCalls.objects.filter(paused_at__isnull=False)
    return paused.values_list("paused_because", flat=True).first() or ""


@transaction.atomic
def pause_all(*, because: str, actor: Actor) -> bool:
    """No call is begun any more, by any worker, once this has committed. False if they were paused already.

    Requests are accepted and IDs reserved meanwhile; mails go on. Raises ReasonNeeded.
    """
    if not because.strip():
        raise ReasonNeeded
    locks.stop_calls()
    row = of_all_calls()
    if row.paused_at is not None:
        return False
    stop(row, because=because, actor=actor)
    audit.record(actor=actor, verb="calls.paused", subject=ALL, reason=row.paused_because)
    return True


@transaction.atomic
def resume_all(*, actor: Actor) -> bool:
    """Calls go on, in the order in which they came and at the pace of their keys. False if they were not paused."""
    locks.stop_calls()
    row = of_all_calls()
    if row.paused_at is None:
        return False
    go_on(row)
    audit.record(actor=actor, verb="calls.resumed", subject=ALL)
    announcing.look_again(held_back().filter(product__paused_at__isnull=True))
    return True


def stop(row: Pausable, *, because: str, actor: Actor) -> None:
    """Writes down that calls stop, who wants it and why; whoever calls this holds the lock and tells the trail."""
    row.paused_at, row.paused_because, row.paused_by = timezone.now(), because.strip()[:200], actor.user
    row.save()


def go_on(row: Pausable) -> None:
    row.paused_at, row.paused_because, row.paused_by = None, "", None
    row.save()


def held_back() -> QuerySet[Claim]:
    """What a pause may have kept back: requests to be called, and unknown ones that could be called again, in order."""
    return Claim.objects.filter(state__in=[ClaimState.RESERVED, ClaimState.UNKNOWN], by_hand=False).order_by("id")


def calls_waiting(product: Product | None = None) -> int:
    """How many calls are due and wait for the pause to end."""
    if not settings.ITEP_BASE_URL:
        return 0
    waiting = Claim.objects.filter(state=ClaimState.RESERVED, product__calls=Calls.API)
    return (waiting.filter(product=product) if product else waiting).count()


@dataclass(frozen=True, slots=True)
class Stopped:
    """All calls are paused, as every page says it."""

    since: datetime
    because: str
    by: str
    waiting: int


def stopped() -> Stopped | None:
    """None where calls are made."""
    row = of_all_calls()
    if row.paused_at is None:
        return None
    return Stopped(row.paused_at, row.paused_because, str(row.paused_by or ""), calls_waiting())

"""The calls to iTEP as staff see them: whether iTEP answers, who waits since when, what will settle the unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from fulfillment import queries
from fulfillment.models import Fulfillment, State
from fulfillment.settling import CALL as CALL
from inventory.models import Claim, ClaimState, Product
from outbox import ways
from outbox.models import Attempt, Entry, EntryState

WAY = "itep"
SHOWN_FROM = 3  # failures in a row: before that it may be over in a moment
STALE = timedelta(minutes=10)  # after which, with nobody waiting, nobody has looked whether it is over
WAITS = Q(oid__in=Entry.objects.filter(kind=CALL, state=EntryState.PENDING, due_at__lte=Now()).values("oid"))
LISTS: Mapping[str, Q] = {
    "waiting": WAITS & ~Q(state=State.UNKNOWN),
    "unknown": Q(state=State.UNKNOWN),
    "stopped": Q(state=State.FAILED, claim__state=ClaimState.RESERVED),
}


@dataclass(frozen=True, slots=True)
class Silence:
    """iTEP does not answer. `oldest`: since when the call waits that has waited longest; None where none does."""

    since: datetime
    why: str
    tried_at: datetime | None  # when it is tried next
    waiting: int
    oldest: datetime | None

    @property
    def long(self) -> bool:
        """Whether the oldest has waited for so long that minutes tell it."""
        return self.oldest is not None and timezone.now() - self.oldest >= timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Line:
    """A product and its calls. `changes`: they are meant to go by themselves, so that one can choose."""

    product: Product
    waiting: int
    oldest: datetime | None
    unknown: int
    stopped: int
    changes: bool


def silence() -> Silence | None:
    """None while iTEP answers, or has merely failed once or twice, or nobody needs it and nobody knows."""
    way = ways.state(WAY)
    if way is None or way.failing_since is None or way.held_until is None or way.failures < SHOWN_FROM:
        return None
    found = Entry.objects.filter(kind=CALL, state=EntryState.PENDING, due_at__lte=Now())
    waits = found.aggregate(number=Count("pk"), oldest=Min("created_at"))
    if not waits["number"] and way.held_until < timezone.now() - STALE:
        return None
    return Silence(way.failing_since, way.note, way.held_until, waits["number"], waits["oldest"])


def by_product() -> list[Line]:
    """Every product whose calls go by themselves, or for which one is open."""
    counts = {name: _counted(which) for name, which in LISTS.items()}
    oldest = dict(
        Fulfillment.objects.filter(LISTS["waiting"]).order_by().values_list("product").annotate(at=Min("created_at"))
    )
    lines = [
        Line(
            one,
            oldest=oldest.get(one.pk),
            changes=one.calls == "api",
            **{n: c.get(one.pk, 0) for n, c in counts.items()},
        )
        for one in Product.objects.order_by("code")
    ]
    return [line for line in lines if line.changes or line.waiting or line.unknown or line.stopped]


def listed(which: str, product: str = "") -> QuerySet[Fulfillment]:
    """Those who have waited longest first; `which` is a name of LISTS."""
    rows = queries.fulfillments().filter(LISTS[which]).order_by("claim_id")
    return rows.filter(product__code=product) if product else rows


def _counted(which: Q) -> dict[int, int]:
    return dict(Fulfillment.objects.filter(which).order_by().values_list("product").annotate(number=Count("pk")))


def settles_after(claim: Claim) -> datetime | None:
    """An export downloaded later settles an unknown call either way; None where nothing is unknown.

    One downloaded earlier, but after the call, can only confirm it (DESIGN.md section 5, rows c and f).
    """
    ended = claim.call_ended_at or claim.call_until
    if claim.state != ClaimState.UNKNOWN or ended is None or claim.by_hand:
        return None
    return ended + timedelta(minutes=settings.SETTLE_MINUTES)


def said(oids: list[UUID]) -> dict[UUID, str]:
    """What iTEP itself said to the latest call for each, where it said why not."""
    found: dict[UUID, str] = {}
    attempts = Attempt.objects.filter(entry__kind=CALL, entry__oid__in=oids).select_related("entry").order_by("pk")
    for one in attempts:
        if one.entry.oid is not None:
            found[one.entry.oid] = one.said
    return {oid: text for oid, text in found.items() if text}

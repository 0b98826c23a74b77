"""Tests past their deadline that were never seen started: idle, what that costs, and what can be done for many."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from access.actors import Actor
from fulfillment import acts, deadlines, rules
from fulfillment.errors import NotCancellable
from fulfillment.models import Fulfillment, State
from fulfillment.reminders import NOT_STARTED
from inventory.models import Holding, TestID

MOST = 500  # at a time: each is an act of its own


@dataclass(frozen=True, slots=True)
class Idle:
    """One of them. `days` over; `price` of its product, None where nobody has entered it."""

    one: Fulfillment
    test_id: TestID | None
    days: int
    price: Decimal | None

    @property
    def valid_until(self) -> date | None:
        return self.test_id.valid_until if self.test_id else None


def tests() -> QuerySet[Fulfillment]:
    """With the candidate, past the deadline; neither iTEP's status nor its list says that it was started."""
    started = TestID.objects.filter(holder=OuterRef("claim_id"), holding=Holding.CURRENT).exclude(
        left_panel_at=None, status__in=NOT_STARTED, progress__in=NOT_STARTED
    )
    return Fulfillment.objects.filter(
        ~Exists(started),
        state__in=[State.ASSIGNED, State.SENT],
        itep_status__in=NOT_STARTED,
        deadline__lt=deadlines.today(),
        attendance__arrived_at=None,  # seen at the door of their sitting
    )


def idle(rows: QuerySet[Fulfillment]) -> list[Idle]:
    """Those rows of `tests`, in their order and a fixed number of statements."""
    today = deadlines.today()
    current = Prefetch("claim__held", TestID.objects.filter(holding=Holding.CURRENT))
    found = rows.select_related("claim", "product", "payer").prefetch_related(current)
    return [
        Idle(one, one.claim.current, (today - one.deadline).days, one.product.price) for one in found if one.deadline
    ]


def costs(found: Iterable[Idle]) -> list[tuple[Decimal, str]]:
    """What they cost together, by currency; those without a price are left out."""
    sums: dict[str, Decimal] = {}
    for one in found:
        if one.price is not None:
            sums[one.one.product.currency] = sums.get(one.one.product.currency, Decimal(0)) + one.price
    return [(amount, currency) for currency, amount in sorted(sums.items())]


def chosen(oids: Collection[UUID]) -> list[Idle]:
    """Those that were ticked and are still idle, at most `MOST`."""
    return idle(tests().filter(oid__in=list(oids)[:MOST]).order_by("deadline", "id"))


def why_not_remind(one: Fulfillment) -> str:
    """As the rule of one, given that another last day comes with it."""
    return rules.why_not_remind(one, moved=True)


def free(*, oids: Collection[UUID], actor: Actor, reason: str) -> dict[UUID, str]:
    """Cancels each, in a transaction of its own; the IDs are then to be cleared at iTEP. Returns why not, where not."""
    refused: dict[UUID, str] = {}
    for oid in oids:
        try:
            acts.cancel(oid=oid, actor=actor, reason=reason)
        except NotCancellable as error:
            refused[oid] = str(error)
    return refused

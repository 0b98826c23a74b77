"""The outlook of each product: its stock, the forecast, how old the knowledge is; counted in SQL.

However many products and IDs there are, it takes the same few statements.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Case, Count, IntegerField, Min, QuerySet, Value, When
from django.utils import timezone

from access.days import midnight
from inventory import arriving, knowledge, queries
from inventory.course import Lot, Supply
from inventory.forecast import MOST_WEEKS, Forecast, History, reckon
from inventory.knowledge import Knowledge
from inventory.levels import Level, Limits, State, level_of
from inventory.models import AssignedToRecord, Claim, Product, Source, TestID
from inventory.models.claims import WrittenBy
from inventory.queries import StockCard

_TODAY = -1  # the week that has just begun


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known and foreseen of one product today."""

    card: StockCard
    supply: Supply
    forecast: Forecast
    knowledge: Knowledge

    @property
    def product(self) -> Product:
        return self.card.product

    @property
    def is_stocked(self) -> bool:
        """Whether there is a stock to watch: IDs that are bought one by one never run low."""
        return self.product.source == Source.INVENTORY and bool(
            self.card.total or self.card.waiting or self.forecast.history.given
        )

    @property
    def is_overdue(self) -> bool:
        """Whether somebody should look at iTEP."""
        return self.is_stocked and self.knowledge.is_overdue

    @property
    def cover(self) -> int | None:
        """Days until it runs out, at the likely pace."""
        return (self.forecast.likely - self.supply.today).days if self.forecast.likely else None

    @property
    def late(self) -> int:
        """IDs that were to come before today, and did not."""
        return sum(lot.count for lot in self.supply.arriving if lot.on and lot.on < self.supply.today)

    @property
    def expired(self) -> int:
        """Available IDs that are past their last day: iTEP still lists them, and nobody can use them."""
        return sum(lot.count for lot in self.supply.available if lot.on and lot.on < self.supply.today)

    @property
    def state(self) -> State:
        order_by = self.forecast.order_by
        order_in = (order_by - self.supply.today).days if order_by else None
        return State(self.supply.free, self.cover, order_in)

    @property
    def limits(self) -> Limits:
        one = self.product
        return Limits(one.notice_count, one.low_count, one.notice_days, one.low_days)

    def level(self, *, wider: bool = False) -> Level:
        """The level of warning. None for what nobody takes and nobody waits for. `wider`: still, once it is reached."""
        if not self.is_stocked or (self.forecast.is_unused and not self.card.waiting):
            return Level.NONE
        return level_of(self.state, self.limits.wider() if wider else self.limits)


def outlooks(today: date | None = None, *, product: Product | None = None) -> list[Outlook]:
    """Of every product, those with stock or use first; or of this one alone."""
    day = today or timezone.localdate()
    lots, histories, coming = _lots(), _histories(day), arriving.by_product()
    found = []
    for card in queries.stock_by_product():
        key = card.product.pk
        if product is None or card.product == product:
            supply = Supply(day, lots.get(key, ()), card.waiting, coming.get(key, ()))
            found.append(outlook(card, supply, histories.get(key, History())))
    return found


def of(product: Product) -> Outlook:
    """Of one product."""
    return outlooks(product=product)[0]


def with_order(one: Outlook, count: int) -> Outlook:
    """What would be, if so many more were ordered today."""
    comes = one.supply.on_day(one.product.lead_days)
    supply = replace(one.supply, arriving=(*one.supply.arriving, Lot(comes, count)))
    return outlook(one.card, supply, one.forecast.history)


def outlook(card: StockCard, supply: Supply, history: History) -> Outlook:
    """From what was counted."""
    product = card.product
    forecast = reckon(supply=supply, history=history, lead_days=product.lead_days, target_weeks=product.target_weeks)
    seen_on = timezone.localtime(card.seen_at or product.created_at).date()
    check_by = knowledge.check_again_by(seen_on=seen_on, runs_out=forecast.likely)
    return Outlook(card, supply, forecast, Knowledge(card.seen_at, check_by, supply.today))


def _lots() -> dict[int, tuple[Lot, ...]]:
    """What is available, by its last day."""
    found: dict[int, list[Lot]] = {}
    rows = TestID.objects.available().order_by().values_list("product", "valid_until").annotate(number=Count("pk"))
    for product, valid_until, number in rows:
        found.setdefault(product, []).append(Lot(valid_until, number))
    return {product: tuple(lots) for product, lots in found.items()}


def _histories(today: date) -> dict[int, History]:
    """Tests given: claims that came to be confirmed. Assignments that were adopted were given before our time."""
    used: dict[int, dict[int, int]] = {}
    counted = _given().filter(confirmed_at__gte=midnight(today - timedelta(weeks=MOST_WEEKS)))
    for product, week, number in counted.values_list("product", _week(today)).order_by().annotate(number=Count("pk")):
        used.setdefault(product, {})[week] = number
    first = _given().values_list("product").order_by().annotate(first=Min("confirmed_at"))
    return {product: _history(used.get(product, {}), moment, today) for product, moment in first}


def _history(used: dict[int, int], first: datetime, today: date) -> History:
    days = max((today - timezone.localtime(first).date()).days, 0)
    weeks = min(days // 7, MOST_WEEKS)
    return History(tuple(used.get(week, 0) for week in range(weeks)), sum(used.values()), days)


def _given() -> QuerySet[Claim]:
    adopted = AssignedToRecord.objects.filter(written_by=WrittenBy.ADOPTED).values("claim")
    return Claim.objects.filter(confirmed_at__isnull=False).exclude(pk__in=adopted)


def _week(today: date) -> Case:
    """0 for the seven days that ended yesterday, 1 for those before: by midnights here, whatever the clock changed."""
    ends = [(_TODAY, today), *((week, today - timedelta(weeks=week + 1)) for week in range(MOST_WEEKS))]
    whens = [When(confirmed_at__gte=midnight(day), then=Value(week)) for week, day in ends]
    return Case(*whens, default=Value(MOST_WEEKS), output_field=IntegerField())

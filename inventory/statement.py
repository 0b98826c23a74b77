"""The stock statement of a period: it balances, for each product and for all (DESIGN.md section 5).

opening + added + returned + freed - given here - assigned outside - no longer offered - set aside ... = closing. The
ledger says what moved (`inventory.ledger`), this file what that means. A state that an ID passed through in less than
two seconds is no line: one act may write a claim and its ID by two statements.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from inventory.models import Product, StockMove, TestID
from inventory.queries import STATE, STATES

ELSEWHERE = "elsewhere"
# (line, adds): the lines of the statement of what can be given, by the state at the other end of the move.
_IN = {
    "": "added",
    ELSEWHERE: "from_another_product",
    "claimed": "freed",
    "assigned": "freed",
    "assigned_outside": "returned",
    "withdrawn": "returned",
    "unavailable": "returned",
}
_OUT = {
    "claimed": "given",
    "assigned": "given",
    "assigned_outside": "assigned_outside",
    "withdrawn": "withdrawn",
    "unavailable": "unavailable",
    ELSEWHERE: "to_another_product",
    "": "removed",
}
LINES = tuple(dict.fromkeys((*_IN.values(), *_OUT.values())))


@dataclass(frozen=True, slots=True)
class Period:
    """Days in the reader's zone, both included; None: from the beginning, up to now."""

    first: date | None = None
    last: date | None = None

    @property
    def start(self) -> datetime | None:
        return _midnight(self.first) if self.first else None

    @property
    def end(self) -> datetime | None:
        """The moment after its last; None where it lasts up to now, whatever clock the database goes by."""
        return _midnight(self.last + timedelta(days=1)) if self.last and self.last < timezone.localdate() else None


@dataclass(frozen=True, slots=True)
class Flow:
    """`number` IDs of a product that left one state for another."""

    product_id: int
    from_state: str
    to_state: str
    number: int


@dataclass(frozen=True, slots=True)
class StateLine:
    """One state of the whole stock over the period."""

    state: str
    opening: int
    came: int
    went: int

    @property
    def closing(self) -> int:
        return self.opening + self.came - self.went


@dataclass(frozen=True, slots=True)
class Statement:
    """What could be given at the beginning, each cause of a change (those that take are negative), and at the end."""

    opening: int
    changes: Mapping[str, int]
    states: list[StateLine]

    @property
    def came(self) -> int:
        return sum(number for number in self.changes.values() if number > 0)

    @property
    def went(self) -> int:
        return -sum(number for number in self.changes.values() if number < 0)

    @property
    def closing(self) -> int:
        return self.opening + self.came - self.went


def drawn_up(opening: Mapping[str, int], flows: Iterable[Flow]) -> Statement:
    """The statement of one product, or of all, from the stock at the beginning by state and what moved."""
    changes, came, went = dict.fromkeys(LINES, 0), Counter[str](), Counter[str]()
    for flow in flows:
        came[flow.to_state] += flow.number
        went[flow.from_state] += flow.number
        if flow.to_state == "available":
            changes[_IN[flow.from_state]] += flow.number
        elif flow.from_state == "available":
            changes[_OUT[flow.to_state]] -= flow.number
    states = [StateLine(one, opening.get(one, 0), came[one], went[one]) for one in STATES]
    return Statement(opening.get("available", 0), changes, states)


def statements(period: Period) -> dict[int, Statement]:
    """By product. Three statements of SQL, however many there are."""
    opening, flows = _opening(period), _flows(period)
    moved: dict[int, list[Flow]] = {}
    for flow in flows:
        moved.setdefault(flow.product_id, []).append(flow)
    ids = Product.objects.values_list("pk", flat=True)
    return {pk: drawn_up(opening.get(pk, {}), moved.get(pk, [])) for pk in ids}


def of_all(by_product: Iterable[Statement]) -> Statement:
    """The sum of several products' statements."""
    each = list(by_product)
    changes = {line: sum(one.changes[line] for one in each) for line in LINES}
    states = [
        StateLine(
            name,
            sum(one.states[n].opening for one in each),
            sum(one.states[n].came for one in each),
            sum(one.states[n].went for one in each),
        )
        for n, name in enumerate(STATES)
    ]
    return Statement(sum(one.opening for one in each), changes, states)


def available_by_day(period: Period, product: Product | None = None) -> list[tuple[date, int]]:
    """How many could be given at the end of each day on which that changed, the first day's opening included."""
    moves = _within(StockMove.objects.filter(Q(from_state="available") | Q(to_state="available")), period)
    if product is not None:
        moves = moves.filter(product=product)
    came = Sum("number", filter=Q(to_state="available"), default=0)
    went = Sum("number", filter=Q(from_state="available"), default=0)
    days = moves.filter(opening=False).values(day=TruncDate("at")).annotate(change=came - went).order_by("day")
    opening = _opening(period)
    now = sum(one.get("available", 0) for pk, one in opening.items() if product is None or pk == product.pk)
    found: list[tuple[date, int]] = []
    for one in days:
        now += one["change"]
        found.append((one["day"], now))
    return found


def began_at() -> datetime | None:
    """Since when the ledger counts: None where it has counted from the first ID on."""
    began: datetime | None = StockMove.objects.filter(opening=True).aggregate(at=Min("at"))["at"]
    return began


def imbalance() -> dict[str, int]:
    """Where the ledger and the mirror differ: "CODE state" -> ledger less mirror; {} where they agree, as they must."""
    differ = Counter[tuple[int, str]]()
    for product_id, states in _opening(Period(first=date.max)).items():
        differ.update({(product_id, state): number for state, number in states.items()})
    live = TestID.objects.annotate(state=STATE).values_list("product", "state").order_by().annotate(n=Count("pk"))
    for product_id, state, number in live:
        differ[product_id, state] -= number
    codes = dict(Product.objects.values_list("pk", "code"))
    return {f"{codes[pk]} {state}": number for (pk, state), number in sorted(differ.items()) if number}


def _opening(period: Period) -> dict[int, dict[str, int]]:
    """Product -> state -> IDs at the beginning. What stood when the ledger began has always stood."""
    before = Q(opening=True) & (Q(at__lt=period.end) if period.end else Q())
    if period.first == date.max:
        before = Q()
    elif period.start:
        before |= Q(at__lt=period.start)
    sums = StockMove.objects.filter(before).values("product_id", "from_state", "to_state").order_by()
    found: dict[int, Counter[str]] = {}
    for one in sums.annotate(total=Sum("number")):
        states = found.setdefault(one["product_id"], Counter())
        states[one["to_state"]] += one["total"]
        states[one["from_state"]] -= one["total"]
    return {pk: {one: states[one] for one in STATES} for pk, states in found.items()}


def _within(moves: QuerySet[StockMove], period: Period) -> QuerySet[StockMove]:
    if period.start:
        moves = moves.filter(at__gte=period.start)
    return moves.filter(at__lt=period.end) if period.end else moves


_FLOWS = """
    WITH named AS (
        SELECT id, product_id, row, CASE WHEN {gap} THEN 0 ELSE 1 END AS begins
        FROM inventory_stockmove WHERE {within} AND row IS NOT NULL
        WINDOW w AS (PARTITION BY product_id, row ORDER BY id)
    ), chained AS (
        SELECT id, product_id, row, SUM(begins) OVER (PARTITION BY product_id, row ORDER BY id) AS chain FROM named
    ), ends AS (SELECT MIN(id) AS head, MAX(id) AS tail FROM chained GROUP BY product_id, row, chain)
    SELECT h.product_id, h.from_state, t.to_state, COUNT(*) FROM ends
        JOIN inventory_stockmove h ON h.id = ends.head JOIN inventory_stockmove t ON t.id = ends.tail
        WHERE h.from_state <> t.to_state GROUP BY 1, 2, 3
    UNION ALL
    SELECT product_id, from_state, to_state, SUM(number) FROM inventory_stockmove
        WHERE {within} AND row IS NULL GROUP BY 1, 2, 3
"""
_GAP = {
    "postgresql": "at - LAG(at) OVER w < interval '2 seconds'",
    "sqlite": "julianday(at) - julianday(LAG(at) OVER w) < 2.0 / 86400",
}


def _flows(period: Period) -> list[Flow]:
    """What moved in the period; the steps of one ID that follow each other at once are one."""
    at = connection.ops.adapt_datetimefield_value
    bounds = [("at >= %s", period.start), ("at < %s", period.end)]
    within = " AND ".join(["NOT opening", *(sql for sql, moment in bounds if moment)])
    values = [at(moment) for _sql, moment in bounds if moment]
    with connection.cursor() as cursor:
        cursor.execute(_FLOWS.format(gap=_GAP[connection.vendor], within=within), values * 2)
        return [Flow(product_id, old, new, int(number)) for product_id, old, new, number in cursor.fetchall()]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))

"""Test IDs that are about to expire: said at 30 days and at 7, each ID once; those with candidates apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import BooleanField, Case, Count, Exists, IntegerField, Max, Min, OuterRef, Q, Value, When

from inventory.models import ClaimState, Holding, Product, SaidExpiry, StockWarning, TestID
from inventory.models.test_ids import AVAILABLE, TestIDQuerySet

HORIZONS = (7, 30)  # days
_NOT_STARTED = Q(status__in=("", "ready"), progress__in=("", "ready"), left_panel_at__isnull=True)
_WITH_CANDIDATE = Q(holding=Holding.CURRENT) & ~Q(holder__state=ClaimState.ENDED) & _NOT_STARTED


@dataclass(frozen=True, slots=True)
class Expiring:
    """So many IDs of a product that expire between two days: not given, and with candidates who have not started."""

    product: int
    days: int
    free: int
    given: int
    first: date
    last: date


def within(days: int, today: date) -> TestIDQuerySet:
    """IDs that can still be used, and expire today or within so many days; `given` says whether a candidate has one."""
    rows = TestID.objects.filter(AVAILABLE | _WITH_CANDIDATE)
    rows = rows.filter(valid_until__gte=today, valid_until__lte=today + timedelta(days=days))
    given = Case(When(AVAILABLE, then=Value(value=False)), default=Value(value=True), output_field=BooleanField())
    return rows.annotate(given=given)


def new(today: date) -> list[Expiring]:
    """What was not said yet, the nearest horizon first. Each ID counts under the nearest that it has reached."""
    return [found for days in HORIZONS for found in count(_new(days, today), days)]


def count(rows: TestIDQuerySet, days: int) -> list[Expiring]:
    """By product, in one statement."""
    counted = (
        rows.values("product")
        .order_by("product")
        .annotate(
            free=Count("pk", filter=Q(given=False)),
            with_candidate=Count("pk", filter=Q(given=True)),
            first=Min("valid_until"),
            last=Max("valid_until"),
        )
    )
    return [
        Expiring(one["product"], days, one["free"], one["with_candidate"], one["first"], one["last"]) for one in counted
    ]


def remember(*, warning: StockWarning, product: Product, days: int, today: date) -> None:
    """These IDs are said now, by this warning: in one statement, however many."""
    rows = _new(days, today).filter(product=product).order_by()
    number = Value(days, output_field=IntegerField()), Value(warning.pk, output_field=IntegerField())
    chosen, parameters = rows.values_list("pk", "valid_until", *number).query.sql_with_params()
    into = f"INSERT INTO {SaidExpiry._meta.db_table} (test_id_id, valid_until, days, warning_id)"
    with connection.cursor() as cursor:
        cursor.execute(f"{into} {chosen} ON CONFLICT DO NOTHING", parameters)


def by_day(product: Product, today: date) -> list[tuple[date, int, int]]:
    """For the product's page: (last day, not given, with candidates) within the longest horizon, soonest first."""
    rows = within(max(HORIZONS), today).filter(product=product).values_list("valid_until").order_by("valid_until")
    counts = rows.annotate(free=Count("pk", filter=Q(given=False)), held=Count("pk", filter=Q(given=True)))
    return [(day, free, held) for day, free, held in counts if day]


def _new(days: int, today: date) -> TestIDQuerySet:
    nearer = max((one for one in HORIZONS if one < days), default=-1)
    said = SaidExpiry.objects.filter(test_id=OuterRef("pk"), valid_until=OuterRef("valid_until"), days__lte=days)
    rows = within(days, today).filter(valid_until__gt=today + timedelta(days=nearer))
    return rows.filter(~Exists(said))

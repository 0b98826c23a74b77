"""The outlook as it is counted in the database: what enters it, in how many statements, how fast."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from time import perf_counter

import pytest
from django.db import connection
from django.utils import timezone

from inventory import arriving, outlooks
from inventory.course import Lot
from inventory.levels import Level
from inventory.models import (
    AssignedToRecord,
    Claim,
    ClaimSource,
    ClaimState,
    Product,
    SeenProduct,
    Source,
    Standing,
    TestID,
)
from inventory.models.claims import WrittenBy
from tests.conftest import stock
from tests.inventory import past

pytestmark = pytest.mark.django_db
Queries = Callable[[int], AbstractContextManager[object]]
STATEMENTS = 8


def test_weeks_end_yesterday_and_begin_with_the_first_test(academic: Product) -> None:
    past.given(academic, [3, 0, 5, 2])
    Claim.objects.create(
        oid="00000000-0000-0000-0000-000000000001",
        product=academic,
        source=ClaimSource.INVENTORY,
        state=ClaimState.CONFIRMED,
        confirmed_at=timezone.now(),
    )
    history = outlooks.of(academic).forecast.history
    assert (history.weeks, history.given, history.days) == ((3, 0, 5, 2), 11, 28)


def test_a_week_that_is_not_whole_does_not_count(academic: Product) -> None:
    past.given(academic, [1] * 3)
    history = outlooks.outlooks(timezone.localdate() - timedelta(days=1), product=academic)[0].forecast.history
    assert (len(history.weeks), history.days) == (2, 20)


def test_what_was_adopted_was_given_before_our_time(academic: Product) -> None:
    claims = past.given(academic, [2] * 4)
    for claim in claims[:3]:
        AssignedToRecord.objects.create(claim=claim, text="x", digest="x", written_by=WrittenBy.ADOPTED)
    assert outlooks.of(academic).forecast.history.given == 5


def test_available_waiting_and_ordered_enter_the_supply(academic: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    today = timezone.localdate()
    coming = (Lot(today - timedelta(days=1), 3), Lot(today + timedelta(days=5), 50))
    monkeypatch.setattr(arriving, "by_product", lambda: {academic.pk: coming})
    stock(academic, 2)
    past.stock_until(academic, 3, today + timedelta(days=9), first=3)
    TestID.objects.filter(test_id="ACADPLUS0001").update(standing=Standing.OUTSIDE)
    for number in range(2):
        Claim.objects.create(
            oid=f"00000000-0000-0000-0000-00000000000{number}",
            product=academic,
            source=ClaimSource.INVENTORY,
            state=ClaimState.WAITING,
        )
    found = outlooks.of(academic)
    assert sorted(lot.count for lot in found.supply.available) == [1, 3]
    assert (found.supply.free, found.supply.waiting, found.supply.arriving, found.late) == (2, 2, coming, 3)


def test_the_knowledge_is_that_of_the_latest_export_not_of_the_rows(academic: Product) -> None:
    stock(academic, 1)
    assert outlooks.of(academic).knowledge.seen_at is None
    past.seen(academic, days_ago=9)
    latest = past.seen(academic, days_ago=4)
    past.seen(academic, days_ago=6)
    known = outlooks.of(academic).knowledge
    assert (known.seen_at, known.is_overdue) == (latest.exported_at, False)


def test_half_the_cover_makes_knowledge_overdue(academic: Product) -> None:
    stock(academic, 14)
    past.given(academic, [7] * 4)
    past.seen(academic, days_ago=14)  # seen 14 days ago, runs out in 14: halfway is today
    assert not outlooks.of(academic).is_overdue
    SeenProduct.objects.all().delete()
    past.seen(academic, days_ago=15)
    assert outlooks.of(academic).is_overdue


def test_what_was_never_seen_is_overdue_a_month_after_it_came(academic: Product) -> None:
    assert not outlooks.of(academic).is_overdue  # no stock, nothing to look at
    stock(academic, 1)
    Product.objects.update(created_at=timezone.now() - timedelta(days=30))
    assert not outlooks.of(academic).is_overdue
    Product.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert outlooks.of(academic).is_overdue


def test_what_is_bought_one_by_one_never_runs_low(academic: Product) -> None:
    past.given(academic, [7] * 4)
    assert outlooks.of(academic).level() == Level.OUT
    Product.objects.update(source=Source.SALE)
    academic.refresh_from_db()
    found = outlooks.of(academic)
    assert (found.is_stocked, found.level(), found.is_overdue) == (False, Level.NONE, False)


def test_what_nobody_takes_is_at_no_level_unless_somebody_waits(academic: Product) -> None:
    claim = past.given(academic, [0, 0, 0, 1])[0]
    Claim.objects.update(confirmed_at=timezone.now() - timedelta(weeks=40))
    assert outlooks.of(academic).level() == Level.NONE
    Claim.objects.filter(pk=claim.pk).update(state=ClaimState.WAITING, ended_at=None)
    assert outlooks.of(academic).level() == Level.OUT


def test_an_order_more_lasts_longer(academic: Product) -> None:
    stock(academic, 14)
    past.given(academic, [7] * 4)
    found = outlooks.of(academic)
    more = outlooks.with_order(found, 7)
    assert found.forecast.likely is not None
    assert more.forecast.likely == found.forecast.likely + timedelta(days=7)


def test_however_many_products_it_takes_the_same_few_statements(
    academic: Product, django_assert_num_queries: Queries
) -> None:
    with django_assert_num_queries(STATEMENTS):
        outlooks.outlooks()
    for number in range(5):
        one = Product.objects.create(code=f"P-{number}")
        stock(one, 3)
        past.given(one, [2] * 4)
        past.seen(one)
    with django_assert_num_queries(STATEMENTS):
        assert len(outlooks.outlooks()) == 6


def _multiply(times: int) -> None:
    """So many copies of each ID, made by the database."""
    columns = (field.column for field in TestID._meta.local_fields)
    names = [column for column in columns if column and column not in ("id", "test_id")]
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < %s) "
            f"INSERT INTO inventory_testid (test_id, {', '.join(names)}) "
            f"SELECT test_id || '-' || n, {', '.join(names)} FROM inventory_testid CROSS JOIN copies",
            [times],
        )


def test_fifty_products_with_a_hundred_thousand_ids_take_less_than_a_second(db: None) -> None:
    today = timezone.localdate()
    for number in range(50):
        product = Product.objects.create(code=f"P-{number:02}")
        past.given(product, [4] * 26)
        for lot in range(10):
            past.stock_until(product, 1, today + timedelta(days=30 * lot), first=lot)
    _multiply(200)
    assert TestID.objects.count() == 50 * 10 * 201
    took, found = [], []
    for _ in range(3):
        begun = perf_counter()
        found = outlooks.outlooks(today)
        took.append(perf_counter() - begun)
    assert sum(one.forecast.pace is not None for one in found) == 50
    assert min(took) < 1, took

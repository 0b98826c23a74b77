"""The weekly digest: once a week, on its day, whatever ran or did not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from access.models import User
from inventory import digest, stock_mails, stock_warnings
from inventory.models import Product, Said, StockMails, StockWarning
from outbox.models import Entry
from tests.conftest import stock
from tests.inventory import past

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@pytest.fixture
def full(academic: Product, ada: User) -> Product:
    """A stock of which nothing else is to be said, known for two weeks."""
    stock(academic, 400)
    academic.created_at = MONDAY - timedelta(days=14)
    academic.save()
    return academic


def digests() -> list[str]:
    found = Entry.objects.filter(kind=stock_mails.KIND, key__startswith="digest-").order_by("id")
    return [entry.key for entry in found]


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (MONDAY - timedelta(minutes=1), "2026-11-16"),
        (MONDAY, "2026-11-23"),
        (MONDAY + timedelta(days=6, hours=16), "2026-11-23"),
        (MONDAY + timedelta(days=7), "2026-11-30"),
    ],
)
def test_the_day_of_the_digest(now: datetime, day: str) -> None:
    assert digest.last_day(now, 0).isoformat() == day


def test_it_goes_out_once_a_week(full: Product) -> None:
    for hours in (0, 1, 30, 167, 168, 169):
        with time_machine.travel(MONDAY + timedelta(hours=hours), tick=False):
            past.seen(full)
            stock_warnings.watch()
    assert digests() == ["digest-2026-11-23.1", "digest-2026-11-30.1"]


def test_weeks_without_a_process_leave_one_digest_not_four(full: Product) -> None:
    for weeks in (0, 4):
        with time_machine.travel(MONDAY + timedelta(weeks=weeks, days=3), tick=False):
            past.seen(full)
            stock_warnings.watch()
    assert digests() == ["digest-2026-11-23.1", "digest-2026-12-21.1"]


def test_a_portal_that_was_not_there_on_that_day_waits_for_the_next(full: Product) -> None:
    Product.objects.update(created_at=MONDAY + timedelta(hours=1))
    with time_machine.travel(MONDAY + timedelta(days=2), tick=False):
        past.seen(full)
        assert (stock_warnings.watch(), digests()) == (0, [])


def test_no_day_no_digest(full: Product) -> None:
    StockMails.objects.create(pk=1, digest_on=None)
    with time_machine.travel(MONDAY, tick=False):
        past.seen(full)
        assert (stock_warnings.watch(), StockWarning.objects.filter(said=Said.DIGEST).count()) == (0, 0)


def test_it_says_stock_forecast_order_knowledge_expiry_and_what_waits(full: Product, called: Product) -> None:
    with time_machine.travel(MONDAY + timedelta(hours=2), tick=False):
        today = timezone.localdate()
        past.given(full, [14] * 4)
        past.seen(full, days_ago=2)
        past.stock_until(full, 2, today + timedelta(days=10), first=401)
        past.given(called, [1])
        stock_warnings.watch()
    body = Entry.objects.get(key="digest-2026-11-23.1").payload["body"]
    assert "iTEP Academic-Plus: 402 available\n" in body
    assert "  14 a week: lasts until 12 Jun 2027." in body
    assert "  Order by 5 Jun 2027 (7 days' lead). 112 would last for 8 weeks." in body
    assert "  Seen at iTEP 2 days ago. Check again by 21 Dec." in body
    assert "  Expiring 3 Dec: 2 not given, 0 with candidates." in body
    assert "iTEP Business-Plus: 0 available\n" in body
    assert "  Too little history: 1 test in 7 days. First estimate after 3 weeks." in body
    assert "/inventory/forecast/" in body

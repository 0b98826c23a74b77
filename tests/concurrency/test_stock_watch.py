"""Two schedulers watch the stock at once: everything is said once. The controls leave the products unlocked.

The suite runs these on SQLite and on PostgreSQL (tests/run). SQLite has one writer: there the second watch comes after.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from inventory import stock_mails, stock_warnings
from inventory.models import Product, Said, SaidExpiry, StockMails, StockWarning
from outbox.models import Entry
from tests.concurrency.conftest import together
from tests.conftest import stock
from tests.inventory import past

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def low(db: None) -> Product:
    """Two left, and nothing was said yet."""
    product = Product.objects.create(code="RACE")
    stock(product, 2)
    _tell_somebody()
    return product


@pytest.fixture
def expiring(db: None) -> Product:
    """Many left, two of them for five more days."""
    product = Product.objects.create(code="RACE")
    stock(product, 50)
    past.stock_until(product, 2, timezone.localdate() + timedelta(days=5), first=51)
    _tell_somebody()
    return product


def _tell_somebody() -> None:
    StockMails.objects.create(pk=1, to="these", addresses="buyer@example.org", digest_on=None)


def _watch_twice() -> list[int | str]:
    """What each of two watches said: the second begins when the first has written all, and not committed yet."""
    written, mail = Event(), stock_warnings._mail

    def slowly(*given: object) -> None:
        mail(*given)  # type: ignore[arg-type]
        if not written.is_set():
            written.set()
            Event().wait(0.5)  # the other one is at the same point by now, or waits for our lock

    def first() -> int | str:
        return stock_warnings.watch()

    def second() -> int | str:
        assert written.wait(timeout=30)
        try:
            return stock_warnings.watch()
        except IntegrityError:
            return "refused by the database"

    with patch.object(stock_warnings, "_mail", slowly):
        return together([first, second])


@contextmanager
def _no_lock() -> Iterator[None]:
    with patch("inventory.locks.products", lambda ids: []):
        yield


def mails() -> int:
    return Entry.objects.filter(kind=stock_mails.KIND).count()


def test_two_watches_say_a_level_once(low: Product) -> None:
    assert _watch_twice() == [1, 0]
    assert (StockWarning.objects.filter(said=Said.LOW).count(), mails()) == (1, 1)


def test_the_control_without_a_lock_meets_the_database(low: Product) -> None:
    with _no_lock():
        second = _watch_twice()[1]
    assert second == ("refused by the database" if connection.vendor == "postgresql" else 0)
    assert (StockWarning.objects.filter(said=Said.LOW).count(), mails()) == (1, 1)


def test_two_watches_say_an_expiry_once(expiring: Product) -> None:
    assert _watch_twice() == [1, 0]
    assert (StockWarning.objects.count(), SaidExpiry.objects.count(), mails()) == (1, 2, 1)


def test_the_control_without_a_lock_says_an_expiry_twice(expiring: Product) -> None:
    with _no_lock():
        said = _watch_twice()
    twice = connection.vendor == "postgresql"
    assert (said, mails()) == (([1, 1], 2) if twice else ([1, 0], 1))
    assert SaidExpiry.objects.count() == 2


def test_sixteen_watches_at_once(low: Product) -> None:
    assert sorted(together([stock_warnings.watch] * 16)) == [0] * 15 + [1]
    assert mails() == 1

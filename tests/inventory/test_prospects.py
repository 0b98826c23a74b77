"""What a new request would meet: the same as it then meets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings

from access.actors import Actor
from inventory import claims, products
from inventory.models import ClaimState, Product, Source, TestID
from inventory.prospects import Prospect, prospect
from tests.conftest import stock

pytestmark = pytest.mark.django_db


def ask(product: Product, actor: Actor) -> str:
    return claims.open_claim(oid=uuid4(), product=product, outlive=None, actor=actor).state


def paused(product: Product, actor: Actor) -> None:
    stock(product, 2)
    products.pause(product=product, because="a look", actor=actor)


def with_a_line(product: Product, actor: Actor) -> None:
    ask(product, actor)
    stock(product, 2)


def sold(product: Product, actor: Actor) -> None:
    Product.objects.update(source=Source.SALE)


def stocked(product: Product, actor: Actor) -> None:
    stock(product, 2)


def empty(product: Product, actor: Actor) -> None:
    stock(product, 2)
    TestID.objects.update(set_aside_at="2026-11-20T09:00Z")


@pytest.mark.parametrize(
    ("arrange", "numbers"),
    [(paused, (0, 2)), (with_a_line, (1, 2)), (sold, (0, 0)), (stocked, (0, 2)), (empty, (0, 0))],
)
def test_it_waits_where_the_prospect_says_so(
    called: Product, by_sam: Actor, arrange: Callable[[Product, Actor], None], numbers: tuple[int, int]
) -> None:
    arrange(called, by_sam)
    product = Product.objects.get()
    said = prospect(product)
    assert (said.waiting, said.available) == numbers
    assert (ask(product, by_sam) == ClaimState.WAITING) == said.waits


def test_where_itep_picks_outstanding_calls_are_not_counted_on(
    called: Product, by_sam: Actor, settings: Settings
) -> None:
    settings.ITEP_BASE_URL = "http://localhost:1"
    dialect: Any = settings.ITEP_DIALECT
    settings.ITEP_DIALECT = replace(dialect, request=replace(dialect.request, test_id=""))
    stock(called, 2)
    for left in (2, 1):
        assert prospect(called).available == left
        assert ask(called, by_sam) == ClaimState.RESERVED
    assert prospect(called).waits
    assert ask(called, by_sam) == ClaimState.WAITING


def test_it_counts_those_that_outlive_the_deadline(called: Product, django_assert_num_queries: Any) -> None:
    stock(called, 3)
    TestID.objects.filter(test_id__endswith="1").update(valid_until=date(2026, 12, 1))
    TestID.objects.filter(test_id__endswith="2").update(valid_until=date(2026, 12, 2))
    with django_assert_num_queries(3):
        said: Prospect = prospect(called, deadline=date(2026, 12, 2))
    assert (said.available, said.outlives) == (3, 2)
    assert prospect(called).outlives == 3

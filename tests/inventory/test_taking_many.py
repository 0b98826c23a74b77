"""Taking IDs for many claims at once gives each what taking them one by one would."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory import locks
from inventory.models import Claim, ClaimState, Product, Standing, TestID, WordSource

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 6)
DAYS = st.none() | st.integers(-3, 6).map(lambda days: TODAY + timedelta(days=days))


def _line(product: Product, number: int) -> list[Claim]:
    return [
        Claim.objects.create(oid=uuid4(), product=product, source="inventory", state=ClaimState.WAITING)
        for _ in range(number)
    ]


def _stock(product: Product, days: list[date | None]) -> None:
    for number, day in enumerate(days):
        row = TestID(test_id=f"M{number:03}", product=product, status_raw="Ready", status="ready", valid_until=day)
        row.standing, row.said_by, row.said_at = Standing.OPEN, WordSource.EXPORT, timezone.now()
        row.save()


def _one_by_one(product: Product, line: list[Claim], outlive: date | None) -> list[str]:
    taken = (locks.take_test_id(claim_id=one.pk, product_id=product.pk, outlive=outlive) for one in line)
    return [one.test_id for one in taken if one]


def _at_once(product: Product, line: list[Claim], outlive: date | None) -> list[str]:
    found = locks.take_test_ids(claim_ids=[one.pk for one in line], product_id=product.pk, outlive=outlive)
    assert list(TestID.objects.filter(holder__in=line).order_by("holder").values_list("holder", "test_id")) == [
        (one.pk, found[one.pk].test_id) for one in line if one.pk in found
    ]
    return [found[one.pk].test_id for one in line if one.pk in found]


@given(days=st.lists(DAYS, max_size=7), number=st.integers(1, 8), outlive=DAYS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_both_ways_take_the_same(called: Product, days: list[date | None], number: int, outlive: date | None) -> None:
    taken = []
    for way in (_one_by_one, _at_once):
        with transaction.atomic():
            _stock(called, days)
            taken.append(way(called, _line(called, number), outlive))
            transaction.set_rollback(True)
    assert taken[0] == taken[1]
    assert len(taken[0]) == min(number, len(days))


def test_what_others_hold_set_aside_or_sell_is_left_alone(called: Product, academic: Product) -> None:
    _stock(called, [None, None, None])
    TestID.objects.filter(test_id="M000").update(set_aside_at=timezone.now())
    TestID.objects.filter(test_id="M001").update(product=academic)
    line = _line(called, 3)

    with transaction.atomic():
        found = locks.take_test_ids(claim_ids=[one.pk for one in line], product_id=called.pk, outlive=None)

    assert {holder: one.test_id for holder, one in found.items()} == {line[0].pk: "M002"}

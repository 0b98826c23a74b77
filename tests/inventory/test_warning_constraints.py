"""What the database itself refuses of warnings, mails and thresholds."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from inventory.models import Product, Said, SaidExpiry, StockMails, StockWarning
from tests.conftest import stock

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "wrong", [{"notice_count": 3, "low_count": 4}, {"notice_days": 3, "low_days": 4}, {"low_count": 11}]
)
def test_low_never_comes_before_notice(academic: Product, wrong: dict[str, int]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.update(**wrong)
    Product.objects.update(notice_count=None, low_count=4, notice_days=3, low_days=None)


def test_a_level_is_open_once(academic: Product) -> None:
    StockWarning.objects.create(product=academic, said=Said.LOW, left_at=timezone.now())
    StockWarning.objects.create(product=academic, said=Said.LOW)
    StockWarning.objects.create(product=academic, said=Said.OUT)
    with pytest.raises(IntegrityError), transaction.atomic():
        StockWarning.objects.create(product=academic, said=Said.LOW)


@pytest.mark.parametrize("said", [Said.OVERDUE, Said.DIGEST])
def test_an_occasion_is_said_once(academic: Product, said: Said) -> None:
    about: dict[str, Any] = {"said": said, "product": None if said == Said.DIGEST else academic}
    StockWarning.objects.create(about="2026-11-23", **about)
    StockWarning.objects.create(about="2026-11-30", **about)
    with pytest.raises(IntegrityError), transaction.atomic():
        StockWarning.objects.create(about="2026-11-23", **about)


def test_a_warning_names_its_product_and_the_digest_none(academic: Product) -> None:
    for wrong in ({"said": Said.LOW}, {"said": Said.DIGEST, "product": academic}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StockWarning.objects.create(**wrong)


def test_an_expiry_is_said_once(academic: Product) -> None:
    warning = StockWarning.objects.create(product=academic, said=Said.EXPIRING)
    [one] = stock(academic, 1)
    once = {"test_id": one, "valid_until": timezone.localdate(), "days": 7, "warning": warning}
    SaidExpiry.objects.create(**once)
    SaidExpiry.objects.create(**once | {"days": 30})
    with pytest.raises(IntegrityError), transaction.atomic():
        SaidExpiry.objects.create(**once)


def test_one_row_says_who_is_told() -> None:
    for wrong in ({"pk": 2}, {"pk": 1, "to": "these"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StockMails.objects.create(**wrong)

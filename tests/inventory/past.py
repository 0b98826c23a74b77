"""A made-up past: tests given over weeks, exports that spoke of a product."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import uuid4

from django.utils import timezone

from inventory.models import Claim, ClaimSource, ClaimState, Product, SeenProduct, TestID, Upload
from inventory.models.uploads import UploadState
from tests.conftest import stock


def noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def given(product: Product, weeks: Sequence[int], *, today: date | None = None) -> list[Claim]:
    """So many claims confirmed in each of the last weeks, the one that ended yesterday first; the oldest begins one."""
    day = today or timezone.localdate()
    moments = [
        noon(day - timedelta(days=1 + 7 * week + number % 7))
        for week, count in enumerate(weeks)
        for number in range(count)
    ]
    if weeks and weeks[-1]:
        moments[-1] = noon(day - timedelta(days=7 * len(weeks)))
    return Claim.objects.bulk_create(
        Claim(
            oid=uuid4(),
            product=product,
            source=ClaimSource.INVENTORY,
            state=ClaimState.ENDED,
            confirmed_at=moment,
            ended_at=moment,
        )
        for moment in moments
    )


def seen(product: Product, days_ago: int = 0) -> SeenProduct:
    """An export of so many days ago, applied."""
    at = timezone.now() - timedelta(days=days_ago)
    upload = Upload.objects.create(file_name="x.csv", sha256="0", exported_at=at, state=UploadState.APPLIED)
    return SeenProduct.objects.create(upload=upload, product=product, exported_at=at)


def stock_until(product: Product, count: int, valid_until: date | None, *, first: int = 1) -> list[TestID]:
    """`count` available IDs that expire together."""
    found = stock(product, count, first=first)
    TestID.objects.filter(pk__in=[one.pk for one in found]).update(valid_until=valid_until)
    return found

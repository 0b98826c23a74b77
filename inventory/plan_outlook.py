"""What applying a plan means as a whole, as things stand now: the stock before and after, and what is known later."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from inventory.models import Cause, PlanRow, SeenProduct, Standing, TestID, Upload
from inventory.models.test_ids import AVAILABLE
from inventory.plan_rows import Step

_TAKES_NEXT = (Step.GETS_ANOTHERS, Step.TAKES_NEXT)  # somebody takes another ID of the stock


@dataclass(frozen=True, slots=True)
class Stock:
    """How many IDs of a product can be given, before and after."""

    product: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class LaterWord:
    """An export of this product that is later than the upload was applied already."""

    product: str
    exported_at: datetime
    upload_id: int


def stock(upload: Upload) -> list[Stock]:
    """Each product that the plan touches. Counted by the database, however long the plan is."""
    plan = PlanRow.objects.filter(upload=upload).exclude(cause=Cause.INVALID)
    planned = TestID.objects.filter(Exists(plan.filter(test_id=OuterRef("test_id"))))
    leaving = _by_code(planned.filter(AVAILABLE))
    moving = plan.filter(test_id=OuterRef("test_id"), step__in=_TAKES_NEXT)
    taken = _by_code(TestID.objects.filter(Exists(moving)))
    becoming = Counter(dict(_becoming(plan).values_list("product").order_by().annotate(Count("id"))))
    codes = sorted(set(plan.values_list("product", flat=True).distinct()) | set(leaving) | set(taken))
    before = _by_code(TestID.objects.available().filter(product__code__in=codes))
    change = {code: becoming[code] - leaving[code] - taken[code] for code in codes}
    return [Stock(code, before[code], max(before[code] + change[code], 0)) for code in codes]


def later_words(upload: Upload) -> list[LaterWord]:
    """Why an old file changes nothing: the latest export of each of its products that is later than it."""
    planned = PlanRow.objects.filter(upload=upload).values_list("product", flat=True)
    codes = {*upload.products, *planned.distinct()}
    later = SeenProduct.objects.filter(exported_at__gt=upload.exported_at, product__code__in=codes - {""})
    latest = {one.product.code: one for one in later.select_related("product").order_by("exported_at")}
    return [LaterWord(code, one.exported_at, one.upload_id) for code, one in sorted(latest.items())]


def _becoming(plan: QuerySet[PlanRow]) -> QuerySet[PlanRow]:
    """The rows whose ID can be given afterwards: free by then, and not set aside by a person or over a doubt."""
    here = TestID.objects.filter(test_id=OuterRef("test_id"))
    free = ~Exists(here.filter(holder__isnull=False)) | Q(rule="f.ended")
    set_aside = Exists(here.filter(set_aside_at__isnull=False)) | Q(rule="d.in_doubt")
    return plan.filter(free, ~set_aside, after=Standing.OPEN)


def _by_code(found: QuerySet[TestID]) -> Counter[str]:
    return Counter(dict(found.values_list("product__code").order_by().annotate(Count("id"))))

"""When iTEP last spoke of an ID: by itself, or by an applied export of its product, even one that found nothing new.

An export does not touch the rows that it leaves as they are, a hundred thousand of them: `SeenProduct` says it for all.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, CharField, DateTimeField, F, Max, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from inventory.models import Product, SeenProduct, TestID, WordSource

_HEARD = Subquery(
    SeenProduct.objects.filter(product=OuterRef("product")).order_by("-exported_at").values("exported_at")[:1],
    output_field=DateTimeField(),
)


def annotated(rows: QuerySet[TestID]) -> QuerySet[TestID]:
    """The rows, each with `last_word_at` and `last_word_by` (a `WordSource`)."""
    at = Greatest(F("said_at"), Coalesce(_HEARD, F("said_at")))
    by = Case(
        When(last_word_at__gt=F("said_at"), then=Value(str(WordSource.EXPORT))),
        default=F("said_by"),
        output_field=CharField(),
    )
    return rows.annotate(last_word_at=at).annotate(last_word_by=by)


def at(row: TestID) -> datetime:
    """The time of the last word about this row, by whomever."""
    heard = by_export(row.product_id)
    return max(row.said_at, heard) if heard else row.said_at


def by_export(product_id: int) -> datetime | None:
    """The time of the last applied export that spoke of this product."""
    found: datetime | None = SeenProduct.objects.filter(product_id=product_id).aggregate(at=Max("exported_at"))["at"]
    return found


def by_exports() -> dict[int, datetime]:
    """The same for every product that an export named, by its key."""
    seen = Product.objects.filter(seen_in__isnull=False).annotate(at=Max("seen_in__exported_at"))
    return dict(seen.order_by().values_list("pk", "at"))

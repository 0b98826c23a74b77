"""What an address asks of the list of candidates: which, and in what order. The page, the sheet and bulk acts agree."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, OrderBy, QuerySet
from django.http import QueryDict

from fulfillment import columns
from fulfillment.filters import CandidateFilter
from fulfillment.models import Fulfillment


@dataclass(frozen=True, slots=True)
class Found:
    """`rows` are plain ones: read their keys, then what a page shows of them (`queries.in_order`)."""

    filter: CandidateFilter
    rows: QuerySet[Fulfillment]
    sort: str  # a name of `columns.SORTS`, with "-" before it where it falls; "" the newest first


def find(query: QueryDict) -> Found:
    """A filter or an order that makes no sense is left out."""
    narrowed = CandidateFilter(query, Fulfillment.objects.all())
    sort = query.get("sort", "")
    sort = sort if sort.removeprefix("-") in columns.SORTS else ""
    return Found(narrowed, narrowed.qs.order_by(*_order(sort)), sort)


def tidied(query: QueryDict) -> str | None:
    """The same query without what is blank, as a form sends it; None where nothing is."""
    blank = [name for name in query if not query.get(name, "").strip()]
    if not blank:
        return None
    left = query.copy()
    for name in blank:
        del left[name]
    return left.urlencode()


def _order(sort: str) -> list[OrderBy | str]:
    if not sort:
        return ["-id"]
    field = columns.SORTS[sort.removeprefix("-")]
    falls = sort.startswith("-")
    return [F(field).desc(nulls_last=True) if falls else F(field).asc(nulls_last=True), "-id" if falls else "id"]

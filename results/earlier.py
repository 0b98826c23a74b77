"""Earlier results that still count: asked by fulfillment before a test ID is spent (`fulfillment.earlier_results`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone

from access.models import ApiClient, Payer
from fulfillment import deadlines, organization, payers
from fulfillment.candidates import Candidate
from fulfillment.earlier_results import EarlierResult, counts_until
from fulfillment.models import Fulfillment
from fulfillment.people import People
from inventory.models import Product
from results.models import Asked, Result, ResultState

AT_ONCE = 500  # candidates in one statement
_LONGEST_MONTH = 31
_NEEDED = (  # no more: what is encrypted takes its time
    *("test_id", "overall_level", "overall_cefr", "test_date", "received_at"),
    *("fulfillment__oid", "fulfillment__payer_id", "fulfillment__external_id", "fulfillment__person_digest"),
)


@dataclass(frozen=True, slots=True)
class _Terms:
    """For how long a result counts, and what day it is where the organization is."""

    months: int
    today: date
    zone: ZoneInfo

    @property
    def earliest(self) -> timedelta:
        """No result older than this counts; the exact last day is told from each."""
        return timedelta(days=_LONGEST_MONTH * (self.months + 1))

    def until(self, row: Result) -> date:
        return counts_until(row.test_date or row.received_at.astimezone(self.zone).date(), self.months)


def found(
    *, product: Product, payer: Payer | None, candidates: Sequence[Candidate], client: ApiClient | None
) -> dict[int, EarlierResult]:
    """The result of each candidate that counts longest, by the place in the list; those who have none are left out."""
    terms = _Terms(product.result_valid_months or 0, deadlines.today(), organization.zone())
    rows = _counting(product, client, terms)
    best: dict[int, EarlierResult] = {}
    for start in range(0, len(candidates), AT_ONCE):
        people = People(candidates[start : start + AT_ONCE], payer=payer, first=start)
        for place, one in _whose(people, rows, terms):
            if place not in best or one.valid_until >= best[place].valid_until:
                best[place] = one
    return best


def _counting(product: Product, client: ApiClient | None, terms: _Terms) -> QuerySet[Result]:
    """Current, final and undoubted results that may be young enough."""
    final = Result.objects.filter(current=True, state=ResultState.FINAL, fulfillment__product=product)
    rows = final.exclude(asked=Asked.OPEN).filter(
        Q(test_date__gte=terms.today - terms.earliest)
        | Q(test_date__isnull=True, received_at__gte=timezone.now() - terms.earliest)
    )
    mine = payers.limits(client)
    if mine is not None:
        rows = rows.filter(fulfillment__payer__in=mine, released_at__isnull=False)
    return rows.select_related("fulfillment").only(*_NEEDED).order_by("pk")


def _whose(people: People, rows: QuerySet[Result], terms: _Terms) -> Iterator[tuple[int, EarlierResult]]:
    for row in rows.filter(people.asked("fulfillment__")):
        until = terms.until(row)
        if row.fulfillment is not None and until >= terms.today:
            one = _earlier(row, row.fulfillment, until)
            yield from ((place, one) for place in people.who(row.fulfillment))


def _earlier(row: Result, fulfillment: Fulfillment, until: date) -> EarlierResult:
    return EarlierResult(fulfillment.oid, row.test_id, row.overall_level, row.overall_cefr, row.test_date, until)

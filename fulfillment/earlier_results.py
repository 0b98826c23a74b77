"""Has this person a result of this product that still counts? Results knows, so results answers (`AppConfig.ready`)."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from django.urls import reverse

from access.models import ApiClient, Payer
from fulfillment import candidates as people
from fulfillment.candidates import Candidate
from inventory.models import Product


@dataclass(frozen=True, slots=True)
class EarlierResult:
    """A final result, as iTEP sent it. `test_date` is None where iTEP named no day; then it counts from its receipt.

    `valid_until` is the last day on which it counts.
    """

    oid: UUID
    test_id: str
    level: Decimal | None
    cefr: str
    test_date: date | None
    valid_until: date

    @property
    def url(self) -> str:
        """The page of the candidate who has it."""
        return reverse("candidate", args=[self.oid])


class Finder(Protocol):
    """What results registers: the longest valid result of each tidy candidate who has one, by the place in the list."""

    def __call__(
        self, *, product: Product, payer: Payer | None, candidates: Sequence[Candidate], client: ApiClient | None
    ) -> dict[int, EarlierResult]: ...


_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Called once, in results' AppConfig.ready. The last one counts."""
    _finders[:] = [finder]


def find(
    *, product: Product, candidate: Candidate, payer: Payer | None, client: ApiClient | None = None
) -> EarlierResult | None:
    """The result of `product` that this person has and that counts today; None where the product looks at none.

    The same person is told as by the duplicate guard (DESIGN.md section 6). For a client limited to payers only what
    was released to them counts.
    """
    return _found(product, payer, [candidate], client).get(0)


def find_many(*, product: Product, payer: Payer | None, candidates: Sequence[Candidate]) -> dict[int, EarlierResult]:
    """As `find`, for many at once: by the place in `candidates`, in one statement for each 500 of them."""
    return _found(product, payer, candidates, None)


def counts_until(since: date, months: int) -> date:
    """The last day on which a result of `since` counts: the same day of the month, or the month's last."""
    year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    return date(year, month + 1, min(since.day, calendar.monthrange(year, month + 1)[1]))


def _found(
    product: Product, payer: Payer | None, asked: Sequence[Candidate], client: ApiClient | None
) -> dict[int, EarlierResult]:
    if product.result_valid_months is None or not _finders or not asked:
        return {}
    return _finders[0](product=product, payer=payer, candidates=[people.tidy(one) for one in asked], client=client)

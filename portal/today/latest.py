"""Latest results: the last few, with who got them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from results import queries
from results.models import Result

MOST = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; level and CEFR as iTEP sent them."""

    name: str
    url: str
    own_number: str
    product: str
    level: Decimal | None
    cefr: str
    on: date | None
    reported_to: str


def latest() -> list[Row]:
    """The results that came last, newest first."""
    return [_row(result) for result in queries.latest(MOST)]


def _row(result: Result) -> Row:
    one = result.fulfillment
    if one is None:
        url = reverse("results:one", args=[result.pk])
        return Row(result.test_id, url, "", "", result.overall_level, result.overall_cefr, result.test_date, "")
    return Row(
        name=one.name,
        url=reverse("candidate", args=[one.oid]),
        own_number=one.external_id,
        product=str(one.product),
        level=result.overall_level,
        cefr=result.overall_cefr,
        on=result.test_date,
        reported_to=str(one.payer) if one.payer and result.released_at else "",
    )

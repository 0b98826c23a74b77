"""The forecast of all products on one page, made to be printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access import roles
from inventory import forecast_chart, outlooks
from inventory.levels import Level
from inventory.outlook_words import ForecastWords
from inventory.outlooks import Outlook

CHARTS = 12  # the products that run out first; the others' charts stand on their own pages


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. `level`: 0 to 3, as `inventory.levels` counts."""

    one: Outlook
    words: ForecastWords
    level: int

    @property
    def is_urgent(self) -> bool:
        return self.level >= Level.LOW


@require_safe
@roles.staff_required
def forecast(request: HttpRequest) -> HttpResponse:
    """Every product with a stock, the one that runs out first first."""
    found = sorted((one for one in outlooks.outlooks() if one.is_stocked), key=_first)
    charts = [(one.product, drawn) for one in found if (drawn := forecast_chart.chart(one))]
    context = {
        "rows": [Row(one, ForecastWords.of(one), one.level()) for one in found],
        "charts": charts[:CHARTS],
        "more": len(charts) > CHARTS,
    }
    return render(request, "inventory/forecast.html", context)


def _first(one: Outlook) -> tuple[date, int]:
    return one.forecast.soonest or date.max, one.card.available

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
from inventory.models import Said
from inventory.outlook_words import ForecastWords
from inventory.outlooks import Outlook
from inventory.stock_warnings import SAID

CHARTS = 12  # the products that run out first; the others' charts stand on their own pages


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    one: Outlook
    words: ForecastWords
    level: Level

    @property
    def level_word(self) -> str:
        """ "Low"; empty where all is well."""
        return str(Said(SAID[self.level]).label) if self.level else ""

    @property
    def kind(self) -> str:
        """Of the level's chip."""
        return {Level.NOTICE: "info", Level.LOW: "warn", Level.OUT: "bad"}.get(self.level, "neutral")

    @property
    def is_urgent(self) -> bool:
        return self.level >= Level.LOW


@require_safe
@roles.staff_required
def forecast(request: HttpRequest) -> HttpResponse:
    """Every product with a stock, worst first."""
    found = sorted((one for one in outlooks.outlooks() if one.is_stocked), key=_first)
    drawn = [(one.product, chart) for one in found if (chart := forecast_chart.chart(one))]
    context = {
        "rows": [Row(one, ForecastWords.of(one), one.level()) for one in found],
        "charts": [(f"chart-{number}", product, chart) for number, (product, chart) in enumerate(drawn[:CHARTS])],
        "more": len(drawn) > CHARTS,
    }
    return render(request, "inventory/forecast.html", context)


def _first(one: Outlook) -> tuple[int, date, int]:
    return -one.level(), one.forecast.soonest or date.max, one.card.available

"""What could be given at the end of each day or week of a period, drawn."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from inventory.statement import Period

MOST_DAYS, MOST_WEEKS = 45, 120  # points: beyond the first by weeks, beyond the second by several
Chart = dict[str, object]


def first_day(period: Period, began_on: date | None, changed: Sequence[tuple[date, int]]) -> date | None:
    """From which day on there is something to draw: not before the ledger began. None where nothing moved."""
    if period.first is not None:
        return max(period.first, began_on or period.first)
    return began_on or (changed[0][0] if changed else None)


def points(first: date, last: date) -> list[date]:
    """Each day; of a long period each week, or each few weeks: counted back from the last day, which always stands."""
    days = (last - first).days
    step = 1 if days <= MOST_DAYS else 7 * (1 + days // 7 // MOST_WEEKS)
    found = [last - timedelta(days=back) for back in range(0, days + 1, step)]
    return found[::-1]


def chart(opening: int, changed: Sequence[tuple[date, int]], first: date, last: date) -> Chart | None:
    """As `components/chart.html` takes it; None where nothing moved, when a line would only repeat the opening.

    `changed`: what could be given at the end of each day on which that changed.
    """
    if not changed:
        return None
    days = [day for day, _number in changed]
    numbers = [opening, *(number for _day, number in changed)]
    wanted = points(first, last)
    years = wanted[0].year != wanted[-1].year
    return {
        "labels": [date_format(day, "j M Y" if years else "j M") for day in wanted],
        "columns": {"label": _("Available"), "values": [numbers[bisect_right(days, day)] for day in wanted]},
    }

"""The forecast drawn: what is left, week by week from today, likely, at the soonest and at the latest."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from inventory import outlook_words
from inventory.outlooks import Outlook

FEWEST, MOST = 6, 26  # weeks
Chart = dict[str, object]


def chart(one: Outlook) -> Chart | None:
    """As `components/chart.html` takes it; None where nothing is foreseen."""
    courses = one.forecast.courses
    if courses is None or not one.is_stocked:
        return None
    weeks = range(_weeks(one) + 1)
    lines = [
        {"label": _("at the soonest"), "values": [courses.fast.left[7 * week] for week in weeks]},
        {"label": _("at the latest"), "values": [courses.slow.left[7 * week] for week in weeks]},
    ]
    if coming := _coming(one, len(weeks)):
        lines.append({"label": _("ordered, coming"), "values": coming})
    return {
        "labels": [_label(one, week) for week in weeks],
        "columns": {"label": _("likely available"), "values": [courses.likely.left[7 * week] for week in weeks]},
        "lines": lines,
        "marks": _marks(one, len(weeks)),
    }


def _weeks(one: Outlook) -> int:
    """Until the stock is used up at the slow pace, and somewhat beyond."""
    known = [day for day in (one.forecast.soonest, one.forecast.likely, one.forecast.latest) if day]
    last = max([*known, *(lot.on for lot in one.supply.arriving if lot.on)], default=one.supply.today)
    return min(max((last - one.supply.today).days // 7 + 2, FEWEST), MOST)


def _week_of(one: Outlook, day: date) -> int:
    """The first point of the chart that is not before the day."""
    return max(-(-(day - one.supply.today).days // 7), 0)


def _coming(one: Outlook, weeks: int) -> list[int | None]:
    """So many have come at this point; empty where nothing is ordered."""
    found: dict[int, int] = {}
    for lot in one.supply.arriving:
        if lot.on and lot.on >= one.supply.today:
            week = _week_of(one, lot.on)
            found[week] = found.get(week, 0) + lot.count
    return [found.get(week) for week in range(weeks)] if found else []


def _marks(one: Outlook, weeks: int) -> list[dict[str, str]]:
    order_by = one.forecast.order_by
    if order_by is None or _week_of(one, order_by) >= weeks:
        return []
    words = _("Order by %(day)s") % {"day": outlook_words.day(order_by)}
    label = words if order_by > one.supply.today else _("Order now")
    return [{"label": label, "at": _label(one, _week_of(one, order_by))}]


def _label(one: Outlook, week: int) -> str:
    return date_format(one.supply.today + timedelta(weeks=week), "j M")

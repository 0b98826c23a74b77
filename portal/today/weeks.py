"""Per week: tests given and results that came, for twelve weeks; and the day by which to order next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fulfillment.models import Fulfillment
from inventory.outlooks import Outlook
from portal.templatetags.components import ChartData
from results import queries as results

WEEKS = 12
AHEAD = 8  # weeks in which the day to order by is drawn


def chart(today: date, found: Sequence[Outlook]) -> ChartData | None:
    """The numbers of the last twelve weeks, and the next day to order by; None where nothing was ever given."""
    first = monday(today) - timedelta(weeks=WEEKS - 1)
    given = _per_week(Fulfillment.objects.filter(assigned_at__date__gte=first).values_list("assigned_at", flat=True))
    came = _per_week(results.current().filter(received_at__date__gte=first).values_list("received_at", flat=True))
    if not given and not came:
        return None
    mark, mark_on = _mark(today, found)
    last = max(monday(mark_on or today), monday(today))
    mondays = [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
    return {
        "labels": [date_format(day, "j M") for day in mondays],
        "columns": {"label": _("tests given"), "values": _so_far(given, mondays, today)},
        "lines": [{"label": _("results"), "values": _so_far(came, mondays, today)}],
        "marks": [{"label": mark, "at": date_format(monday(mark_on), "j M")}] if mark_on else [],
    }


def _so_far(numbers: Counter[date], mondays: list[date], today: date) -> list[float | None]:
    """A week that is still to come has no number."""
    return [numbers[day] if day <= today else None for day in mondays]


def _mark(today: date, found: Sequence[Outlook]) -> tuple[str, date | None]:
    """The product that must be ordered first, where that is in sight; a day that has passed stands in this week."""
    due = [(one.forecast.order_by, str(one.product)) for one in found if one.is_stocked and one.forecast.order_by]
    if not due or min(due)[0] > today + timedelta(weeks=AHEAD):
        return "", None
    order_by, product = min(due)
    if order_by <= today:
        return _("Order %(product)s now") % {"product": product}, today
    words = _("Order %(product)s by %(day)s") % {"product": product, "day": date_format(order_by, "j M")}
    return words, order_by


def monday(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def _per_week(moments: QuerySet[Fulfillment, datetime | None] | QuerySet[object, datetime]) -> Counter[date]:  # type: ignore[type-var]
    return Counter(monday(timezone.localtime(moment).date()) for moment in moments if moment)

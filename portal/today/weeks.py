"""Per week: tests given and results that came, for twelve weeks."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fulfillment.models import Fulfillment
from portal.templatetags.components import ChartData
from results import queries as results

WEEKS = 12


def chart(today: date) -> ChartData | None:
    """The numbers of the last twelve weeks; None where nothing was ever given."""
    first = monday(today) - timedelta(weeks=WEEKS - 1)
    given = _per_week(Fulfillment.objects.filter(assigned_at__date__gte=first).values_list("assigned_at", flat=True))
    came = _per_week(results.current().filter(received_at__date__gte=first).values_list("received_at", flat=True))
    if not given and not came:
        return None
    mondays = [first + timedelta(weeks=number) for number in range(WEEKS)]
    return {
        "labels": [date_format(day, "j M") for day in mondays],
        "columns": {"label": _("tests given"), "values": [given[day] for day in mondays]},
        "lines": [{"label": _("results"), "values": [came[day] for day in mondays]}],
    }


def monday(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def _per_week(moments: QuerySet[Fulfillment, datetime | None] | QuerySet[object, datetime]) -> Counter[date]:  # type: ignore[type-var]
    return Counter(monday(timezone.localtime(moment).date()) for moment in moments if moment)

"""The outlook in words: the same sentences on Today, on the product's page, in the forecast and in mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.forecast import Forecast
from inventory.outlooks import Outlook

A_WEEK = 7


@dataclass(frozen=True, slots=True)
class ForecastWords:
    """All sentences about one product, for a template; a blank one is not shown."""

    per_week: str
    spread: str
    lasts: str
    pace: str
    order: str
    how_many: str
    coming: str
    seen: str

    @classmethod
    def of(cls, one: Outlook) -> ForecastWords:
        known = one.forecast.pace
        return cls(
            per_week=per_week(known.likely) if known else "",
            spread=spread(one.forecast),
            lasts=lasts(one) if known and not one.forecast.is_unused else "",
            pace=pace(one),
            order=order(one),
            how_many=how_many(one),
            coming=coming(one),
            seen=seen(one),
        )


def pace(one: Outlook) -> str:
    """ "11 a week: lasts until 14-21 Jan."; or why nothing can be said."""
    forecast = one.forecast
    if not one.is_stocked:
        return ""
    if forecast.pace is None:
        return _too_little(forecast)
    if forecast.is_unused:
        return _("No test of it was given in %(weeks)s weeks.") % {"weeks": len(forecast.history.weeks)}
    return f"{per_week(forecast.pace.likely)}: {lasts(one)}."


def per_week(rate: Fraction) -> str:
    """ "11 a week"."""
    if 0 < rate < Fraction(1, 2):
        return _("less than one a week")
    return _("%(n)s a week") % {"n": _whole(rate)}


def spread(forecast: Forecast) -> str:
    """ "8 to 14 a week"; the spread of the pace."""
    if forecast.pace is None:
        return ""
    few, many = floor(forecast.pace.slow), ceil(forecast.pace.fast)
    return _("%(few)s to %(many)s a week") % {"few": few, "many": many}


def lasts(one: Outlook) -> str:
    """ "lasts until 14-21 Jan"; for requests that wait already: "used up"."""
    if one.supply.free <= 0:
        return _("used up")
    return until(one.forecast.soonest, one.forecast.latest)


def until(soonest: date | None, latest: date | None) -> str:
    """ "lasts until 14-21 Jan". None: beyond what is foreseen."""
    if soonest is None:
        return _("lasts more than a year")
    if latest is None:
        return _("lasts until %(day)s at the soonest") % {"day": day(soonest)}
    return _("lasts until %(days)s") % {"days": span(soonest, latest)}


def order(one: Outlook) -> str:
    """ "Order by 5 Jan (7 days' lead)."; empty where no order is in sight."""
    forecast, lead = one.forecast, one.product.lead_days
    if not one.is_stocked or forecast.order_by is None:
        return ""
    words = ngettext("%d day's lead", "%d days' lead", lead) % lead
    if forecast.order_by <= one.supply.today:
        return _("Order now (%(lead)s).") % {"lead": words}
    return _("Order by %(day)s (%(lead)s).") % {"day": day(forecast.order_by), "lead": words}


def how_many(one: Outlook) -> str:
    """ "88 last for 8 weeks."; empty where no order is in sight."""
    if not one.is_stocked or not one.forecast.order:
        return ""
    weeks = ngettext("%d week", "%d weeks", one.product.target_weeks) % one.product.target_weeks
    return _("%(n)s would last for %(weeks)s.") % {"n": one.forecast.order, "weeks": weeks}


def coming(one: Outlook) -> str:
    """What is ordered: how many, and for when; what is overdue is not counted on."""
    today = one.supply.today
    parts = [
        _("%(n)s come by %(day)s.") % {"n": lot.count, "day": near(lot.on, today)}
        for lot in one.supply.arriving
        if lot.on and lot.on >= today
    ]
    if one.late:
        words = ngettext(
            "%d ordered test ID is late, and not counted on.",
            "%d ordered test IDs are late, and not counted on.",
            one.late,
        )
        parts.append(words % one.late)
    return " ".join(parts)


def seen(one: Outlook) -> str:
    """ "Seen at iTEP 2 days ago. Check again by Fri."; how old the knowledge is."""
    known = one.knowledge
    words = _("Never seen in an export of iTEP.")
    if known.seen_at is not None:
        words = _("Seen at iTEP %(ago)s.") % {"ago": ago(timezone.localtime(known.seen_at).date(), known.today)}
    if not one.is_stocked:
        return words
    if known.is_overdue:
        return f"{words} {_('A fresh export was due by %(day)s.') % {'day': near(known.check_by, known.today)}}"
    return f"{words} {_('Check again by %(day)s.') % {'day': near(known.check_by, known.today)}}"


def ago(then: date, today: date) -> str:
    """ "today", "2 days ago"."""
    days = (today - then).days
    return ngettext("%d day ago", "%d days ago", days) % days if days > 0 else _("today")


def near(then: date, today: date) -> str:
    """A day of the coming week by its name, "today"; others by their date."""
    if then == today:
        return _("today")
    return date_format(then, "D") if 0 < (then - today).days < A_WEEK else day(then)


def day(then: date) -> str:
    """ "5 Jan"; the year where it is another one, and far off."""
    far = abs((then - timezone.localdate()).days) > 180
    return date_format(then, "j M Y" if far else "j M")


def span(first: date, last: date) -> str:
    """ "14-21 Jan", "28 Jan-3 Feb"; one day by itself."""
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month) and day(last) == date_format(last, "j M"):
        return f"{first.day}–{day(last)}"
    return f"{day(first)}–{day(last)}"


def _whole(rate: Fraction) -> int:
    return floor(rate + Fraction(1, 2))


def _too_little(forecast: Forecast) -> str:
    history = forecast.history
    if not history.given:
        return _("No test of it was given yet.")
    tests = ngettext("%d test", "%d tests", history.given) % history.given
    days = ngettext("%d day", "%d days", max(history.days, 1)) % max(history.days, 1)
    words = _("Too little history: %(tests)s in %(days)s. First estimate after 3 weeks.")
    return words % {"tests": tests, "days": days}

"""What if so many more were ordered today? In words, below the forecast."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from inventory import outlooks
from inventory.course import Course
from inventory.forecast import HORIZON
from inventory.outlook_words import near, until
from inventory.outlooks import Outlook


def answer(one: Outlook, more: int) -> str:
    """How long it lasts from the day they come, and whether there is a gap before; empty where nothing is foreseen."""
    then = outlooks.with_order(one, more)
    courses = then.forecast.courses
    if courses is None:
        return ""
    comes = max(one.product.lead_days, 1)
    soonest, latest = _end(then, courses.fast, comes), _end(then, courses.slow, comes)
    words = _("%(more)s more would come by %(day)s: then it %(until)s.") % {
        "more": more,
        "day": near(then.supply.on_day(comes), then.supply.today),
        "until": until(soonest, latest),
    }
    return f"{words} {_gap(courses.likely, courses.fast, comes)}".strip()


def _end(then: Outlook, course: Course, comes: int) -> date | None:
    """The first day without an ID from the day on which they come."""
    days = range(comes, min(HORIZON, len(course.left) - 1) + 1)
    return next((then.supply.on_day(day) for day in days if course.left[day] == 0), None)


def _gap(likely: Course, fast: Course, comes: int) -> str:
    if 0 in likely.left[:comes]:
        return _("Before that it is used up.")
    return _("Before that it may be used up.") if 0 in fast.left[:comes] else ""

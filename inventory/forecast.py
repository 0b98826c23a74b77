"""The forecast of one product: pure functions on numbers, dates in, dates out.

Likely: by the average week. Soonest: as if every week were as busy as the busier half of them were. Latest: as quiet
as the quieter half. All three only grow with any week's use, so more use never says later; and one burst, a class
that sat its tests in one day, widens the range instead of moving it alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from inventory.course import Course, Supply, run

LEAST_WEEKS, RECENT_WEEKS, MOST_WEEKS = 3, 8, 26
HORIZON = 366  # days; what lasts longer is not foreseen


@dataclass(frozen=True, slots=True)
class History:
    """Tests given: per week, the week that ended yesterday first; all of them, and in how many days."""

    weeks: tuple[int, ...] = ()
    given: int = 0
    days: int = 0

    @property
    def is_enough(self) -> bool:
        return len(self.weeks) >= LEAST_WEEKS


@dataclass(frozen=True, slots=True)
class Pace:
    """Tests a week."""

    slow: Fraction
    likely: Fraction
    fast: Fraction


@dataclass(frozen=True, slots=True)
class Courses:
    """The stock at each pace."""

    slow: Course
    likely: Course
    fast: Course


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the stock runs out, when to order and how many. A date that is None lies beyond `HORIZON`.

    `pace` None: too little history, and nothing is foreseen.
    """

    history: History
    pace: Pace | None = None
    courses: Courses | None = None
    soonest: date | None = None
    likely: date | None = None
    latest: date | None = None
    order_by: date | None = None
    order: int = 0
    expire: int = 0  # IDs that expire unused at the likely pace, within a year and the time that an order lasts

    @property
    def is_unused(self) -> bool:
        """Long enough watched, and nobody takes this test."""
        return self.pace is not None and self.pace.fast == 0


def pace_of(weeks: Sequence[int]) -> Pace:
    """From weekly counts, the latest first. Growth counts at once: the last 8 weeks, where they were the busier."""
    weeks = weeks[:MOST_WEEKS]
    recent = weeks[:RECENT_WEEKS]
    return Pace(
        slow=_mean(sorted(weeks)[: _half(weeks)]),
        likely=max(_mean(weeks), _mean(recent)),
        fast=max(_mean(sorted(some, reverse=True)[: _half(some)]) for some in (weeks, recent)),
    )


def reckon(*, supply: Supply, history: History, lead_days: int, target_weeks: int) -> Forecast:
    """The forecast. `lead_days`: from an order to its IDs. `target_weeks`: for how long an order should last."""
    if not history.is_enough:
        return Forecast(history)
    pace = pace_of(history.weeks)
    span = HORIZON + lead_days + 7 * target_weeks
    courses = Courses(*(run(supply, rate, span) for rate in (pace.slow, pace.likely, pace.fast)))
    soonest = _day(supply, courses.fast)
    order_by = soonest - timedelta(days=lead_days) if soonest else None
    return Forecast(
        history=history,
        pace=pace,
        courses=courses,
        soonest=soonest,
        likely=_day(supply, courses.likely),
        latest=_day(supply, courses.slow),
        order_by=order_by,
        order=_order(supply, courses.likely, order_by, lead_days, target_weeks),
        expire=courses.likely.expired,
    )


def _order(supply: Supply, likely: Course, order_by: date | None, lead_days: int, target_weeks: int) -> int:
    """What would be lacking, at the likely pace, between the day it comes and `target_weeks` later."""
    if order_by is None:
        return 0
    comes = max((order_by - supply.today).days, 0) + lead_days
    return max(likely.unmet[comes : comes + 7 * target_weeks + 1])


def _day(supply: Supply, course: Course) -> date | None:
    if course.runs_out is None or course.runs_out > HORIZON:
        return None
    return supply.on_day(course.runs_out)


def _half(weeks: Sequence[int]) -> int:
    return (len(weeks) + 1) // 2


def _mean(weeks: Sequence[int]) -> Fraction:
    return Fraction(sum(weeks), len(weeks))

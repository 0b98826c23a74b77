"""How a stock goes down day by day: pure, in whole numbers, the ID that expires first used first, as claims do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Lot:
    """So many IDs that are valid through this day; None: they do not expire. Also: so many that come on this day."""

    on: date | None
    count: int


@dataclass(frozen=True, slots=True)
class Supply:
    """What there is today: available IDs by their last day, requests that take theirs at once, IDs still to come.

    What was to come before today is late, and not counted on: it may never come.
    """

    today: date
    available: tuple[Lot, ...] = ()
    waiting: int = 0
    arriving: tuple[Lot, ...] = ()

    @property
    def free(self) -> int:
        """What is left today once the waiting have theirs; below 0 where they are more."""
        usable = (lot.count for lot in self.available if lot.on is None or lot.on >= self.today)
        return sum(usable) - self.waiting

    def on_day(self, day: int) -> date:
        return self.today + timedelta(days=day)


@dataclass(frozen=True, slots=True)
class Course:
    """Day by day from today (0): whole IDs left, and whole requests unmet; the day it runs out; IDs expired unused."""

    left: Sequence[int]
    unmet: Sequence[int]
    runs_out: int | None
    expired: int


def run(supply: Supply, per_week: Fraction, days: int) -> Course:
    """The course at a steady use, for so many days beyond today.

    An ID that expires before its turn is lost. What is not met waits, and is met by what comes. Everything is counted
    in parts of an ID so small that each day uses a whole number of them: no rounding adds up.
    """
    unit, daily = per_week.denominator * 7, per_week.numerator
    dated, lasting = _lots(supply, unit)
    coming = _coming(supply, unit)
    unmet, expired, first = supply.waiting * unit, 0, 0
    left_by_day, unmet_by_day, runs_out = [], [], None
    in_dated = sum(amount for _day, amount in dated)
    for day in range(days + 1):
        lasting += coming.get(day, 0)
        wanted = unmet + (daily if day else 0)
        while first < len(dated) and (dated[first][0] < day or wanted):
            last_day, amount = dated[first]
            taken = amount if last_day < day else min(amount, wanted)
            in_dated -= taken
            if last_day < day:
                expired += taken
            else:
                wanted -= taken
            if taken < amount:
                dated[first] = (last_day, amount - taken)
                break
            first += 1
        taken = min(lasting, wanted)
        lasting, unmet = lasting - taken, wanted - taken
        left = in_dated + lasting
        if left == 0 and runs_out is None:
            runs_out = day
        left_by_day.append(left // unit)
        unmet_by_day.append(-(-unmet // unit))
    return Course(left_by_day, unmet_by_day, runs_out, expired // unit)


def _lots(supply: Supply, unit: int) -> tuple[list[tuple[int, int]], int]:
    """(last day, parts) of what expires, soonest first; parts of what does not."""
    dated = sorted(((lot.on - supply.today).days, lot.count * unit) for lot in supply.available if lot.on)
    return dated, sum(lot.count for lot in supply.available if lot.on is None) * unit


def _coming(supply: Supply, unit: int) -> dict[int, int]:
    """Parts by the day they come; what is expected for today has not come yet, and is counted on for tomorrow."""
    coming: dict[int, int] = {}
    for lot in supply.arriving:
        if lot.on is not None and lot.on >= supply.today:
            day = max((lot.on - supply.today).days, 1)
            coming[day] = coming.get(day, 0) + lot.count * unit
    return coming

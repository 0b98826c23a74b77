"""The forecast against cases reckoned by hand; more stock never runs out earlier, more use never later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.course import Lot, Supply
from inventory.forecast import HORIZON, Forecast, History, Pace, pace_of, reckon

TODAY = date(2026, 3, 2)


def on(days: int) -> date:
    return TODAY + timedelta(days=days)


def foresee(supply: Supply, weeks: list[int], *, lead: int = 7, target: int = 8) -> Forecast:
    history = History(tuple(weeks), sum(weeks), 7 * len(weeks))
    return reckon(supply=supply, history=history, lead_days=lead, target_weeks=target)


def stock(*lots: Lot, waiting: int = 0, arriving: tuple[Lot, ...] = ()) -> Supply:
    return Supply(TODAY, lots, waiting, arriving)


def test_the_pace_is_the_mean_with_the_busier_and_the_quieter_half() -> None:
    pace = pace_of([10, 12, 8, 14])
    assert pace == Pace(Fraction(9), Fraction(11), Fraction(13))
    odd = pace_of([3, 0, 6])
    assert odd == Pace(Fraction(3, 2), Fraction(3), Fraction(9, 2))


def test_one_burst_widens_the_range_and_leaves_the_quiet_pace() -> None:
    steady, burst = pace_of([4] * 26), pace_of([4] * 13 + [56] + [4] * 12)
    assert steady == Pace(Fraction(4), Fraction(4), Fraction(4))
    assert burst == Pace(Fraction(4), Fraction(6), Fraction(8))


def test_growth_counts_at_once_and_decline_slowly() -> None:
    assert pace_of([10] * 8 + [1] * 18).likely == 10
    assert pace_of([1] * 8 + [10] * 18).likely == Fraction(188, 26)


def test_older_weeks_than_26_do_not_count() -> None:
    assert pace_of([1] * 26 + [100]).fast == 1


def test_a_steady_use_runs_out_on_one_day() -> None:
    # 28 at 7 a week: 28 days. Ordered a week before. 8 weeks at 7 are 56.
    found = foresee(stock(Lot(None, 28)), [7] * 4)
    assert (found.soonest, found.likely, found.latest) == (on(28), on(28), on(28))
    assert (found.order_by, found.order, found.expire) == (on(21), 56, 0)


def test_an_uneven_use_runs_out_within_a_range() -> None:
    # 9, 11 and 13 a week from 63: 49 days, 40.09 and 33.9.
    found = foresee(stock(Lot(None, 63)), [10, 12, 8, 14], lead=10)
    assert (found.soonest, found.likely, found.latest) == (on(34), on(41), on(49))
    assert found.order_by == on(24)


def test_the_waiting_and_what_is_ordered_enter_the_order() -> None:
    # 7 left and 10 wait: 3 lack today. In 7 days (the order's lead) 7 more, in 4 weeks 28 more; 20 are on their way.
    found = foresee(stock(Lot(None, 7), waiting=10, arriving=(Lot(on(3), 20),)), [7] * 4, target=4)
    assert (found.soonest, found.order_by) == (TODAY, on(-7))
    assert found.order == 3 + 7 + 28 - 20


def test_what_expires_unused_is_said_and_has_to_be_ordered() -> None:
    found = foresee(stock(Lot(on(7), 20), Lot(None, 7)), [7] * 4, target=2)
    assert (found.expire, found.likely) == (13, on(14))
    assert found.order == 14


def test_three_weeks_are_the_least() -> None:
    short = foresee(stock(Lot(None, 5)), [3, 3])
    assert (short.pace, short.soonest, short.order_by, short.order) == (None, None, None, 0)
    assert foresee(stock(Lot(None, 5)), [3, 3, 3]).pace is not None


def test_what_nobody_takes_lasts() -> None:
    found = foresee(stock(Lot(None, 5)), [0, 0, 0])
    assert (found.is_unused, found.soonest, found.order_by, found.order) == (True, None, None, 0)


def test_beyond_a_year_nothing_is_foreseen() -> None:
    found = foresee(stock(Lot(None, 366)), [7] * 3)
    assert (found.soonest, HORIZON) == (on(366), 366)
    assert foresee(stock(Lot(None, 367)), [7] * 3).soonest is None


LOTS = st.lists(st.builds(Lot, st.none() | st.integers(-5, 90).map(on), st.integers(0, 60)), max_size=5).map(tuple)
SUPPLY = st.builds(
    Supply,
    st.just(TODAY),
    LOTS,
    st.integers(0, 30),
    st.lists(st.builds(Lot, st.integers(-3, 60).map(on), st.integers(1, 50)), max_size=3).map(tuple),
)
WEEKS = st.lists(st.integers(0, 40), min_size=3, max_size=30)
NEVER = date.max


def ends(found: Forecast) -> list[date]:
    return [day or NEVER for day in (found.soonest, found.likely, found.latest)]


@settings(max_examples=60, deadline=None)
@given(SUPPLY, WEEKS, LOTS)
def test_more_stock_never_runs_out_earlier(supply: Supply, weeks: list[int], more: tuple[Lot, ...]) -> None:
    before = ends(foresee(supply, weeks))
    after = ends(foresee(replace(supply, available=supply.available + more), weeks))
    assert all(then <= now for then, now in zip(before, after, strict=True))


@settings(max_examples=60, deadline=None)
@given(SUPPLY, WEEKS, st.data())
def test_more_use_never_runs_out_later(supply: Supply, weeks: list[int], data: st.DataObject) -> None:
    added = data.draw(st.lists(st.integers(0, 20), min_size=len(weeks), max_size=len(weeks)))
    busier = [week + more for week, more in zip(weeks, added, strict=True)]
    before, after = ends(foresee(supply, weeks)), ends(foresee(supply, busier))
    assert all(now <= then for then, now in zip(before, after, strict=True))


@settings(max_examples=60, deadline=None)
@given(SUPPLY, WEEKS)
def test_the_range_is_in_order_and_the_order_suffices(supply: Supply, weeks: list[int]) -> None:
    found = foresee(supply, weeks)
    assert ends(found) == sorted(ends(found))
    if found.order_by and found.order:
        comes = on(max((found.order_by - TODAY).days, 0) + 7)
        ordered = foresee(replace(supply, arriving=(*supply.arriving, Lot(comes, found.order))), weeks)
        assert ordered.courses is not None
        span = slice((comes - TODAY).days, (comes - TODAY).days + 57)
        assert max(ordered.courses.likely.unmet[span]) == 0

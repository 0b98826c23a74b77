"""How a stock goes down, against courses reckoned by hand."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from inventory.course import Lot, Supply, run

TODAY = date(2026, 3, 2)


def on(days: int) -> date:
    return TODAY + timedelta(days=days)


def test_fourteen_at_one_a_day_last_fourteen_days() -> None:
    course = run(Supply(TODAY, (Lot(None, 14),)), Fraction(7), 20)
    assert (course.runs_out, course.expired) == (14, 0)
    assert list(course.left[:3]) == [14, 13, 12]
    assert list(course.unmet[14:17]) == [0, 1, 2]


def test_a_use_that_is_no_whole_number_a_day_adds_up_exactly() -> None:
    # 5 in 3 weeks: 5/21 a day; 10 last 42 days to the day.
    course = run(Supply(TODAY, (Lot(None, 10),)), Fraction(5, 3), 50)
    assert course.runs_out == 42
    assert (course.left[20], course.left[21], course.left[41]) == (5, 5, 0)


def test_the_waiting_take_theirs_at_once() -> None:
    assert run(Supply(TODAY, (Lot(None, 14),), waiting=4), Fraction(7), 20).runs_out == 10
    course = run(Supply(TODAY, (Lot(None, 3),), waiting=5), Fraction(7), 3)
    assert (course.runs_out, list(course.unmet)) == (0, [2, 3, 4, 5])


def test_what_expires_before_its_turn_is_no_stock() -> None:
    # 10 IDs through day 4, 10 through day 100; one a day: 4 of the first are used, 6 are lost, then 10 last to day 14.
    supply = Supply(TODAY, (Lot(on(100), 10), Lot(on(4), 10)))
    course = run(supply, Fraction(7), 30)
    assert (course.runs_out, course.expired) == (14, 6)
    assert list(course.left[:6]) == [20, 19, 18, 17, 16, 9]


def test_what_expired_before_today_is_no_stock_at_all() -> None:
    course = run(Supply(TODAY, (Lot(on(-1), 5), Lot(on(0), 2))), Fraction(0), 3)
    assert (course.expired, course.left[0], course.runs_out) == (7, 2, 1)
    assert Supply(TODAY, (Lot(on(-1), 5), Lot(on(0), 2)), waiting=1).free == 1


def test_what_comes_serves_those_who_wait_first() -> None:
    supply = Supply(TODAY, (Lot(None, 2),), arriving=(Lot(on(5), 10),))
    course = run(supply, Fraction(7), 20)
    assert (course.runs_out, list(course.unmet[2:6]), course.left[5]) == (2, [0, 1, 2, 0], 7)


def test_what_is_late_is_not_counted_on_and_what_is_due_today_comes_tomorrow() -> None:
    late = Supply(TODAY, (Lot(None, 1),), arriving=(Lot(on(-1), 50),))
    assert run(late, Fraction(7), 5).runs_out == 1
    today = Supply(TODAY, (Lot(None, 1),), arriving=(Lot(TODAY, 50),))
    assert run(today, Fraction(7), 5).left[1] == 50


def test_without_use_only_expiry_ends_a_stock() -> None:
    assert run(Supply(TODAY, (Lot(None, 1),)), Fraction(0), 400).runs_out is None
    assert run(Supply(TODAY, (Lot(on(9), 3),)), Fraction(0), 400).runs_out == 10

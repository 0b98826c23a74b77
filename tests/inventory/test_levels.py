"""The levels of warning."""

from __future__ import annotations

import pytest

from inventory.levels import Level, Limits, State, level_of

LIMITS = Limits(notice_count=10, low_count=3, notice_days=28, low_days=14)


@pytest.mark.parametrize(
    ("state", "level"),
    [
        (State(11), Level.NONE),
        (State(10), Level.NOTICE),
        (State(4), Level.NOTICE),
        (State(3), Level.LOW),
        (State(0), Level.OUT),
        (State(-2), Level.OUT),
        (State(99, cover=29), Level.NONE),
        (State(99, cover=28), Level.NOTICE),
        (State(99, cover=15), Level.NOTICE),
        (State(99, cover=14), Level.LOW),
        (State(99, order_in=8), Level.NONE),
        (State(99, order_in=7), Level.NOTICE),
        (State(99, order_in=1), Level.NOTICE),
        (State(99, order_in=0), Level.LOW),
        (State(99, order_in=-9), Level.LOW),
        (State(11, cover=20, order_in=-1), Level.LOW),
    ],
)
def test_by_count_by_cover_and_by_the_day_to_order(state: State, level: Level) -> None:
    assert level_of(state, LIMITS) == level


def test_a_blank_limit_says_nothing() -> None:
    assert level_of(State(1, cover=1), Limits()) == Level.NONE
    assert level_of(State(0), Limits()) == Level.OUT


def test_a_level_is_left_only_a_fifth_beyond_its_limit() -> None:
    wider = LIMITS.wider()
    assert [level_of(State(free), wider) for free in (12, 13, 4, 5)] == [
        Level.NOTICE,
        Level.NONE,
        Level.LOW,
        Level.NOTICE,
    ]
    assert [level_of(State(99, cover), wider) for cover in (16, 17, 33, 34)] == [
        Level.LOW,
        Level.NOTICE,
        Level.NOTICE,
        Level.NONE,
    ]
    assert [level_of(State(99, order_in=days), wider) for days in (2, 3, 9, 10)] == [
        Level.LOW,
        Level.NOTICE,
        Level.NOTICE,
        Level.NONE,
    ]
    assert level_of(State(1), Limits().wider()) == Level.NONE

"""How old the knowledge may get."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from inventory.knowledge import Knowledge, check_again_by

SEEN = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("cover", "days"),
    [(-5, 1), (0, 1), (1, 1), (2, 1), (3, 1), (4, 2), (29, 14), (59, 29), (60, 30), (61, 30), (400, 30)],
)
def test_half_the_cover_from_one_to_thirty_days(cover: int, days: int) -> None:
    assert check_again_by(seen_on=SEEN, runs_out=SEEN + timedelta(days=cover)) == SEEN + timedelta(days=days)


def test_thirty_days_where_no_use_is_known() -> None:
    assert check_again_by(seen_on=SEEN, runs_out=None) == SEEN + timedelta(days=30)


def test_it_is_overdue_from_the_next_day_on() -> None:
    seen = datetime(2026, 3, 2, tzinfo=UTC)
    assert not Knowledge(seen, SEEN, SEEN).is_overdue
    assert Knowledge(seen, SEEN, SEEN + timedelta(days=1)).is_overdue

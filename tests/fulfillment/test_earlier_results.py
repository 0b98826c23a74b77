"""Until when a result counts; who finds it is told in `tests/results/test_earlier.py`."""

from __future__ import annotations

from datetime import date

import pytest

from fulfillment.earlier_results import counts_until


@pytest.mark.parametrize(
    ("since", "months", "until"),
    [
        (date(2026, 3, 9), 1, date(2026, 4, 9)),
        (date(2026, 3, 9), 24, date(2028, 3, 9)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 1), 120, date(2036, 12, 1)),
    ],
)
def test_a_result_counts_until_the_same_day_of_a_month(since: date, months: int, until: date) -> None:
    assert counts_until(since, months) == until

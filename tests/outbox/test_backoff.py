"""How long to wait."""

import pytest
from django.test import override_settings

from outbox import backoff


@pytest.mark.parametrize(
    ("tries", "least", "most"), [(1, 1.6, 2.4), (5, 25.6, 38.4), (12, 2880, 4320), (500, 2880, 4320)]
)
def test_the_wait_doubles_up_to_an_hour(tries: int, least: float, most: float) -> None:
    waits = [backoff.wait(tries) for _ in range(200)]
    assert least <= min(waits) < max(waits) <= most


def test_a_wish_is_the_least_and_has_an_end() -> None:
    assert backoff.wait(1, 90) == 90
    assert backoff.wait(1, 10**9) == 6 * 3600
    assert backoff.wait(12, 90) >= 2880


@override_settings(REPEAT_DAYS=3)
def test_tries_fill_the_days_of_repeating() -> None:
    assert backoff.outgoing_tries() == 84

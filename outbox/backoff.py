"""How long to wait before the next try, and how many tries there are."""

from __future__ import annotations

from secrets import SystemRandom

from django.conf import settings

LONGEST = 3600.0  # seconds
LONGEST_WISH = 6 * LONGEST  # of the other side, as iTEP's Retry-After
_random = SystemRandom()


def wait(tries: int, retry_after: float | None = None) -> float:
    """Seconds to wait after the `tries`-th failure (from 1): doubling from 2 s to an hour, with a fifth of jitter.

    An explicit wish of the other side is honoured as the least, up to six hours.
    """
    doubling = min(2.0 ** min(tries, 20), LONGEST)
    return max(doubling * _random.uniform(0.8, 1.2), min(retry_after or 0.0, LONGEST_WISH))


def outgoing_tries() -> int:
    """As many tries as fill `REPEAT_DAYS`: twelve until the wait is an hour, then one an hour."""
    return 12 + 24 * int(settings.REPEAT_DAYS)

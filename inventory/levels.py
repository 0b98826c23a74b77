"""At which level of warning a stock is: pure. By count, by days of cover, and by the day to order against today."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

ORDER_SOON = 7  # days before the day to order by: time for whoever signs the order


class Level(IntEnum):
    """The worse, the higher."""

    NONE = 0
    NOTICE = 1
    LOW = 2
    OUT = 3


@dataclass(frozen=True, slots=True)
class State:
    """IDs left once the waiting have theirs; days until they are used up, and until one must order. None: unknown."""

    free: int
    cover: int | None = None
    order_in: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a level is reached; None: not by this."""

    notice_count: int | None = None
    low_count: int | None = None
    notice_days: int | None = None
    low_days: int | None = None
    notice_order: int = ORDER_SOON
    low_order: int = 0

    def wider(self) -> Limits:
        """By a fifth: a level is left only beyond these, or a stock at the very limit would be in the mail daily."""
        return replace(
            self,
            notice_count=_wider(self.notice_count),
            low_count=_wider(self.low_count),
            notice_days=_wider(self.notice_days),
            low_days=_wider(self.low_days),
            notice_order=self.notice_order + 2,
            low_order=self.low_order + 2,
        )


def level_of(state: State, limits: Limits) -> Level:
    """The worst level whose limit is reached by any of the three."""
    if state.free <= 0:
        return Level.OUT
    low = ((state.free, limits.low_count), (state.cover, limits.low_days), (state.order_in, limits.low_order))
    if any(_reached(value, limit) for value, limit in low):
        return Level.LOW
    notice = (
        (state.free, limits.notice_count),
        (state.cover, limits.notice_days),
        (state.order_in, limits.notice_order),
    )
    return Level.NOTICE if any(_reached(value, limit) for value, limit in notice) else Level.NONE


def _reached(value: int | None, limit: int | None) -> bool:
    return value is not None and limit is not None and value <= limit


def _wider(limit: int | None) -> int | None:
    return None if limit is None else limit + max(1, limit // 5)

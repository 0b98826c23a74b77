"""How old the portal's knowledge of iTEP's stock is, and by when somebody should look again. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

LEAST, MOST = 1, 30  # days


@dataclass(frozen=True, slots=True)
class Knowledge:
    """When an export of iTEP last spoke of a product (None: never), and the last day on which that is good enough."""

    seen_at: datetime | None
    check_by: date
    today: date

    @property
    def is_overdue(self) -> bool:
        return self.today > self.check_by


def check_again_by(*, seen_on: date, runs_out: date | None) -> date:
    """Halfway from the day it was seen to the day it runs out, after 1 day at least and 30 at most.

    30 where no end is known. Counted from the day it was seen, so the day does not creep as time goes by.
    """
    cover = (runs_out - seen_on).days if runs_out else 2 * MOST
    return seen_on + timedelta(days=min(max(cover // 2, LEAST), MOST))

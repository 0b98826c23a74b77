"""When a test is over, for what is kept some time after it: the candidate's link, and what was sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fulfillment import deadlines
from fulfillment.models import Fulfillment, State
from itep.statuses import Status

FINAL = (Status.COMPLETED, Status.INVALIDATED, Status.DISABLED)
ASKED = ("state", "ended_at", "itep_status", "itep_status_at", "deadline", "created_at")  # all that `at` reads
NO_DEADLINE = timedelta(days=365)  # one without a deadline, of which iTEP says nothing more


def at(one: Fulfillment, *, zone: ZoneInfo | None = None) -> datetime:
    """When it was cancelled, or graded; else its deadline, or iTEP's last word where that came later. May be to come.

    It moves with what happens: a test that is reset is not over.
    """
    if one.state == State.CANCELLED and one.ended_at:
        return one.ended_at
    if one.itep_status in FINAL and one.itep_status_at:
        return one.itep_status_at
    last_day = deadlines.ends_at(one.deadline, zone=zone) if one.deadline else one.created_at + NO_DEADLINE
    return max(last_day, one.itep_status_at or last_day)

"""What a candidate's own page says: by where their test stands, kindly, and never a level or a score."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from access import audit
from access.actors import Actor
from fulfillment import deadlines, settling, troubles
from fulfillment.models import Attendance, Fulfillment, State
from inventory import claims
from inventory.models import Delivery
from itep.statuses import Status


class Moment(StrEnum):
    """Where the candidate is with their test; each has its own words on the page."""

    WAITING = "waiting"
    READY = "ready"
    ITEP_SENDS = "itep_sends"
    EXPIRED = "expired"
    STARTED = "started"
    FINISHED = "finished"
    GRADED = "graded"
    RESET = "reset"
    TROUBLE = "trouble"
    CANCELLED = "cancelled"


_BY_STATUS = {
    Status.STARTED: Moment.STARTED,
    Status.FINISHED: Moment.FINISHED,
    Status.REVIEW: Moment.FINISHED,
    Status.COMPLETED: Moment.GRADED,
    Status.PROBLEM: Moment.TROUBLE,
    Status.INVALIDATED: Moment.TROUBLE,
    Status.DISABLED: Moment.TROUBLE,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """The secrets of a test, once its candidate asked to see them."""

    test_id: str
    password: str
    needs_password: bool


def moment_of(one: Fulfillment) -> Moment:
    """Which words the page has. iTEP's word comes before the calendar."""
    if one.state == State.CANCELLED:
        return Moment.CANCELLED
    if one.itep_status in (Status.READY, Status.STARTED) and troubles.was_reset(one):
        return Moment.RESET  # until a person has told the candidate what to do, or has seen to it otherwise
    if one.itep_status in _BY_STATUS:
        return _BY_STATUS[Status(one.itep_status)]
    if one.state not in (State.ASSIGNED, State.SENT):
        return Moment.WAITING
    if deadlines.is_over(one.deadline):
        return Moment.STARTED if _came(one) else Moment.EXPIRED
    return Moment.ITEP_SENDS if one.delivery == Delivery.ITEP else Moment.READY


def _came(one: Fulfillment) -> bool:
    """Somebody saw them at the door of their sitting: iTEP does not always say that a test was started."""
    return Attendance.objects.filter(fulfillment=one, arrived_at__isnull=False).exists()


def may_see_test_id(one: Fulfillment) -> bool:
    return moment_of(one) in (Moment.READY, Moment.STARTED, Moment.RESET) and one.delivery != Delivery.ITEP


@transaction.atomic
def show(one: Fulfillment) -> Shown | None:
    """The test ID and password, marked as told from now on. None where there is none to be seen."""
    test_id = settling.held_by(one) if may_see_test_id(one) else None
    if test_id is None:
        return None
    claims.told(oid=one.oid)
    audit.record(
        actor=Actor.candidate(),
        verb="candidate.saw_test_id",
        oid=one.oid,
        test_id=test_id.test_id,
        product=one.product.code,
    )
    return Shown(test_id.test_id, test_id.password, one.product.needs_password)

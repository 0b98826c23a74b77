"""Who is due a reminder before the deadline, and when one would be wrong: asked when it is written and as it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from fulfillment import deadlines, organization, settling
from fulfillment.models import Fulfillment, Mail, MailState, State
from inventory import reminder_days
from inventory.models import Delivery, Holding, TestID
from itep.statuses import Status

KIND = "reminder"
FROM_HOUR, UNTIL_HOUR = 9, 18  # where the organization is
ONE_MAIL_IN = timedelta(days=1)
NOT_STARTED = ("", Status.READY)
_SEEN = {
    Status.STARTED: "The candidate has started the test.",
    Status.FINISHED: "The candidate has finished the test.",
    Status.REVIEW: "The test was taken, and iTEP reviews it.",
    Status.COMPLETED: "The test was taken and graded.",
    Status.PROBLEM: "iTEP reports a problem with the test.",
    Status.INVALIDATED: "iTEP has invalidated the test.",
    Status.DISABLED: "iTEP has disabled the test ID.",
}


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder that should go now: the one of so many days before the deadline."""

    oid: UUID
    deadline: date
    days_before: int
    person: str


def mark(days: tuple[int, ...], *, deadline: date, today: date, told_on: date) -> int | None:
    """Which of a product's reminders is due; after a pause of the worker the latest alone.

    None where none is: its day has not come, or the candidate was told within a day of it, or later.
    """
    come = [one for one in days if deadline - timedelta(days=one) <= today]
    if not come or today > deadline or deadline - timedelta(days=min(come)) <= told_on:
        return None
    return min(come)


def all_due() -> list[Due]:
    """By itself, now."""
    return list(_due(_who()))


def due() -> list[Due]:
    """As `all_due`, nearest deadline first, and no two for one person: the other one goes another day."""
    by_person = {one.person: one for one in sorted(all_due(), key=lambda one: one.deadline, reverse=True)}
    return sorted(by_person.values(), key=lambda one: (one.deadline, one.oid))


def still_due(one: Due) -> bool:
    """The same question once more, under the locks of whoever writes it."""
    return one in set(_due(_who().filter(oid=one.oid)))


def why_wrong(one: Fulfillment) -> str:
    """Why nobody should remind the candidate now; "" where a reminder makes sense. The deadline is not looked at."""
    if one.state != State.SENT:
        return "It is cancelled." if one.state == State.CANCELLED else "The candidate was not sent a test ID yet."
    if one.itep_status in _SEEN:
        return _SEEN[Status(one.itep_status)]
    if one.itep_status_raw and not one.itep_status:
        return "iTEP's status of it is a word that the portal does not know. Look at iTEP first."
    if one.troubles.filter(handled_at=None).exists():
        return "Something happened with it at iTEP. Tell the candidate of that first."
    if one.claim.conflict_because:
        return f"{one.claim.conflict_because} A person has to clear that up first."
    return _why_by_mirror(settling.held_by(one))


def _why_by_mirror(held: TestID | None) -> str:
    if held is None:
        return "The portal does not know its test ID."
    if held.left_panel_at is not None:
        return "Its test ID has left iTEP's list: presumably the test was started."
    for status in (held.progress, held.status):
        if status not in NOT_STARTED:
            return f"iTEP shows its test ID as {status.capitalize()}."
    return ""


def why_too_late(mail: Mail) -> str:
    """Why a reminder that was written must not leave any more. Reads what is there now, under the caller's lock."""
    one = Fulfillment.objects.select_related("claim", "product").get(pk=mail.fulfillment_id)
    if why := why_wrong(one):
        return why
    return "The deadline has passed." if deadlines.is_over(one.deadline) else ""


def decent_hour(moment: datetime) -> datetime | None:
    """None where a candidate may get a mail at this moment; else when the next such hour begins."""
    local = moment.astimezone(organization.zone())
    if FROM_HOUR <= local.hour < UNTIL_HOUR:
        return None
    day = local.date() + timedelta(days=1 if local.hour >= UNTIL_HOUR else 0)
    return datetime.combine(day, time(FROM_HOUR), tzinfo=organization.zone())


def _who() -> QuerySet[Fulfillment]:
    """With the candidate by our own mail, a deadline to come, nothing seen of it since; nobody mailed within a day."""
    today = deadlines.today()
    idle = TestID.objects.filter(
        holder=OuterRef("claim_id"),
        holding=Holding.CURRENT,
        left_panel_at=None,
        status__in=NOT_STARTED,
        progress__in=NOT_STARTED,
    )
    lately = Mail.objects.filter(
        fulfillment__person_digest=OuterRef("person_digest"), created_at__gt=timezone.now() - ONE_MAIL_IN
    ).exclude(state=MailState.WITHHELD)
    seen = ~Q(itep_status_raw="") & ~Q(itep_status=Status.READY, itep_status_by="export")
    return (
        Fulfillment.objects.filter(
            Exists(idle),
            ~Exists(lately),
            state=State.SENT,
            delivery=Delivery.PORTAL,
            claim__conflict_at=None,
            sent_at__isnull=False,
            deadline__range=(today, today + timedelta(days=reminder_days.FURTHEST)),
        )
        .exclude(seen)
        .exclude(email="")
        .exclude(product__reminder_days="")
    )


def _due(rows: QuerySet[Fulfillment]) -> Iterator[Due]:
    today, zone = deadlines.today(), organization.zone()
    reminded = Min("reminders__days_before", filter=Q(reminders__deadline=F("deadline")))
    asked = rows.annotate(reminded=reminded).values_list(
        "oid", "deadline", "sent_at", "product__reminder_days", "person_digest", "reminded"
    )
    for oid, deadline, sent_at, days, person, last in asked.iterator():
        assert deadline is not None
        assert sent_at is not None
        told_on = sent_at.astimezone(zone).date()
        number = mark(reminder_days.read(days), deadline=deadline, today=today, told_on=told_on)
        if number is not None and (last is None or number < last):
            yield Due(oid, deadline, number, person or str(oid))

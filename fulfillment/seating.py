"""Who sits where: seats are taken, given up, and changed for one of another sitting."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from access import audit
from access.actors import Actor
from fulfillment import deadlines, locks, rules, seats
from fulfillment.errors import FieldError, NoSeats, SittingRefuses
from fulfillment.models import Attendance, Fulfillment, Seat, Sitting
from fulfillment.sheet_requests import CellFault
from inventory import claims

# Of another day. What happened stays noted.
_NOTHING_MARKED: dict[str, None] = {"photo_id_at": None, "photo_id_by": None}


@dataclass(frozen=True, slots=True)
class Refused:
    """Somebody who was not seated, or not taken out, and why."""

    one: Fulfillment
    why: str


@dataclass(frozen=True, slots=True)
class Seated:
    """What seating came to."""

    seated: list[Fulfillment]
    refused: list[Refused]


@transaction.atomic
def seat(*, sitting_id: int, oids: Collection[UUID], actor: Actor, move: bool = False) -> Seated:
    """Seats for these people, by name; `move`: also those who sit elsewhere. The sitting's day is their deadline now.

    Who cannot be seated is named with the reason. Raises NoSeats and SittingRefuses, and then nobody was seated.
    """
    sitting = locks.sitting(sitting_id)
    if why := why_no_more(sitting):
        raise SittingRefuses(why)
    claims.hold(oids=oids)
    expiring = claims.expire_before(oids=oids, day=sitting.date)
    found = [Refused(one, why_not_seat(one, sitting, expiring=expiring, move=move)) for one in locks.fulfillments(oids)]
    able = sorted((each.one for each in found if not each.why), key=lambda one: one.name.casefold())
    _sit(able, seats.free(sitting, len(able)), actor)
    claims.must_outlive(oids=[one.oid for one in able], day=sitting.date)
    return Seated(able, [each for each in found if each.why])


@transaction.atomic
def take_out(*, sitting_id: int, oids: Collection[UUID], actor: Actor, reason: str = "") -> Seated:
    """Gives their seats back; the deadline is again what it was before, where that is not over."""
    claims.hold(oids=oids)
    found = [one for one in locks.fulfillments(oids) if one.seat is not None and one.seat.sitting_id == sitting_id]
    refused = [Refused(one, why) for one in found if (why := _why_stays(one))]
    stay = {each.one.pk for each in refused}
    out = [one for one in found if one.pk not in stay]
    for one in out:
        _get_up(one, actor, reason)
    return Seated(out, refused)


def why_no_more(sitting: Sitting) -> str:
    """Why nobody can be added to this sitting; "" if people can, as far as seats go."""
    if sitting.cancelled_at:
        return "The sitting was cancelled."
    if deadlines.is_over(sitting.date):
        return "The sitting is over."
    if sitting.closed_at:
        return "The sitting is closed: open it again to add people."
    return ""


def why_not_seat(one: Fulfillment, sitting: Sitting, *, expiring: dict[UUID, date], move: bool = False) -> str:
    """Why this person cannot be given a seat there; "" if they can, as far as seats go."""
    if why := rules.why_not_seat(one):
        return why
    if one.seat is not None:
        if one.seat.sitting_id == sitting.pk:
            return "Has a seat there already."
        if not move:
            return f"Has a seat at {one.seat.sitting}: move them from there."
        if why := _why_stays(one):
            return why
    if until := expiring.get(one.oid):
        return f"The test ID expires on {date_format(until, 'j M Y')}, before the sitting. Replace the ID first."
    return ""


def reserve(one: Fulfillment, sitting: Sitting) -> Iterator[FieldError]:
    """A seat for a fulfillment that is just being made: before its claim, which has to outlive the day.

    What it yields is wrong, beside the field that it is about.
    """
    sitting = locks.sitting(sitting.pk)
    if one.deadline not in (None, sitting.date):
        yield FieldError("deadline", "Leave the deadline blank: the sitting has its own day.")
    if why := why_no_more(sitting):
        yield FieldError("sitting", why)
        return
    try:
        one.seat, one.deadline = seats.free(sitting, 1)[0], sitting.date
    except NoSeats:
        yield FieldError("sitting", "All seats are taken.")


def reserved(one: Fulfillment, *, actor: Actor, accommodation: str = "") -> None:
    """Once the fulfillment stands: what belongs to its day, if it has a seat or an accommodation was noted."""
    if one.seat is None and not accommodation:
        return
    now = timezone.now() if one.seat else None
    Attendance.objects.create(fulfillment=one, seated_at=now, accommodation=accommodation.strip())
    if one.seat is not None:
        seats.tell(one, "seat.taken", actor, one.seat.sitting)


def lacking(sitting: Sitting | None, *, rows: int) -> Iterator[CellFault]:
    """What is wrong with so many rows for one sitting, said before any is given."""
    room = seats.left(sitting) if sitting else None
    if room is not None and rows > room:
        yield CellFault(
            "", 0, "", str(rows), f"At most {room} rows: so many seats are left at {sitting}. Or add seats."
        )


def _sit(able: Sequence[Fulfillment], free: Sequence[Seat], actor: Actor) -> None:
    """All at once: a sitting of hundreds is filled within one request."""
    now, days, told = timezone.now(), [], []
    for one, there in zip(able, free, strict=True):
        before = one.seat
        kept = one.deadline if before is None else one.attendance.deadline_before
        days.append(Attendance(fulfillment=one, seated_at=now, deadline_before=kept, **_NOTHING_MARKED))
        detail = {"from": seats.subject(before.sitting)} if before else None
        told.append(seats.entry(one, "seat.changed" if before else "seat.taken", actor, there.sitting, detail=detail))
        one.seat, one.deadline, one.updated_at = there, there.sitting.date, now
    Fulfillment.objects.bulk_update(able, ["seat", "deadline", "updated_at"], batch_size=200)
    theirs = ["seated_at", "deadline_before", *_NOTHING_MARKED]
    Attendance.objects.bulk_create(days, update_conflicts=True, unique_fields=["fulfillment"], update_fields=theirs)
    audit.record_many(told)


def _get_up(one: Fulfillment, actor: Actor, reason: str) -> None:
    assert one.seat is not None
    before = one.attendance.deadline_before
    sitting, one.seat = one.seat.sitting, None
    one.deadline = None if deadlines.is_over(before) else before
    one.save(update_fields=["seat", "deadline", "updated_at"])
    Attendance.objects.filter(pk=one.pk).update(seated_at=None, deadline_before=None, **_NOTHING_MARKED)
    claims.must_outlive(oids=[one.oid], day=one.deadline)
    seats.tell(one, "seat.given_up", actor, sitting, reason=reason)


def _why_stays(one: Fulfillment) -> str:
    if one.attendance.arrived_at:
        return "Arrived there already: take that back first."
    return ""


def oids_of(texts: Iterable[str]) -> list[UUID]:
    """What a form brought, without what is no oid."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found

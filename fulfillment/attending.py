"""The day of a sitting: who arrived, whose photo ID was checked, what happened. Each can be taken back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from fulfillment import deadlines, locks, seats, sittings
from fulfillment.errors import SittingRefuses
from fulfillment.models import Attendance, Fulfillment, Sitting, State
from itep.statuses import Status

LONGEST = 1000
NOT_SEEN_STARTED = ("", Status.READY)


@transaction.atomic
def arrived(*, oid: UUID, actor: Actor, undo: bool = False) -> Fulfillment:
    """Is there, or, with `undo`, is not. Again, it changes nothing. Raises SittingRefuses, Fulfillment.DoesNotExist."""
    one, sitting, day = _at_the_door(oid)
    if (day.arrived_at is None) != undo:
        day.arrived_at = None if undo else timezone.now()
        _mark(one, sitting, day, _verb("arrived", undo), actor)
    return one


@transaction.atomic
def photo_id_checked(*, oid: UUID, actor: Actor, undo: bool = False) -> Fulfillment:
    """Somebody compared the face with a photo ID: who and when is kept. Raises as `arrived`."""
    one, sitting, day = _at_the_door(oid)
    if (day.photo_id_at is None) != undo:
        day.photo_id_at, day.photo_id_by = (None, None) if undo else (timezone.now(), actor.user)
        _mark(one, sitting, day, _verb("photo_id_checked", undo), actor)
    return one


@transaction.atomic
def note_incident(*, oid: UUID, text: str, actor: Actor) -> Fulfillment:
    """What happened, in words; "" takes it back. The trail says that it was noted, not what. Raises as `arrived`."""
    one, sitting, day = _at_the_door(oid)
    words = text.strip()[:LONGEST]
    if words != day.incident:
        day.incident = words
        _mark(one, sitting, day, _verb("incident_noted", not words), actor)
    return one


@transaction.atomic
def note_accommodation(*, oid: UUID, text: str, actor: Actor) -> Fulfillment:
    """What this candidate needs to take the test, as more time or a large screen; at any time, "" takes it back."""
    one = locks.fulfillment(oid)
    day, words = Attendance.objects.get_or_create(fulfillment=one)[0], text.strip()[:LONGEST]
    if words != day.accommodation:
        day.accommodation = words
        day.save(update_fields=["accommodation"])
        verb = _verb("accommodation_noted", not words)
        audit.record(actor=actor, verb=verb, oid=oid, product=one.product.code)
    return one


def of(one: Fulfillment) -> Attendance | None:
    """What is known of this candidate's day."""
    return Attendance.objects.filter(fulfillment=one).select_related("photo_id_by").first()


def was_not_seen(one: Fulfillment, day: Attendance) -> bool:
    """Neither at the door, nor did iTEP say that they began."""
    return one.state != State.CANCELLED and one.itep_status in NOT_SEEN_STARTED and day.arrived_at is None


def why_not(sitting: Sitting) -> str:
    """Why nothing of the day can be marked yet; "" if it can."""
    if not sitting.at_a_centre:
        return "At home nobody stands at the door."
    if sitting.date > deadlines.today():
        return f"The sitting is on {deadlines.day_in_words(sitting.date)}. On that day people are ticked off here."
    return ""


def _at_the_door(oid: UUID) -> tuple[Fulfillment, Sitting, Attendance]:
    one = locks.fulfillment(oid)
    sitting, day = sittings.of(one), of(one)
    if sitting is None or day is None:
        raise SittingRefuses(f"{one.name} has no seat at a sitting.")
    if why := why_not(sitting):
        raise SittingRefuses(why)
    return one, sitting, day


def _mark(one: Fulfillment, sitting: Sitting, day: Attendance, verb: str, actor: Actor) -> None:
    day.marked_at = timezone.now()
    day.save(update_fields=["arrived_at", "photo_id_at", "photo_id_by", "incident", "marked_at"])
    seats.tell(one, verb, actor, sitting)


def _verb(what: str, undo: bool) -> str:
    return f"attendance.{what}_undone" if undo else f"attendance.{what}"

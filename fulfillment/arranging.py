"""A sitting is arranged, changed, closed and cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, time

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from access import audit
from access.actors import Actor
from fulfillment import candidates, deadlines, locks, seats
from fulfillment.errors import BadRequest, FieldError, SittingRefuses
from fulfillment.models import Fulfillment, Sitting, SittingKind
from inventory import claims

MOST_SEATS = 2000
TOLD = ("date", "starts_at", "arrive_by", "place", "address")  # what candidates read of it


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What is said of a sitting. `seats` None: no limit, at home alone. Times in the organization's zone."""

    kind: SittingKind
    title: str
    date: date
    starts_at: time | None = None
    arrive_by: time | None = None
    place: str = ""
    address: str = ""
    proctor: str = ""
    seats: int | None = None
    note: str = ""


@transaction.atomic
def arrange(*, what: Arrangement, actor: Actor) -> Sitting:
    """A new sitting with its seats. Raises BadRequest."""
    what = _tidy(what)
    if errors := list(_faults(what, before=None, taken=0)):
        raise BadRequest(errors)
    one = Sitting(**_fields(what))
    one.save()
    if one.seats is not None:
        seats.bring_to(one, one.seats)
    _tell(one, "sitting.arranged", actor, {"kind": one.kind, "date": one.date.isoformat()})
    return one


@transaction.atomic
def change(*, sitting_id: int, what: Arrangement, actor: Actor) -> Sitting:
    """Other words, another day, more or fewer seats. Whoever sits there goes along: their deadline is the new day.

    Its kind stays. Raises BadRequest, SittingRefuses, Sitting.DoesNotExist.
    """
    one = locks.sitting(sitting_id)
    if one.cancelled_at:
        raise SittingRefuses("The sitting was cancelled.")
    what = _tidy(replace(what, kind=SittingKind(one.kind)))
    if errors := list(_faults(what, before=one, taken=people(one).count())):
        raise BadRequest(errors)
    changed = sorted(name for name, value in _fields(what).items() if getattr(one, name) != value)
    for name in changed:
        setattr(one, name, getattr(what, name))
    if any(name in TOLD for name in changed):
        one.changed_at = timezone.now()
    one.save()
    if one.seats is not None:
        seats.bring_to(one, one.seats)
    if "date" in changed:
        _move_deadlines(one)
    if changed:
        _tell(one, "sitting.changed", actor, {"fields": changed})
    return one


@transaction.atomic
def close(*, sitting_id: int, actor: Actor, closed: bool = True) -> Sitting:
    """Nobody is added any more; with `closed=False` people are again. Again, it changes nothing."""
    one = locks.sitting(sitting_id)
    if (one.closed_at is not None) != closed:
        one.closed_at = timezone.now() if closed else None
        one.save(update_fields=["closed_at"])
        _tell(one, "sitting.closed" if closed else "sitting.opened", actor)
    return one


@transaction.atomic
def cancel(*, sitting_id: int, actor: Actor, reason: str) -> Sitting:
    """It does not take place. Only once nobody sits there: each of them needs to hear of something else.

    Raises SittingRefuses.
    """
    one = locks.sitting(sitting_id)
    if why := why_not_cancel(one, taken=people(one).count()):
        raise SittingRefuses(why)
    if not reason.strip():
        raise SittingRefuses("Say why: it is kept in the history.")
    one.cancelled_at, one.cancelled_because = timezone.now(), reason.strip()[:500]
    one.save(update_fields=["cancelled_at", "cancelled_because"])
    _tell(one, "sitting.cancelled", actor, reason=reason)
    return one


def why_not_cancel(one: Sitting, *, taken: int) -> str:
    if one.cancelled_at:
        return "The sitting was cancelled already."
    if taken:
        return f"{taken} people sit there: move them to another sitting, or take them out first."
    return ""


def people(one: Sitting) -> QuerySet[Fulfillment]:
    return Fulfillment.objects.filter(seat__sitting=one)


def _tidy(what: Arrangement) -> Arrangement:
    """Single spaces; at home no hour and no place."""
    tidy = candidates.tidy_text
    what = replace(what, title=tidy(what.title), place=tidy(what.place), address=tidy(what.address))
    what = replace(what, proctor=tidy(what.proctor), note=what.note.strip())
    if what.kind == SittingKind.HOME:
        return replace(what, starts_at=None, arrive_by=None, place="", address="", proctor="")
    return what


def _fields(what: Arrangement) -> dict[str, object]:
    return {field.name: getattr(what, field.name) for field in fields(what)}


def _faults(what: Arrangement, *, before: Sitting | None, taken: int) -> Iterator[FieldError]:
    for name, longest in (("title", 120), ("place", 200), ("address", 300), ("proctor", 200)):
        yield from candidates.text_faults(name, getattr(what, name), longest)
    if not what.title:
        yield FieldError("title", "A name is needed, by which you find the sitting again.")
    if deadlines.is_over(what.date) and (before is None or before.date != what.date):
        yield FieldError("date", "The day is in the past.")
    if what.kind == SittingKind.CENTRE:
        yield from _faults_at_a_centre(what)
    if what.seats is not None and not max(taken, 1) <= what.seats <= MOST_SEATS:
        sit = f"{taken} people sit there: at least {taken}" if taken else "At least 1"
        yield FieldError("seats", f"{sit}, at most {MOST_SEATS} seats.")


def _faults_at_a_centre(what: Arrangement) -> Iterator[FieldError]:
    if what.starts_at is None:
        yield FieldError("starts_at", "Say when it starts.")
    if not what.place:
        yield FieldError("place", "Say where it takes place.")
    if what.seats is None:
        yield FieldError("seats", "Say how many seats there are.")
    if what.starts_at and what.arrive_by and what.arrive_by > what.starts_at:
        yield FieldError("arrive_by", "That is after the start.")


def _move_deadlines(one: Sitting) -> None:
    oids = list(people(one).values_list("oid", flat=True))
    claims.must_outlive(oids=oids, day=one.date)
    found = locks.fulfillments(oids)
    sit_there = [each.pk for each in found if each.seat is not None and each.seat.sitting_id == one.pk]
    Fulfillment.objects.filter(pk__in=sit_there).update(deadline=one.date, updated_at=timezone.now())


def _tell(one: Sitting, verb: str, actor: Actor, detail: audit.Detail | None = None, reason: str = "") -> None:
    audit.record(actor=actor, verb=verb, subject=seats.subject(one), detail=detail, reason=reason)

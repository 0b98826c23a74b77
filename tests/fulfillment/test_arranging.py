"""Sittings are arranged, changed, closed and cancelled; the database holds what the code promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import arranging, seating
from fulfillment.arranging import Arrangement
from fulfillment.errors import BadRequest, SittingRefuses
from fulfillment.models import Seat, Sitting, SittingKind
from inventory.models import Product
from tests.fulfillment.conftest import Arrange, Give, fresh

pytestmark = pytest.mark.django_db


def said_of(one: Sitting) -> Arrangement:
    return Arrangement(**{name: getattr(one, name) for name in Arrangement.__dataclass_fields__})


def test_a_sitting_has_as_many_seats_as_were_said(arrange: Arrange, by_sam: Actor) -> None:
    one = arrange(title="  Spring  2027 ", seats=20, note="Key at the desk")
    assert (one.title, one.rows.count(), one.rows.last().number) == ("Spring 2027", 20, 20)  # type: ignore[union-attr]
    entry = AuditEntry.objects.get(subject=f"sitting {one.pk}")
    assert (entry.verb, entry.user, entry.detail) == (
        "sitting.arranged",
        by_sam.user,
        {"kind": "centre", "date": one.date.isoformat()},
    )


def test_at_home_there_is_a_day_alone(arrange: Arrange) -> None:
    one = arrange(kind=SittingKind.HOME, seats=None)
    assert (one.starts_at, one.arrive_by, one.place, one.address, one.rows.count()) == (None, None, "", "", 0)


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"title": " "}, ["title"]),
        ({"date": date(2020, 1, 1)}, ["date"]),
        ({"starts_at": None, "arrive_by": None, "place": "", "seats": None}, ["starts_at", "place", "seats"]),
        ({"arrive_by": time(10, 1)}, ["arrive_by"]),
        ({"seats": 0}, ["seats"]),
        ({"seats": 2001}, ["seats"]),
        ({"title": "x" * 121}, ["title"]),
        ({"place": "Room\0"}, ["place"]),
    ],
)
def test_all_that_is_wrong_is_said_at_once(arrange: Arrange, wrong: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(BadRequest) as refused:
        arrange(**wrong)
    assert [error.field for error in refused.value.errors] == fields
    assert (Sitting.objects.count(), Seat.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    "broken",
    [{"starts_at": None, "arrive_by": None}, {"place": ""}, {"seats": None}, {"seats": 0}, {"arrive_by": time(11)}],
)
def test_the_database_refuses_half_a_centre(arrange: Arrange, broken: dict[str, Any]) -> None:
    one = arrange()
    with pytest.raises(IntegrityError), transaction.atomic():
        Sitting.objects.filter(pk=one.pk).update(**broken)


def test_more_and_fewer_seats(arrange: Arrange, by_sam: Actor, academic: Product, give_test: Give) -> None:
    one = arrange(seats=3)
    ana = give_test(academic, sitting=one)
    arranging.change(sitting_id=one.pk, what=replace(said_of(one), seats=5), actor=by_sam)
    assert one.rows.count() == 5
    arranging.change(sitting_id=one.pk, what=replace(said_of(one), seats=1), actor=by_sam)
    assert [row.number for row in one.rows.all()] == [fresh(ana).seat.number]  # type: ignore[union-attr]
    assert AuditEntry.objects.filter(verb="sitting.changed").count() == 2


def test_never_fewer_seats_than_people(arrange: Arrange, by_sam: Actor, academic: Product, give_test: Give) -> None:
    one = arrange(seats=2)
    for name in ("ana@example.org", "bo@example.org"):
        give_test(academic, sitting=one, allow_duplicate=True, reference=name)
    with pytest.raises(BadRequest, match="2 people sit there"):
        arranging.change(sitting_id=one.pk, what=replace(said_of(one), seats=1), actor=by_sam)
    assert (Sitting.objects.get().seats, one.rows.count()) == (2, 2)


def test_another_day_is_the_deadline_of_all_who_sit_there(
    arrange: Arrange, by_sam: Actor, academic: Product, give_test: Give
) -> None:
    one = arrange()
    ana, other = give_test(academic, sitting=one), give_test(academic, allow_duplicate=True)
    later = one.date + timedelta(days=7)
    changed = arranging.change(sitting_id=one.pk, what=replace(said_of(one), date=later), actor=by_sam)
    assert (fresh(ana).deadline, fresh(ana).claim.outlive, fresh(other).deadline) == (later, later, None)
    assert changed.changed_at > one.changed_at
    assert AuditEntry.objects.get(verb="sitting.changed").detail == {"fields": ["date"]}


def test_what_candidates_do_not_read_is_no_change_to_them(arrange: Arrange, by_sam: Actor) -> None:
    one = arrange()
    changed = arranging.change(sitting_id=one.pk, what=replace(said_of(one), title="Summer"), actor=by_sam)
    assert (changed.title, changed.changed_at) == ("Summer", one.changed_at)
    same = arranging.change(sitting_id=one.pk, what=said_of(changed), actor=by_sam)
    assert (same.changed_at, AuditEntry.objects.filter(verb="sitting.changed").count()) == (one.changed_at, 1)


def test_closed_and_opened_again(arrange: Arrange, by_sam: Actor, academic: Product, give_test: Give) -> None:
    one, ana = arrange(), give_test(academic)
    for _twice in range(2):
        arranging.close(sitting_id=one.pk, actor=by_sam)
    with pytest.raises(SittingRefuses, match="closed"):
        seating.seat(sitting_id=one.pk, oids=[ana.oid], actor=by_sam)
    arranging.close(sitting_id=one.pk, actor=by_sam, closed=False)
    assert len(seating.seat(sitting_id=one.pk, oids=[ana.oid], actor=by_sam).seated) == 1
    told = AuditEntry.objects.filter(subject=f"sitting {one.pk}", oid=None).order_by("id")
    assert [entry.verb for entry in told] == ["sitting.arranged", "sitting.closed", "sitting.opened"]


def test_cancelled_only_once_nobody_sits_there(
    arrange: Arrange, by_sam: Actor, academic: Product, give_test: Give
) -> None:
    one = arrange()
    ana = give_test(academic, sitting=one)
    with pytest.raises(SittingRefuses, match="1 people sit there"):
        arranging.cancel(sitting_id=one.pk, actor=by_sam, reason="Ill")
    seating.take_out(sitting_id=one.pk, oids=[ana.oid], actor=by_sam)
    with pytest.raises(SittingRefuses, match="Say why"):
        arranging.cancel(sitting_id=one.pk, actor=by_sam, reason=" ")
    assert Sitting.objects.get().cancelled_at is None
    cancelled = arranging.cancel(sitting_id=one.pk, actor=by_sam, reason="Ill")
    assert (cancelled.cancelled_because, seating.why_no_more(cancelled)) == ("Ill", "The sitting was cancelled.")
    with pytest.raises(SittingRefuses):
        arranging.change(sitting_id=one.pk, what=said_of(one), actor=by_sam)

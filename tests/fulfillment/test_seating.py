"""Seats are taken, changed and given up; on every refusal nothing changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import acts, attending, deadlines, progress, seating, seats
from fulfillment.candidates import Candidate
from fulfillment.errors import BadRequest, NoSeats, SittingRefuses
from fulfillment.models import Attendance, Fulfillment, Origin, Seat, SittingKind, State
from fulfillment.provisioning import would_give
from inventory import claims
from inventory.models import Claim, Product, TestID
from tests.conftest import stock
from tests.fulfillment.conftest import ANA, Arrange, Give, fresh, today_is

pytestmark = pytest.mark.django_db
BO = Candidate("Bo Berg", "bo@example.org", "hr-78")
CY = Candidate("Cy Cole", "cy@example.org", "hr-79")


@pytest.fixture
def three(academic: Product, give_test: Give) -> list[Fulfillment]:
    return [give_test(academic, who) for who in (CY, ANA, BO)]


def seat_of(one: Fulfillment) -> int:
    there = fresh(one).seat
    return there.number if there else 0


def test_seats_go_by_name_and_their_day_is_the_deadline(
    arrange: Arrange, three: list[Fulfillment], by_sam: Actor
) -> None:
    sitting = arrange(seats=3)
    done = seating.seat(sitting_id=sitting.pk, oids=[one.oid for one in three], actor=by_sam)
    assert [(one.name, seat_of(one)) for one in done.seated] == [("Ana Silva", 1), ("Bo Berg", 2), ("Cy Cole", 3)]
    assert {fresh(one).deadline for one in three} == {sitting.date}
    assert set(Claim.objects.values_list("outlive", flat=True)) == {sitting.date}
    entries = AuditEntry.objects.filter(verb="seat.taken", subject=f"sitting {sitting.pk}", user=by_sam.user)
    assert {entry.oid for entry in entries} == {one.oid for one in three}


def test_more_people_than_seats_is_nobody(arrange: Arrange, three: list[Fulfillment], by_sam: Actor) -> None:
    sitting = arrange(seats=2)
    with pytest.raises(NoSeats) as refused:
        seating.seat(sitting_id=sitting.pk, oids=[one.oid for one in three], actor=by_sam)
    assert (refused.value.asked, refused.value.left) == (3, 2)
    assert Fulfillment.objects.filter(seat=None, deadline=None).count() == 3
    assert (Attendance.objects.count(), AuditEntry.objects.filter(verb__startswith="seat.").count()) == (0, 0)


def test_the_database_seats_nobody_twice_on_one_seat(arrange: Arrange, three: list[Fulfillment]) -> None:
    free = arrange(seats=1).rows.get()
    Fulfillment.objects.filter(pk=three[0].pk).update(seat=free)
    with pytest.raises(IntegrityError), transaction.atomic():
        Fulfillment.objects.filter(pk=three[1].pk).update(seat=free)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(sitting=free.sitting, number=1)


def test_at_home_without_a_limit_everybody_fits(arrange: Arrange, three: list[Fulfillment], by_sam: Actor) -> None:
    sitting = arrange(kind=SittingKind.HOME, seats=None)
    seating.seat(sitting_id=sitting.pk, oids=[one.oid for one in three], actor=by_sam)
    seating.take_out(sitting_id=sitting.pk, oids=[three[0].oid], actor=by_sam)
    seating.seat(sitting_id=sitting.pk, oids=[three[0].oid], actor=by_sam)
    assert (sitting.rows.count(), seats.left(sitting)) == (3, None)


def test_a_seat_in_another_sitting_is_changed_only_on_asking(
    arrange: Arrange, three: list[Fulfillment], by_sam: Actor
) -> None:
    first, second = arrange(), arrange(title="Summer", date=deadlines.today() + timedelta(days=90))
    seating.seat(sitting_id=first.pk, oids=[three[0].oid], actor=by_sam)
    refused = seating.seat(sitting_id=second.pk, oids=[three[0].oid], actor=by_sam).refused
    assert [each.why for each in refused] == ["Has a seat at Spring: move them from there."]
    assert fresh(three[0]).deadline == first.date

    Attendance.objects.update(photo_id_at=timezone.now(), photo_id_by=by_sam.user, incident="Forgot the ID")
    seating.seat(sitting_id=second.pk, oids=[three[0].oid], actor=by_sam, move=True)
    day = Attendance.objects.get()
    assert (day.photo_id_at, day.photo_id_by, day.incident) == (None, None, "Forgot the ID")
    there = fresh(three[0]).seat
    assert there is not None
    assert (there.sitting, fresh(three[0]).deadline, seats.left(first)) == (second, second.date, 2)
    assert AuditEntry.objects.get(verb="seat.changed").detail == {"from": f"sitting {first.pk}"}
    again = seating.seat(sitting_id=second.pk, oids=[three[0].oid], actor=by_sam, move=True).refused
    assert [each.why for each in again] == ["Has a seat there already."]


def test_taken_out_the_deadline_is_what_it_was(
    arrange: Arrange, academic: Product, give_test: Give, by_sam: Actor
) -> None:
    sitting, day = arrange(), deadlines.today() + timedelta(days=30)
    with_one, without = give_test(academic, deadline=day), give_test(academic, BO)
    oids = [with_one.oid, without.oid]
    seating.seat(sitting_id=sitting.pk, oids=oids, actor=by_sam)
    done = seating.take_out(sitting_id=sitting.pk, oids=oids, actor=by_sam, reason="Ill")
    assert (len(done.seated), seats.left(sitting)) == (2, 2)
    assert [(fresh(one).deadline, fresh(one).claim.outlive) for one in (with_one, without)] == [
        (day, day),
        (None, None),
    ]
    assert set(AuditEntry.objects.filter(verb="seat.given_up").values_list("reason", flat=True)) == {"Ill"}
    assert seating.take_out(sitting_id=sitting.pk, oids=oids, actor=by_sam).seated == []


def test_a_cancelled_test_frees_its_seat(arrange: Arrange, three: list[Fulfillment], by_sam: Actor) -> None:
    sitting = arrange(seats=1)
    seating.seat(sitting_id=sitting.pk, oids=[three[0].oid], actor=by_sam)
    with pytest.raises(IntegrityError), transaction.atomic():
        Fulfillment.objects.filter(pk=three[0].pk).update(state=State.CANCELLED)
    acts.cancel(oid=three[0].oid, actor=by_sam, reason="Not needed")
    assert (fresh(three[0]).state, seat_of(three[0]), seats.left(sitting)) == (State.CANCELLED, 0, 1)
    assert AuditEntry.objects.get(verb="seat.given_up").reason == "The test was cancelled."
    refused = seating.seat(sitting_id=sitting.pk, oids=[three[0].oid, three[1].oid], actor=by_sam).refused
    assert [each.why for each in refused] == ["The test was cancelled."]
    assert seat_of(three[1]) == 1


@pytest.mark.parametrize("status", ["Started", "Finished", "Review", "Completed", "Invalidated", "Disabled"])
def test_a_test_that_is_not_to_be_taken_any_more_gets_no_seat(
    arrange: Arrange, three: list[Fulfillment], by_sam: Actor, status: str
) -> None:
    progress.seen(oid=three[0].oid, status_raw=status, at=timezone.now(), by="webhook")
    sitting = arrange()
    done = seating.seat(sitting_id=sitting.pk, oids=[three[0].oid], actor=by_sam)
    assert (len(done.refused), done.seated, seat_of(three[0]), seats.left(sitting)) == (1, [], 0, 2)


def test_an_id_has_to_outlive_the_sitting(arrange: Arrange, academic: Product, give_test: Give, by_sam: Actor) -> None:
    stock(academic, 2)
    sitting = arrange()
    TestID.objects.filter(test_id="ACADPLUS0001").update(valid_until=sitting.date - timedelta(days=1))
    TestID.objects.filter(test_id="ACADPLUS0002").update(valid_until=sitting.date)
    ana = give_test(academic)  # without a deadline: the one that expires first
    refused = seating.seat(sitting_id=sitting.pk, oids=[ana.oid], actor=by_sam).refused
    assert (len(refused), "expires on" in refused[0].why, seat_of(ana)) == (1, True, 0)
    bo = give_test(academic, BO, sitting=sitting)
    held = bo.claim.current
    assert held is not None
    assert (held.test_id, seat_of(bo)) == ("ACADPLUS0002", 1)


def test_whoever_waits_takes_an_id_that_outlives_the_sitting(
    arrange: Arrange, academic: Product, give_test: Give, by_sam: Actor
) -> None:
    ana, sitting = give_test(academic), arrange()
    seating.seat(sitting_id=sitting.pk, oids=[ana.oid], actor=by_sam)
    stock(academic, 2)
    TestID.objects.filter(test_id="ACADPLUS0001").update(valid_until=sitting.date - timedelta(days=1))
    TestID.objects.filter(test_id="ACADPLUS0002").update(valid_until=sitting.date + timedelta(days=1))
    claims.serve_waiting(product=academic, actor=by_sam)
    held = fresh(ana).claim.current
    assert held is not None
    assert held.test_id == "ACADPLUS0002"


def test_nobody_is_seated_once_it_is_over(
    arrange: Arrange, three: list[Fulfillment], by_sam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sitting = arrange()
    today_is(sitting.date + timedelta(days=1), monkeypatch)
    with pytest.raises(SittingRefuses, match="over"):
        seating.seat(sitting_id=sitting.pk, oids=[three[0].oid], actor=by_sam)
    assert seat_of(three[0]) == 0


def test_who_arrived_keeps_the_seat(arrange: Arrange, three: list[Fulfillment], by_sam: Actor) -> None:
    sitting, other = arrange(date=deadlines.today()), arrange(title="Summer")
    seating.seat(sitting_id=sitting.pk, oids=[three[0].oid], actor=by_sam)
    attending.arrived(oid=three[0].oid, actor=by_sam)
    moved = seating.seat(sitting_id=other.pk, oids=[three[0].oid], actor=by_sam, move=True)
    out = seating.take_out(sitting_id=sitting.pk, oids=[three[0].oid], actor=by_sam)
    assert [len(done.refused) for done in (moved, out)] == [1, 1]
    assert (fresh(three[0]).deadline, seats.left(sitting), seats.left(other)) == (sitting.date, 1, 2)


def test_given_with_a_seat(arrange: Arrange, academic: Product, give_test: Give, by_sam: Actor) -> None:
    sitting = arrange(seats=1)
    one = give_test(academic, sitting=sitting, accommodation=" Large screen ")
    assert (seat_of(one), one.deadline, one.attendance.accommodation) == (1, sitting.date, "Large screen")
    assert one.attendance.seated_at is not None
    assert AuditEntry.objects.get(verb="seat.taken").oid == one.oid


def test_given_without_a_seat_left_is_refused_beside_the_field(
    arrange: Arrange, academic: Product, give_test: Give
) -> None:
    sitting = arrange(seats=1)
    give_test(academic, BO, sitting=sitting)
    with pytest.raises(BadRequest) as refused:
        give_test(academic, replace(ANA, name=""), sitting=sitting, deadline=deadlines.today())
    assert [error.field for error in refused.value.errors] == ["deadline", "sitting", "candidate.name"]
    assert (Fulfillment.objects.count(), Claim.objects.count(), seats.left(sitting)) == (1, 1, 0)


def test_what_would_be_given_takes_no_seat(arrange: Arrange, academic: Product, by_sam: Actor) -> None:
    sitting = arrange(seats=1)
    would_give(product=academic, candidate=ANA, actor=by_sam, origin=Origin.STAFF, sitting=sitting)
    assert (Fulfillment.objects.count(), seats.left(sitting)) == (0, 1)

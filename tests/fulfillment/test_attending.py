"""The day of a sitting: marks, each with its author and its way back; secrets stay out of the trail."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import attending, deadlines, progress, rosters
from fulfillment.errors import SittingRefuses
from fulfillment.models import Attendance, Fulfillment, SittingKind
from inventory.models import Product
from tests.fulfillment.conftest import Arrange, Give, today_is

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(arrange: Arrange, academic: Product, give_test: Give) -> Fulfillment:
    return give_test(academic, sitting=arrange(date=deadlines.today()))


def day_of(one: Fulfillment) -> Attendance:
    return Attendance.objects.get(fulfillment=one)


def verbs() -> list[str]:
    return list(AuditEntry.objects.filter(verb__startswith="attendance.").order_by("id").values_list("verb", flat=True))


def test_arrived_and_not_after_all(ana: Fulfillment, by_sam: Actor) -> None:
    for _twice in range(2):
        attending.arrived(oid=ana.oid, actor=by_sam)
    assert day_of(ana).arrived_at is not None
    assert verbs() == ["attendance.arrived"]
    attending.arrived(oid=ana.oid, actor=by_sam, undo=True)
    assert day_of(ana).arrived_at is None
    assert verbs() == ["attendance.arrived", "attendance.arrived_undone"]


def test_who_checked_the_photo_id_is_kept(ana: Fulfillment, by_sam: Actor) -> None:
    attending.photo_id_checked(oid=ana.oid, actor=by_sam)
    day = day_of(ana)
    assert (day.photo_id_by, day.photo_id_at is not None, day.marked_at is not None) == (by_sam.user, True, True)
    attending.photo_id_checked(oid=ana.oid, actor=by_sam, undo=True)
    day = day_of(ana)
    assert (day.photo_id_by, day.photo_id_at) == (None, None)


def test_what_is_noted_of_people_is_encrypted_and_not_in_the_trail(ana: Fulfillment, by_sam: Actor) -> None:
    attending.note_incident(oid=ana.oid, text=" Her telephone rang ", actor=by_sam)
    attending.note_accommodation(oid=ana.oid, text="More time, sees badly", actor=by_sam)
    day = day_of(ana)
    assert (day.incident, day.accommodation) == ("Her telephone rang", "More time, sees badly")
    with connection.cursor() as cursor:
        cursor.execute("SELECT incident, accommodation FROM fulfillment_attendance")
        stored = str(cursor.fetchall())
    told = str(list(AuditEntry.objects.values()))
    for word in ("telephone", "sees badly"):
        assert word not in stored
        assert word not in told
    attending.note_incident(oid=ana.oid, text="", actor=by_sam)
    assert (day_of(ana).incident, verbs()[-1]) == ("", "attendance.incident_noted_undone")


def test_before_the_day_nothing_is_marked(arrange: Arrange, academic: Product, give_test: Give, by_sam: Actor) -> None:
    one = give_test(academic, sitting=arrange())
    oid = one.oid
    acts = [
        partial(attending.arrived, oid=oid, actor=by_sam),
        partial(attending.photo_id_checked, oid=oid, actor=by_sam),
        partial(attending.note_incident, oid=oid, text="x", actor=by_sam),
    ]
    for act in acts:
        with pytest.raises(SittingRefuses, match="On that day"):
            act()
    assert (day_of(one).marked_at, verbs()) == (None, [])


def test_only_who_has_a_seat_at_a_centre_is_marked(
    arrange: Arrange, academic: Product, give_test: Give, by_sam: Actor
) -> None:
    at_home = give_test(academic, sitting=arrange(kind=SittingKind.HOME, date=deadlines.today()))
    nowhere = give_test(academic, allow_duplicate=True)
    for one, why in ((at_home, "At home"), (nowhere, "no seat")):
        with pytest.raises(SittingRefuses, match=why):
            attending.arrived(oid=one.oid, actor=by_sam)
    attending.note_accommodation(oid=nowhere.oid, text="Large screen", actor=by_sam)
    assert (day_of(nowhere).accommodation, day_of(at_home).arrived_at) == ("Large screen", None)


def test_who_did_not_come(ana: Fulfillment, by_sam: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def missed() -> int:
        assert ana.seat is not None
        return len(rosters.roster(ana.seat.sitting).missed)

    today = deadlines.today()
    assert missed() == 0
    today_is(today + timedelta(days=1), monkeypatch)
    assert missed() == 1
    attending.arrived(oid=ana.oid, actor=by_sam)
    assert missed() == 0
    attending.arrived(oid=ana.oid, actor=by_sam, undo=True)
    progress.seen(oid=ana.oid, status_raw="Finished", at=timezone.now(), by="webhook")
    assert missed() == 0

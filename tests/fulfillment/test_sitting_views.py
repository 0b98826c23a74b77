"""Pages of sittings: arranged, filled, changed, and looked at afterwards."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from access.actors import Actor
from access.models import AuditEntry, User
from fulfillment import attending, deadlines, overdue
from fulfillment.candidates import Candidate
from fulfillment.models import Batch, BatchState, Fulfillment, Sitting, SittingKind, State
from inventory.models import Product
from portal.today import needs
from tests.fulfillment.conftest import Arrange, Give, fresh, today_is, work
from tests.fulfillment.sitting_pages import ana, page, post, sitting_of

__all__ = ["ana"]  # a fixture that is defined elsewhere

pytestmark = pytest.mark.django_db
BO = Candidate("Bo Berg", "bo@example.org", "hr-78")
SAID = {
    "kind": "centre",
    "title": "Spring",
    "date": "2035-03-12",
    "starts_at": "10:00",
    "arrive_by": "09:30",
    "place": "Room 3",
    "seats": "20",
}


def ticks(shown: str) -> int:
    """How many rows are ticked."""
    return " ".join(shown.split()).count("data-row checked")


def test_only_staff_see_these_pages(ana: Fulfillment, nobody: User) -> None:
    client, pk = Client(), sitting_of(ana).pk
    client.force_login(nobody)
    for path in ("", "new/", f"{pk}/", f"{pk}/change/", f"{pk}/people/", f"{pk}/door/", f"{pk}/door/changes/"):
        assert client.get(f"/candidates/sittings/{path}").status_code == 403
    acts = ("sheet/", "xlsx/", "door/", "cancel/", "close/", "tell/", "ticked/")
    for path in (*(f"{pk}/{act}" for act in acts), f"people/{ana.oid}/arrived/"):
        assert client.post(f"/candidates/sittings/{path}").status_code == 403
    assert not AuditEntry.objects.filter(verb__startswith="roster.").exists()


def test_an_empty_list_says_what_to_do(sam_browser: Client) -> None:
    assert "No sittings yet." in page(sam_browser, "")


def test_arranged_and_listed(sam_browser: Client) -> None:
    shown = post(sam_browser, "new/", **SAID)
    assert ("Monday 12 March 2035, 10:00" in shown, "Nobody has a seat here." in shown) == (True, True)
    listed = page(sam_browser, "")
    assert ("Room 3" in listed, 'aria-label="0 taken, 20 free"' in listed) == (True, True)


def test_faults_stand_beside_their_fields(sam_browser: Client) -> None:
    wrong = {"starts_at": "", "place": "", "date": "2020-01-01"}
    response = sam_browser.post("/candidates/sittings/new/", SAID | wrong)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"starts_at", "place", "date"}
    assert Sitting.objects.count() == 0


def test_a_change_says_who_was_mailed_and_tells_them_anew(sam_browser: Client, ana: Fulfillment) -> None:
    pk = sitting_of(ana).pk
    assert "1 person was mailed this day and place already." in page(sam_browser, f"{pk}/change/")
    changed = {**SAID, "date": "2035-03-13", "seats": "2"}
    shown = post(sam_browser, f"{pk}/change/", **changed)
    assert "1 person was mailed another day or place, or none." in shown
    assert fresh(ana).deadline == date(2035, 3, 13)

    shown = post(sam_browser, f"{pk}/tell/")
    assert ("1 mail goes out" in shown, "was mailed another day" in shown) == (True, False)
    post(sam_browser, f"{pk}/change/", **(changed | {"place": "Room 9"}), tell="on")
    work()  # what was on its way names the place as it was
    assert ["Room 9" in letter.body for letter in mail.outbox] == [False, False]
    assert "1 person was mailed another day or place, or none." in page(sam_browser, f"{pk}/")


def test_people_are_found_ticked_and_seated(
    sam_browser: Client, academic: Product, give_test: Give, arrange: Arrange
) -> None:
    ana, bo, sitting = give_test(academic), give_test(academic, BO), arrange()
    shown = page(sam_browser, f"{sitting.pk}/people/")
    assert ("Ana Silva" in shown, "Bo Berg" in shown, "2 seats left" in shown) == (True, True, True)
    assert "Bo Berg" not in page(sam_browser, f"{sitting.pk}/people/", q="ana")
    said = post(sam_browser, f"{sitting.pk}/people/", oid=[str(ana.oid), str(bo.oid), "no oid"])
    assert "2 people have a seat now." in said
    assert Fulfillment.objects.filter(seat__sitting=sitting).count() == 2
    assert "Everybody who has a test to take has a seat." in page(sam_browser, f"{sitting.pk}/people/")


def test_a_pasted_list_says_who_can_be_seated(
    sam_browser: Client, academic: Product, give_test: Give, arrange: Arrange
) -> None:
    ana, sitting = give_test(academic), arrange()
    shown = post(sam_browser, f"{sitting.pk}/people/", lines="hr-77\nhr-99")
    assert ("In 1 line nobody was found:" in shown, "hr-99" in shown) == (True, True)
    assert f'value="{ana.oid}"' in shown
    assert fresh(ana).seat is None


def test_too_many_are_refused_and_stay_ticked(
    sam_browser: Client, academic: Product, give_test: Give, arrange: Arrange
) -> None:
    oids = [str(one.oid) for one in (give_test(academic), give_test(academic, BO))]
    sitting = arrange(seats=1)
    response = sam_browser.post(f"/candidates/sittings/{sitting.pk}/people/", {"oid": oids})
    assert response.status_code == 409
    shown = response.content.decode()
    assert ("2 chosen, 1 seats left" in shown, ticks(shown)) == (True, 2)
    assert Fulfillment.objects.filter(seat=None).count() == 2


def test_ticked_people_are_moved_taken_out_or_cancelled(
    sam_browser: Client, academic: Product, give_test: Give, arrange: Arrange
) -> None:
    first, second = arrange(), arrange(title="Summer")
    ana, bo = give_test(academic, sitting=first), give_test(academic, BO, sitting=first)
    act = f"{first.pk}/ticked/"
    assert "Tick the people first." in post(sam_browser, act, act="move", sitting=second.pk)
    assert "Choose the other sitting." in post(sam_browser, act, act="move", oid=str(ana.oid))
    assert "1 person moved to Summer." in post(sam_browser, act, act="move", sitting=second.pk, oid=str(ana.oid))
    assert "Say why the tests are cancelled" in post(sam_browser, act, act="cancel", oid=str(bo.oid))
    assert (sitting_of(ana), sitting_of(bo), fresh(bo).state) == (second, first, State.WAITING)
    assert "1 test cancelled." in post(sam_browser, act, act="cancel", oid=str(bo.oid), reason="Did not come")
    assert "1 person was taken out." in post(sam_browser, f"{second.pk}/ticked/", act="take_out", oid=str(ana.oid))
    assert (fresh(ana).seat, fresh(bo).seat, fresh(bo).state) == (None, None, State.CANCELLED)


def test_nobody_is_cancelled_from_another_sitting(
    sam_browser: Client, academic: Product, give_test: Give, arrange: Arrange
) -> None:
    ana, other = give_test(academic, sitting=arrange()), arrange(title="Other")
    post(sam_browser, f"{other.pk}/ticked/", act="cancel", oid=str(ana.oid), reason="x")
    assert fresh(ana).state == State.WAITING


def test_who_did_not_come_is_listed_with_what_can_be_done(
    sam_browser: Client, ana: Fulfillment, monkeypatch: pytest.MonkeyPatch
) -> None:
    sitting = sitting_of(ana)
    assert "did not come" not in page(sam_browser, f"{sitting.pk}/")
    today_is(sitting.date + timedelta(days=1), monkeypatch)
    shown = page(sam_browser, f"{sitting.pk}/")
    assert "1 person did not come, and was not seen started." in shown
    missed = page(sam_browser, f"{sitting.pk}/", show="missed")
    assert (ticks(missed), "Move to that sitting" in missed) == (1, True)


def test_given_with_a_seat_on_the_form(sam_browser: Client, academic: Product, arrange: Arrange) -> None:
    sitting = arrange(seats=1)
    asked = {"product": academic.code, "name": "Ana Silva", "email": "ana@example.org", "sitting": sitting.pk}
    wrong = sam_browser.post("/candidates/give/", asked | {"deadline": "2035-01-01"})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (422, {"deadline"})
    response = sam_browser.post("/candidates/give/", asked | {"accommodation": "Large screen"}, follow=True)
    one = Fulfillment.objects.get()
    assert (sitting_of(one), one.attendance.accommodation) == (sitting, "Large screen")
    shown = response.content.decode()
    assert ("Spring" in shown, "Large screen" in shown) == (True, True)
    assert list(sam_browser.get("/candidates/give/").context["form"]["sitting"].field.queryset) == []


def test_many_are_given_seats(sam_browser: Client, academic: Product, arrange: Arrange) -> None:
    sitting = arrange(seats=2)
    asked = {"product": academic.code, "sitting": sitting.pk}

    def give(rows: int, **more: str) -> tuple[int, str]:
        lines = ["name,email", *(f"Person {n},p{n}@example.org" for n in range(rows))]
        file = SimpleUploadedFile("people.csv", "\n".join(lines).encode())
        response = sam_browser.post("/candidates/give-many/", asked | more | {"file": file}, follow=True)
        return response.status_code, response.content.decode()

    status, shown = give(3)
    assert (status, "At most 2 rows: so many seats are left at Spring." in shown) == (200, True)
    assert Batch.objects.get().state == BatchState.FAULTY
    Batch.objects.all().delete()
    assert give(2, deadline="2035-01-01")[0] == 422
    assert give(2)[0] == 200
    batch = Batch.objects.get()
    sam_browser.post(f"/candidates/batches/{batch.pk}/confirm/")
    work()
    assert Fulfillment.objects.filter(seat__sitting=sitting, deadline=sitting.date).count() == 2


def test_closed_opened_and_cancelled(sam_browser: Client, arrange: Arrange) -> None:
    sitting = arrange(kind=SittingKind.HOME, seats=None)
    assert "The sitting is closed" in post(sam_browser, f"{sitting.pk}/close/")
    assert "People can be added again." in post(sam_browser, f"{sitting.pk}/close/", open="1")
    assert "Say why" in post(sam_browser, f"{sitting.pk}/cancel/")
    assert "This sitting was cancelled." in post(sam_browser, f"{sitting.pk}/cancel/", reason="Nobody")
    assert sam_browser.get("/candidates/sittings/999/").status_code == 404


def test_today_counts_the_day_of_the_sitting_as_the_deadline(
    sam_browser: Client, ana: Fulfillment, by_sam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, after = sitting_of(ana).date, sitting_of(ana).date + timedelta(days=1)
    monkeypatch.setattr(deadlines, "today", lambda: day)
    assert overdue.tests().count() == 0
    monkeypatch.setattr(deadlines, "today", lambda: after)
    assert list(overdue.tests()) == [ana]
    said = [need for need in needs.needs(after) if "Spring" in need.what]
    assert [need.what for need in said] == ["Spring is over, 1 was not seen"]
    assert said[0].acts[0].url == f"/candidates/sittings/{sitting_of(ana).pk}/?show=missed"
    attending.arrived(oid=ana.oid, actor=by_sam)
    assert overdue.tests().count() == 0
    assert not [need for need in needs.needs(after) if "Spring" in need.what]

"""At the door of a sitting, and its roster on paper and as a sheet."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.models import AuditEntry, User
from fulfillment import deadlines
from fulfillment.candidates import Candidate
from fulfillment.models import Attendance, Fulfillment
from inventory.models import Claim, Product
from tests.conftest import stock
from tests.fulfillment.conftest import Arrange, Give, work
from tests.fulfillment.pretend_itep import PretendItep
from tests.fulfillment.sitting_pages import ana, page, post, sitting_of

__all__ = ["ana"]  # a fixture that is defined elsewhere

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_at_the_door_without_javascript(sam_browser: Client, sam: User, ana: Fulfillment) -> None:
    act = f"/candidates/sittings/people/{ana.oid}/"
    response = sam_browser.post(f"{act}arrived/")
    assert response["Location"] == f"/candidates/sittings/{sitting_of(ana).pk}/door/#p-{ana.oid}"
    sam_browser.post(f"{act}photo-id/")
    sam_browser.post(f"{act}incident/", {"text": "Her telephone rang"})
    day = Attendance.objects.get()
    assert (day.arrived_at is not None, day.photo_id_by, day.incident) == (True, sam, "Her telephone rang")
    shown = page(sam_browser, f"{sitting_of(ana).pk}/door/")
    assert ("<b>1</b> of 1 arrived" in shown, "Her telephone rang" in shown) == (True, True)
    for one in ("arrived", "photo-id"):
        sam_browser.post(f"{act}{one}/", {"undo": "1"})
    day.refresh_from_db()
    assert (day.arrived_at, day.photo_id_at) == (None, None)
    assert sam_browser.post(f"{act}dance/").status_code == 404


def test_at_the_door_with_htmx(sam_browser: Client, ana: Fulfillment) -> None:
    response = sam_browser.post(f"/candidates/sittings/people/{ana.oid}/arrived/", headers=HTMX)
    part = response.content.decode()
    assert part.lstrip().startswith(f'<div id="m-{ana.oid}"')
    assert ("Undo" in part, 'hx-swap-oob="innerHTML"' in part, "<b>1</b> of 1 arrived" in part) == (True, True, True)


def test_a_mark_that_is_refused_says_why(
    sam_browser: Client, academic: Product, give_test: Give, arrange: Arrange
) -> None:
    one = give_test(academic, sitting=arrange())
    path = f"/candidates/sittings/people/{one.oid}/arrived/"
    assert "On that day people are ticked off here." in sam_browser.post(path, follow=True).content.decode()
    again = sam_browser.post(path, headers=HTMX)
    assert (again.status_code, again["HX-Refresh"]) == (204, "true")
    assert Attendance.objects.get().arrived_at is None


def test_other_screens_follow(sam_browser: Client, ana: Fulfillment) -> None:
    pk = sitting_of(ana).pk
    latest = sam_browser.get(f"/candidates/sittings/{pk}/door/").context["latest"]
    assert "m-" not in page(sam_browser, f"{pk}/door/changes/", since=latest)
    sam_browser.post(f"/candidates/sittings/people/{ana.oid}/arrived/")
    response = sam_browser.get(f"/candidates/sittings/{pk}/door/changes/", {"since": latest})
    assert f'id="m-{ana.oid}"' in response.content.decode()
    assert "m-" not in page(sam_browser, f"{pk}/door/changes/", since=response.context["latest"])


def told() -> bool:
    return Claim.objects.get().told_at is not None


def test_test_ids_show_only_by_an_act_that_is_kept(
    sam_browser: Client, itep: PretendItep, called: Product, give_test: Give, arrange: Arrange
) -> None:
    stock(called, 1)
    sitting = arrange(date=deadlines.today())
    give_test(called, sitting=sitting, delivery="none")
    work()
    for path in ("", "door/"):
        assert "BUSPLUS0001" not in page(sam_browser, f"{sitting.pk}/{path}")
    for path in ("sheet/", "xlsx/"):
        assert sam_browser.get(f"/candidates/sittings/{sitting.pk}/{path}").status_code == 302
    assert not told()
    assert "BUSPLUS0001" in post(sam_browser, f"{sitting.pk}/door/")
    assert told()
    sheet = post(sam_browser, f"{sitting.pk}/sheet/")
    assert ("BUSPLUS0001" in sheet, "☐" in sheet) == (True, True)
    response = sam_browser.post(f"/candidates/sittings/{sitting.pk}/xlsx/")
    assert b"".join(response).startswith(b"PK")
    verbs = AuditEntry.objects.filter(verb__startswith="roster.").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["roster.opened", "roster.printed", "roster.downloaded"]


def test_accommodations_are_noted_on_the_candidate(sam_browser: Client, academic: Product, give_test: Give) -> None:
    one = give_test(academic)
    path = f"/candidates/sittings/people/{one.oid}/accommodation/"
    assert "It stands on the roster" in sam_browser.get(path).content.decode()
    shown = sam_browser.post(path, {"text": "More time"}, follow=True).content.decode()
    assert ("More time" in shown, "Accommodations noted" in shown) == (True, True)


def test_a_long_roster_asks_the_database_no_more_often(
    sam_browser: Client, academic: Product, give_test: Give, arrange: Arrange
) -> None:
    sitting = arrange(seats=9, date=deadlines.today())

    def statements(path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            page(sam_browser, path)
        return len(asked)

    paths = (f"{sitting.pk}/", f"{sitting.pk}/door/", f"{sitting.pk}/people/")
    give_test(academic, sitting=sitting)
    give_test(academic, allow_duplicate=True)
    few = [statements(path) for path in paths]
    for number in range(4):
        give_test(academic, Candidate(f"Person {number}", f"p{number}@example.org"), sitting=sitting)
        give_test(academic, Candidate(f"Other {number}", f"o{number}@example.org"))
    assert [statements(path) for path in paths] == few

"""A sitting as clerks and proctors use it: arranged, filled by a pasted list, ticked off at the door, on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from access.actors import Actor
from fulfillment import deadlines
from fulfillment.candidates import Candidate
from fulfillment.models import Attendance, Fulfillment, Origin
from fulfillment.provisioning import give
from inventory.models import Product
from outbox import running
from tests.browser.test_giving import look
from tests.conftest import stock
from tests.fulfillment.conftest import itep
from tests.fulfillment.pretend_itep import PretendItep

__all__ = ["itep"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PEOPLE = [("Ana Silva", "hr-77"), ("Bo Berg", "hr-78"), ("Zoë Ørsted-Villanueva de la Cruz", "hr-79")]


@pytest.fixture
def people(called: Product, itep: PretendItep) -> None:
    """Three people with a test; one needs something."""
    stock(called, 3)
    for name, number in PEOPLE:
        needs = "More time (25 %), seat near the door" if number == "hr-78" else ""
        person = Candidate(name, f"{number}@example.org", number)
        actor = Actor.system("test")
        give(product=called, candidate=person, actor=actor, origin=Origin.STAFF, accommodation=needs)
    running.run_due(limit=50)
    running.run_due(limit=50)


def test_a_sitting_from_its_arranging_to_its_door(sams_page: Page, live_server: LiveServer, people: None) -> None:
    page = sams_page
    page.goto(f"{live_server.url}/candidates/sittings/")
    look(page, "sittings-empty")
    page.get_by_role("link", name="Arrange a sitting").first.click()
    page.get_by_label("At home").check()
    expect(page.locator("[name=starts_at]")).to_be_hidden()
    page.get_by_label("At a centre").check()
    page.get_by_label("Name", exact=True).fill("Spring, first group")
    page.get_by_label("Day", exact=True).fill(deadlines.today().isoformat())
    page.locator("[name=seats]").fill("20")
    page.locator("[name=starts_at]").fill("10:00")
    page.locator("[name=arrive_by]").fill("09:30")
    page.locator("[name=place]").fill("Room 3")
    page.locator("[name=address]").fill("Rua Nova 1, Lisbon")
    look(page, "sitting-new")
    page.get_by_role("button", name="Arrange it").click()
    look(page, "sitting-empty")

    page.get_by_role("link", name="Add people").first.click()
    look(page, "sitting-people")
    page.get_by_text("Paste a list").click()
    page.get_by_label("Own numbers, emails or test IDs").fill("hr-77\nHR-78@example.org\nhr-79\nhr-99")
    page.get_by_role("button", name="Look them up").click()
    expect(page.get_by_text("In 1 line nobody was found:")).to_be_visible()
    look(page, "sitting-pasted")
    page.get_by_role("button", name="Give seats to those ticked").click()
    expect(page.get_by_text("3 people have a seat now.")).to_be_visible()
    expect(page.get_by_text("3 people were mailed another day or place, or none.")).to_be_visible()
    look(page, "sitting-filled")

    page.get_by_role("link", name="At the door").click()
    page.get_by_role("button", name="Arrived: Ana Silva").click()
    expect(page.locator("#door-count")).to_contain_text("1 of 3 arrived")
    page.get_by_role("button", name="Photo ID checked: Ana Silva").click()
    expect(page.get_by_role("button", name="Undo: Photo ID checked, Ana Silva")).to_be_visible()
    bo = page.get_by_role("listitem").filter(has_text="Bo Berg")
    bo.get_by_text("Incident", exact=True).click()
    bo.get_by_role("textbox").fill("Brought a telephone; it is with the proctor")
    bo.get_by_role("button", name="Save").click()
    expect(bo.get_by_text("Incident noted")).to_be_visible()
    look(page, "sitting-door")
    assert Attendance.objects.filter(arrived_at__isnull=False, photo_id_at__isnull=False).count() == 1

    page.goto(f"{live_server.url}/candidates/sittings/")
    look(page, "sittings")
    page.get_by_role("link", name="Spring, first group").click()
    look(page, "sitting-day")
    page.get_by_role("button", name="Sheet to print").click()
    expect(page.get_by_text("BUSPLUS0001")).to_be_visible()
    look(page, "sitting-sheet")
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1  # head and table on one sheet
    page.goto(f"{live_server.url}/candidates/give/")
    expect(page.get_by_label("Or a sitting")).to_contain_text("17 seats left")
    look(page, "give-with-sitting")
    ana = Fulfillment.objects.get(external_id="hr-77")
    page.goto(f"{live_server.url}/candidates/{ana.oid}/")
    look(page, "candidate-with-seat")
    page.goto(f"{live_server.url}/c/{ana.link_token}/")
    expect(page.get_by_text("Arrive by")).to_be_visible()
    look(page, "own-page-with-seat")

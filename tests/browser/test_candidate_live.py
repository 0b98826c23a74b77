"""One candidate's page hears of what comes later without being loaded again, and takes nothing away that was begun."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from fulfillment import asking, progress
from fulfillment.models import BulkAct, CandidateRequest, Fulfillment
from inventory.models import Product
from outbox import running
from tests.browser.test_giving import look
from tests.browser.test_journey import grave
from tests.given import given

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BACK_IN_THE_TAB = "document.dispatchEvent(new Event('visibilitychange'))"


def test_it_renews_itself_and_keeps_focus_dialog_and_what_was_typed(
    sams_page: Page, live_server: LiveServer, academic: Product
) -> None:
    page = sams_page
    one = given(academic, "A1", name="Ana Silva", email="ana@example.org")
    page.goto(f"{live_server.url}/candidates/{one.oid}/")
    live, cancel = page.locator("#live"), page.get_by_role("button", name="Cancel the test").first
    cancel.click()
    page.get_by_role("dialog").get_by_label("Why?").fill("She withdrew")
    progress.seen(oid=one.oid, status_raw="Ready", at=timezone.now(), by="webhook")
    page.evaluate(BACK_IN_THE_TAB)
    expect(live).to_contain_text("Ready")
    expect(page.get_by_role("dialog").get_by_label("Why?")).to_have_value("She withdrew")
    expect(page.locator("#live-news")).to_contain_text("Sent to the candidate")

    page.keyboard.press("Escape")
    page.get_by_role("button", name="Send again").first.focus()
    asking.ask(oid=one.oid, kind=CandidateRequest.Kind.NOT_ME, text="Wrong person")
    page.evaluate(BACK_IN_THE_TAB)
    expect(live).to_contain_text("Wrong person")
    expect(page.get_by_role("button", name="Send again").first).to_be_focused()
    assert grave(page) == []
    look(page, "candidate-live")


def test_many_are_cancelled_from_the_list(sams_page: Page, live_server: LiveServer, academic: Product) -> None:
    page = sams_page
    for number in range(3):
        given(academic, f"A{number}", name=f"Person {number}")
    page.goto(f"{live_server.url}/candidates/?q=person&sort=name")
    page.get_by_label("Tick all on this page").check()
    page.get_by_label("Tick Person 1").uncheck()
    expect(page.locator("[data-chosen]")).to_have_text("2")
    assert grave(page) == []
    look(page, "candidates")
    page.get_by_label("What to do with them").select_option("cancel")
    page.get_by_role("button", name="See for whom it can be done").click()
    page.get_by_label("Why?").fill("The course is off")
    look(page, "bulk-preview")
    assert grave(page) == []
    page.get_by_role("button", name="Cancel the test: all 2").click()
    expect(page.locator("#live")).to_contain_text("still to do")
    running.run_due(limit=5)
    expect(page.locator("#live")).not_to_contain_text("still to do")
    assert BulkAct.objects.get().rows.filter(state="done").count() == 2
    assert list(Fulfillment.objects.filter(state="sent").values_list("name", flat=True)) == ["Person 1"]

"""To do at iTEP as a person works through it: copy, done, many at once; and the story that one ID keeps of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from access.actors import Actor
from inventory import claims, proving, reconciliation, texts, uploads
from inventory.models import Product, TestID, Upload
from tests.browser.test_giving import look
from tests.browser.test_uploads import readable
from tests.conftest import stock
from tests.inventory import exports
from tests.inventory.conftest import TEXT, Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def hand(academic: Product, called: Product, by_sam: Actor) -> Desk:
    """Three texts to write, one ID to clear, one done."""
    texts.register(lambda oid: TEXT % oid)
    stock(academic, 8)
    desk = Desk(academic, by_sam)
    cancelled, done = desk.open(), desk.open()
    for one in (cancelled, done):
        claims.text_taken(oid=one, text=TEXT % one, actor=by_sam)
        claims.done_at_itep(oid=one, actor=by_sam)
    claims.told(oid=cancelled)
    claims.cancel(oid=cancelled, actor=by_sam, reason="ill")
    for _ in range(3):
        desk.open()
    return desk


def test_the_list_is_worked_through(sams_page: Page, live_server: LiveServer, hand: Desk) -> None:
    page, there = sams_page, f"{live_server.url}/inventory/todo/"
    page.goto(there)
    look(page, "todo")
    readable(page)
    page.get_by_label("Choose ACADPLUS0003, written").check()
    page.get_by_label("Choose ACADPLUS0001, cleared").check()
    page.get_by_role("button", name="These are done at iTEP").click()
    expect(page.get_by_role("dialog")).to_contain_text("Chosen: 2.")
    look(page, "todo-many")
    page.get_by_role("button", name="Yes, all of them are done").click()
    expect(page.get_by_text("2 done. The next export proves them.")).to_be_visible()
    assert {one.test_id for one in proving.waiting_for_proof()} == {"ACADPLUS0001", "ACADPLUS0002", "ACADPLUS0003"}

    page.get_by_label("Choose all").check()
    expect(page.locator("[data-chosen]").first).to_have_text("2")
    page.get_by_role("button", name="List to print").click()
    expect(page.get_by_role("heading", name="Write into Assigned-to")).to_be_visible()
    look(page, "todo-print")


def test_an_id_tells_its_story(sams_page: Page, live_server: LiveServer, hand: Desk) -> None:
    rows = [[f"ACADPLUS{n:04}", "ACAD-PLUS", "Ready", "Ben Costa" if n == 2 else ""] for n in range(1, 9)]
    content = exports.as_csv(rows, header=["Test ID", "Product", "Status", "Assigned-to"])
    kept = uploads.keep(content=content, file_name="x.csv", actor=hand.actor)
    Upload.objects.filter(pk=kept.pk).update(exported_at=timezone.now() + timedelta(hours=1))
    reconciliation.plan(upload_id=kept.pk)
    reconciliation.apply(upload_id=kept.pk, actor=hand.actor, accept_mass_change=True)
    TestID.objects.filter(test_id="ACADPLUS0002").update(other={"Site contact": "Berta Blum", "Batch": "7"})

    page = sams_page
    page.goto(f"{live_server.url}/inventory/ids/ACADPLUS0002/")
    look(page, "id")
    readable(page)
    page.get_by_role("button", name="Show in full").click()
    expect(page.get_by_text("Ben Costa")).to_be_visible()
    look(page, "id-shown")
    page.goto(f"{live_server.url}/inventory/ids/ACADPLUS0001/")
    page.get_by_role("button", name="Free this test ID").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("dialog").get_by_label("Why?").fill("She moved away.")
    page.get_by_role("button", name="Free it").click()
    expect(page.get_by_text("Reason: She moved away.")).to_be_visible()
    page.goto(f"{live_server.url}/inventory/ids/")
    look(page, "ids")
    readable(page)

"""A difference is explained by keyboard alone, and existing assignments are adopted, as a person does it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from access.actors import Actor
from fulfillment.candidates import Candidate
from fulfillment.models import Fulfillment, Origin
from fulfillment.provisioning import give
from inventory import claims, unexplained
from inventory.models import Product
from outbox import running
from tests.browser.test_giving import look
from tests.browser.test_journey import grave
from tests.conftest import stock
from tests.fulfillment.test_repairing import export

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = '{"name": "Bartholomew Featherstonehaugh", "email": "bartholomew.featherstonehaugh@a-long-name.example.org"}'


def test_differences_are_explained_and_assignments_adopted(
    sams_page: Page, live_server: LiveServer, academic: Product, by_sam: Actor
) -> None:
    page = sams_page
    stock(academic, 2)
    given = give(
        product=academic, candidate=Candidate("Ana Silva", "ana@example.org"), actor=by_sam, origin=Origin.STAFF
    )
    claims.done_at_itep(oid=given.oid, actor=by_sam)
    rows = [("ACADPLUS0001", "ACAD-PLUS", LONG), ("ACADPLUS0002", "ACAD-PLUS", "")]
    export(by_sam, *rows, ("OUT1", "ACAD-PLUS", LONG), ("OUT2", "ACAD-PLUS", "by phone"))

    page.goto(f"{live_server.url}/inventory/unexplained/")
    look(page, "unexplained")
    assert grave(page) == []
    page.get_by_role("button", name="Accept").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    look(page, "unexplained-dialog")
    assert grave(page) == []
    page.get_by_role("dialog").get_by_label("Why?").fill("They gave it to Bartholomew")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is unexplained")).to_be_visible()
    assert unexplained.number() == 0

    page.goto(f"{live_server.url}/candidates/adoption/")
    look(page, "adoption")
    assert grave(page) == []
    page.get_by_role("checkbox", name="OUT1").check()
    expect(page.locator("[data-chosen]")).to_have_text("1")
    page.get_by_role("button", name="Adopt those").click()
    look(page, "adoption-preview")
    page.get_by_role("button", name="Adopt 1 test ID").click()
    running.run_due(limit=20)
    expect(page.locator("#live")).to_contain_text("Assigned at iTEP", timeout=6000)
    page.goto(f"{live_server.url}/candidates/adoption/id/OUT2/")
    look(page, "adoption-by-hand")
    assert grave(page) == []
    page.get_by_label("Name").fill("Dan Ek")
    page.get_by_role("button", name="Adopt", exact=True).click()
    expect(page.get_by_role("heading", name="Dan Ek")).to_be_visible()
    assert Fulfillment.objects.filter(origin=Origin.OUTSIDE).count() == 2

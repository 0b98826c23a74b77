"""Giving many as a person does it: pasted, decided, given, undone; and the columns said by hand."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from access.actors import Actor
from access.models import User
from fulfillment.candidates import Candidate
from fulfillment.models import Batch, Origin, State
from fulfillment.provisioning import give
from inventory.models import Product, TestID
from outbox import running
from tests.browser.test_giving import look
from tests.conftest import stock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ANA = Candidate("Ana Silva", "ana@example.org", "77")
ROWS = "Name\tEmail\tOwn number\nAna Silva\tana@example.org\t77\nBen Weiß\tben@example.org\t78\n"


def test_pasted_decided_given_and_undone(
    sams_page: Page, live_server: LiveServer, called: Product, sam: User, settings: Settings
) -> None:
    settings.BATCH_UNDO_SECONDS = 600
    stock(called, 2)
    give(product=called, candidate=ANA, actor=Actor.person(sam), origin=Origin.STAFF)
    page = sams_page
    page.goto(f"{live_server.url}/candidates/give-many/")
    look(page, "give-many")
    page.get_by_label("pasted from a sheet").fill(ROWS)
    page.get_by_role("button", name="Check the rows").click()

    expect(page.get_by_text("Has an open test")).to_be_visible()
    look(page, "batch-preview")
    page.get_by_label("What happens with Ana Silva").select_option("give")
    page.get_by_role("button", name="Keep what is chosen in the rows").click()
    expect(page.get_by_text("1 get one now, 1 wait in order").first).to_be_visible()
    page.get_by_role("button", name="Give 2 tests").click()

    expect(page.get_by_text("iTEP is told in")).to_be_visible()
    running.run_due(limit=3)
    expect(page.locator("#live")).to_contain_text("Reserved, telling iTEP", timeout=6000)
    look(page, "batch-given")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("This batch was undone")).to_be_visible()
    look(page, "batch-undone")
    assert set(Batch.objects.get().all.values_list("state", flat=True)) == {State.CANCELLED}
    assert TestID.objects.available().count() == 1


def test_columns_by_hand_and_faults(sams_page: Page, live_server: LiveServer, called: Product) -> None:
    page = sams_page
    page.goto(f"{live_server.url}/candidates/give-many/")
    page.get_by_label("pasted from a sheet").fill("Wer\tAdresse\nAna\tnowhere\n")
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_role("heading", name="Which column holds what")).to_be_visible()
    look(page, "batch-columns")
    page.get_by_label("Name optional", exact=True).select_option("Wer")
    page.get_by_label("Email").select_option("Adresse")
    expect(page.locator("code", has_text="nowhere").first).to_be_visible()
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_role("heading", name="1 thing to correct")).to_be_visible()
    look(page, "batch-faults")


def test_ticked_rows_are_cancelled(
    sams_page: Page, live_server: LiveServer, academic: Product, sam: User, settings: Settings
) -> None:
    settings.BATCH_UNDO_SECONDS = 0
    stock(academic, 2)
    page = sams_page
    page.goto(f"{live_server.url}/candidates/give-many/")
    page.get_by_label("pasted from a sheet").fill(ROWS)
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_role("button", name="Give 2 tests").click()
    expect(page.get_by_text("Giving")).to_be_visible()
    running.run_due(limit=2)
    page.get_by_label("Choose Ben").check(timeout=6000)
    page.get_by_role("button", name="Cancel ticked rows").click()
    look(page, "batch-cancel")
    page.get_by_label("Why?").fill("wrong class")
    page.get_by_role("button", name="Cancel them").click()
    expect(page.get_by_text("1 test was cancelled.")).to_be_visible()
    assert list(Batch.objects.get().all.order_by("pk").values_list("state", flat=True)) == ["claimed", "cancelled"]

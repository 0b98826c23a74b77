"""The preview of an upload as a person works with it: filter, search, page, say yes, apply; and the progress."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from access.actors import Actor
from inventory import claims, reconciliation, upload_work, uploads
from inventory.models import ClaimState, Product, TestID, Upload
from inventory.models.uploads import UploadState
from outbox import running
from outbox.models import Entry
from tests.browser.test_giving import look
from tests.conftest import stock
from tests.inventory import exports
from tests.inventory.conftest import TEXT, Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(called: Product, by_sam: Actor, settings: Settings) -> Desk:
    settings.ITEP_BASE_URL = "http://itep.test"
    return Desk(called, by_sam)


@pytest.fixture
def upload(desk: Desk, academic: Product, by_sam: Actor) -> Upload:
    """Everything that occurs, in two products."""
    stock(desk.product, 14)
    stock(academic, 3)
    unknown, _reserved, lost = (desk.at(one) for one in (ClaimState.UNKNOWN, ClaimState.RESERVED, ClaimState.CONFIRMED))
    claims.told(oid=lost)
    TestID.objects.filter(test_id="BUSPLUS0009").update(standing="outside")
    ready = [[f"BUSPLUS{n:04}", "BUS-PLUS", "Ready", "", ""] for n in (3, *range(5, 10))]
    rows = [
        ["BUSPLUS0001", "BUS-PLUS", "Ready", TEXT % unknown, ""],
        ["BUSPLUS0002", "BUS-PLUS", "Ready", "Ben", ""],
        *ready,
        ["BUSPLUS0010", "BUS-PLUS", "Ready", "", "2027-01-31"],
        ["BUSPLUS0011", "BUS-PLUS", "Started", "", ""],
        ["BUSPLUS0012", "BUS-PLUS", "Ready", "", "soon"],
        ["", "BUS-PLUS", "Ready", "", ""],
        *([f"NEW{n:03}", "ACAD-PLUS", "Ready", "", ""] for n in range(60)),
    ]
    header = ["Test ID", "Product", "Status", "Assigned-to", "Valid Until"]
    kept = uploads.keep(content=exports.as_csv(rows, header=header), file_name="available-tests.csv", actor=by_sam)
    Upload.objects.filter(pk=kept.pk).update(exported_at=timezone.now() + timedelta(minutes=30))
    return reconciliation.plan(upload_id=kept.pk)


def readable(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []


def test_the_preview_is_filtered_and_applied(sams_page: Page, live_server: LiveServer, upload: Upload) -> None:
    page, here = sams_page, f"{live_server.url}/inventory/uploads/{upload.pk}/"
    page.goto(here)
    look(page, "preview")
    readable(page)
    page.evaluate("window.stays = true")

    page.get_by_role("link", name="New").click()
    expect(page).to_have_url(f"{here}?cause=added")
    expect(page.get_by_text("60 rows", exact=True).last).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="60 rows")).to_have_count(1)
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("51–60 of 60")).to_be_visible()
    page.get_by_label("Part of the test ID").press_sequentially("new05")
    expect(page.get_by_role("status").filter(has_text="10 rows")).to_have_count(1)
    expect(page.get_by_label("Part of the test ID")).to_be_focused()
    expect(page).to_have_url(f"{here}?cause=added&q=new05&row=&product=")
    assert page.evaluate("window.stays") is True  # the page was never loaded anew

    page.go_back()
    expect(page.get_by_text("51–60 of 60")).to_be_visible()
    page.goto(f"{here}?cause=invalid")
    look(page, "preview-errors")
    readable(page)

    page.get_by_role("button", name="Apply").click()
    box = page.get_by_label("Yes, the file is whole")
    expect(box).to_be_focused()  # it needs the yes first
    page.keyboard.press("Space")
    for other in page.locator("#apply input[type=checkbox]:not(:checked)").all():
        other.check()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("test IDs were changed")).to_be_visible()
    look(page, "applied")
    readable(page)
    page.goto(f"{live_server.url}/inventory/uploads/")
    look(page, "uploads")
    readable(page)


def test_the_bar_moves_and_becomes_the_page(sams_page: Page, live_server: LiveServer, upload: Upload) -> None:
    Upload.objects.filter(pk=upload.pk).update(warnings=[])
    page, here = sams_page, f"{live_server.url}/inventory/uploads/{upload.pk}/"
    reconciliation.begin(upload_id=upload.pk, actor=Actor.system("test"))
    Upload.objects.filter(pk=upload.pk).update(rows_total=5_000, rows_done=1_000)
    page.goto(here)
    expect(page.get_by_text("1000 / 5000")).to_be_visible()
    look(page, "progress")
    Upload.objects.filter(pk=upload.pk).update(rows_done=3_000)
    expect(page.get_by_text("rows per second")).to_be_visible()
    expect(page.get_by_text("(60 %)")).to_be_visible()
    look(page, "progress-rate")

    entry = Entry.objects.filter(kind=upload_work.APPLY)
    long_ago = timezone.now() - timedelta(minutes=3)
    entry.update(created_at=long_ago, due_at=long_ago)
    expect(page.get_by_text("Nobody has been working on it for 3")).to_be_visible()
    look(page, "progress-stalled")
    readable(page)

    while Upload.objects.get(pk=upload.pk).state != UploadState.APPLIED:
        assert running.run_due(limit=1) == 1
    expect(page.get_by_text("What to do next")).to_be_visible()

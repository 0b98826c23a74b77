"""The columns of an upload: samples follow the choice, passwords stay covered, and what nobody knows is listed."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from inventory.models import RememberedColumns
from tests.browser.test_giving import look
from tests.inventory import exports

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HEADER = ["Nummer", "Test ID", "Product code", "Status", "Assigned-to", "Kürzel", "Valid until", "Center"]
ROWS = [
    ["1", "123982B8AP", "ACAD-PLUS", "Ready", "", "0042", "12/31/2026", "Lisbon"],
    ["2", "123983B8AP", "BUS-PLUS", "Started", '{"name": "Ana Silva", "oid": "hr-77"}', "0777", "12/31/2026", "Porto"],
    ["3", "123984B8AP", "BUS-PLUS", "Ready", "", "", "someday", "Porto"],
]


def test_samples_follow_the_choice(sams_page: Page, live_server: LiveServer, tmp_path: Path) -> None:
    page, file = sams_page, tmp_path / "export.csv"
    file.write_bytes(exports.as_csv(ROWS, header=HEADER))
    page.goto(f"{live_server.url}/inventory/uploads/new/")
    page.get_by_label("AVAILABLE TESTS from iTEP").set_input_files(file)
    page.locator("button[type=submit].btn-primary").first.click()

    def beside(field: str) -> list[str]:
        return page.locator(f"[data-samples-of='id_{field}'] code").all_inner_texts()

    kept = page.locator("[data-column]:visible strong")
    assert beside("test_id") == ["123982B8AP", "123983B8AP", "123984B8AP"]
    assert beside("assigned_to") == ['{"name": "A… S…", "oid": "h…-7…"}']
    expect(kept).to_have_text(["Nummer", "Kürzel", "Center"])
    look(page, "columns")

    page.get_by_label("Password").select_option("Kürzel")
    assert beside("password") == ["••••••"]
    expect(kept).to_have_text(["Nummer", "Center"])
    page.get_by_label("Tracking code").select_option("Center")
    assert beside("tracking_code") == ["Lisbon", "Porto"]
    page.get_by_label("Tracking code").select_option("")
    assert beside("tracking_code") == []

    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("Apply: available")).to_be_visible()
    assert RememberedColumns.objects.get().mapping["password"] == "Kürzel"
    page.goto(f"{page.url}?columns")
    expect(page.get_by_text("Columns as Sam Staff set them on")).to_be_visible()
    assert beside("password") == ["••••••"]
    look(page, "columns-remembered")
    page.get_by_role("link", name="See what is recognized").click()
    expect(page.get_by_label("Password")).to_have_value("")
    look(page, "columns-recognized")


def test_each_header_of_a_file_has_its_part_of_the_page(
    sams_page: Page, live_server: LiveServer, tmp_path: Path
) -> None:
    page, file = sams_page, tmp_path / "export.xlsx"
    two = [["ID", "Status", "Who", "Center"], ["B1", "Ready", "", "Porto"]]
    file.write_bytes(exports.as_xlsx(ROWS, header=HEADER, more_sheets={"Two": two, "Three": two}))
    page.goto(f"{live_server.url}/inventory/uploads/new/")
    page.get_by_label("AVAILABLE TESTS from iTEP").set_input_files(file)
    page.locator("button[type=submit].btn-primary").first.click()

    second = page.locator("[data-columns]").nth(1)
    expect(second).to_contain_text("2 rows in 2 sheets: Two, Three")
    second.get_by_label("Assigned-to").select_option("Who")
    expect(second.locator("[data-column]:visible strong")).to_have_text(["Center"])
    look(page, "columns-two")

"""The journey of a first morning, by clicking: iTEP's export, a test for Ana, her result. On a desk and on a phone.

Each step leaves a picture in `test-results/screens/`; with `KEEP_SCREENS=docs` the README's picture is
drawn anew, from Today of the played journey.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

from portal.playing import journey
from portal.playing.practice_itep import PracticeITEP
from tests.browser_fixtures import DESKTOP, PHONE, Browse
from tests.process_fixtures import StartPortal
from tests.processes import EMAIL, PASSWORD, PortalProcesses

pytestmark = [pytest.mark.browser, pytest.mark.processes]
BASE_DIR = Path(__file__).resolve().parents[2]
SCREENS = BASE_DIR / "test-results" / "screens"
SOON = 60_000  # milliseconds: a worker reads, calls and mails in a second or two; a busy machine takes longer


@dataclass(slots=True)
class Clerk:
    """Somebody at a browser; `device` names the pictures."""

    portal: PortalProcesses
    page: Page
    device: str

    def look(self, name: str, page: Page | None = None) -> None:
        """Nothing may be wider than the screen, nobody shut out; a picture is kept."""
        page = page or self.page
        page.wait_for_load_state("networkidle")
        SCREENS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENS / f"{self.device}-{name}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} is too wide"
        assert grave(page) == [], name

    def press(self, name: str) -> None:
        """The button or link of that name, wherever this device shows it."""
        either = self.page.get_by_role("button", name=name, exact=True)
        either.or_(self.page.get_by_role("link", name=name, exact=True)).locator("visible=true").first.click()

    def log_in(self) -> None:
        self.page.goto("/")
        self.look("1-log-in")
        self.page.locator("input[name=login]").fill(EMAIL)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("You can give 0 tests now")
        self.look("2-today-empty")

    def upload(self, export: Path) -> None:
        """File, columns, preview, applied; the time of the download comes from the file."""
        self.press("Upload an export")
        if not self.page.locator("input[type=file]").count():  # from a list of uploads it is one press more
            self.press("Upload an export")
        self.page.locator("input[type=file]").set_input_files(export)
        expect(self.page.locator("input[name=exported_at]")).not_to_have_value("")
        self.look("3-upload")
        self.press("Look at the columns")
        expect(self.page.get_by_role("button", name="Show what would change")).to_be_visible(timeout=SOON)
        self.look("4-columns")
        self.press("Show what would change")
        foot = self.page.locator(".sticky-foot")
        expect(foot).to_contain_text("Apply: available 0 > 75", timeout=SOON)
        self.look("5-preview")
        foot.get_by_role("button", name="Apply").click()
        expect(self.page.get_by_text("Applied", exact=True)).to_be_visible(timeout=SOON)
        self.look("6-applied")

    def set_the_key(self) -> None:
        """So that the worker calls iTEP."""
        self.page.goto("/inventory/products/ACAD-PLUS/")
        self.page.get_by_label("API key").fill("sandbox-key-academic")
        self.page.get_by_label("Who tells iTEP").select_option("api")
        self.look("7-product")
        self.press("Save")

    def hear_results(self) -> None:
        """A tracking code here; its address goes to iTEP, as its staff would keep it."""
        self.page.goto("/webhooks/tracking-codes/new/")
        self.page.get_by_label("Tracking code", exact=True).fill("T-1")
        self.press("Make it")
        address = re.search(r"http\S+/webhooks/itep/[\w-]+", self.page.locator("main").inner_text())
        assert address
        PracticeITEP(self.portal.sandbox_url).post("tracking-codes", code="T-1", url=address[0])

    def give(self, name: str) -> None:
        """The page that follows fills by itself."""
        self.page.goto("/")
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("You can give 75 tests now")
        self.press("Give a test")
        self.page.get_by_label("Product").select_option("ACAD-PLUS")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Email").fill("ana.silva@example.org")
        self.look("8-give")
        self.press("Give test")
        expect(self.page.get_by_role("heading", level=1)).to_have_text(name)
        expect(self.page.locator("#live")).to_contain_text("Sent to the candidate", timeout=SOON)
        self.look("9-sent")

    def take_the_test(self) -> None:
        """At the practice iTEP, in a tab of its own: start, finish, grade."""
        with self.page.expect_popup() as opened:
            self.page.get_by_role("link", name="Open this test at the practice iTEP").click()
        exam = opened.value
        for act in ("start", "finish"):
            exam.locator(f"form[action$='/{act}'] button").first.click()
        exam.locator("input[name=level-Overall]").fill("4.1")
        exam.locator("form:has(input[name=level-Overall]) button").click()
        expect(exam.locator("h1")).to_contain_text("Completed")
        self.look("10-practice-itep", exam)
        exam.close()

    def read_the_result(self) -> None:
        """Who comes back to the candidate's tab finds it."""
        bars = self.page.locator("#result .level-main")
        for _again in range(SOON // 1000):
            self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
            self.page.wait_for_timeout(1000)
            if bars.count():
                break
        expect(bars).to_contain_text("4.1")
        assert self.page.locator("#result .level-fill").count() > 1
        self.look("11-result")


@pytest.mark.parametrize(("size", "device"), [(DESKTOP, "desk"), (PHONE, "phone")], ids=["desk", "phone"])
def test_from_an_export_to_a_result(
    portal_processes: StartPortal, browse: Browse, tmp_path: Path, size: ViewportSize, device: str
) -> None:
    portal = portal_processes()
    export = tmp_path / "AVAILABLE TESTS.xls"
    export.write_bytes(PracticeITEP(portal.sandbox_url).export("xls"))
    clerk = Clerk(portal, browse(portal.url, size=size), device)

    clerk.log_in()
    clerk.upload(export)
    clerk.set_the_key()
    clerk.hear_results()
    clerk.give("Ana Silva")
    clerk.take_the_test()
    clerk.read_the_result()

    for name, path in (("candidates", "/candidates/"), ("inventory", "/inventory/"), ("setup", "/setup/")):
        clerk.page.goto(path)
        clerk.look(f"12-{name}")


def test_the_played_journey_fills_today(
    portal_processes: StartPortal,
    browse: Browse,
) -> None:
    portal = portal_processes()
    journey.play(portal.url, portal.sandbox_url, EMAIL, PASSWORD)
    page = browse(portal.url, session=portal.session())
    page.goto("/")
    for name in ("Stock", "Under way", "Needs you", "Latest results"):
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    expect(page.locator(".todo")).to_contain_text("iTEP did not answer")
    page.wait_for_load_state("networkidle")
    assert grave(page) == []
    page.reload()
    for hint in page.locator("[data-hint] button").all()[::-1]:
        hint.click()
    expect(page.locator("[data-hint]")).to_have_count(0)
    kept = BASE_DIR / "docs" / "images" if os.environ.get("KEEP_SCREENS") == "docs" else SCREENS
    kept.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=kept / "today.png")


def grave(page: Page) -> list[tuple[str, list[str]]]:
    """What axe calls serious or critical, with where it stands."""
    found = Axe().run(page).response["violations"]
    return [
        (one["id"], [node["html"][:160] for node in one["nodes"]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]

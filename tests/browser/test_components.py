"""Components, Today, the candidate's page: readable for all, on a phone and on a desk, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.portal.gallery_templates import with_gallery

pytestmark = pytest.mark.browser

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1440, "height": 900}


@pytest.fixture(autouse=True)
def _gallery(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.portal.gallery"
    settings.TEMPLATES = with_gallery(settings.TEMPLATES)


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESK, "light"), (DESK, "dark")])
@pytest.mark.parametrize("path", ["/gallery/", "/", "/candidate/ar/", "/accounts/login/", "/error/404/"])
def test_nothing_shuts_anybody_out(
    sams_page: Page, live_server: LiveServer, path: str, size: dict[str, int], scheme: str
) -> None:
    sams_page.set_viewport_size({"width": size["width"], "height": size["height"]})
    sams_page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    if path == "/accounts/login/":
        sams_page.context.clear_cookies()
    sams_page.goto(live_server.url + path)
    sams_page.wait_for_load_state("networkidle")
    found = Axe().run(sams_page).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
    assert sams_page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_slash_searches_and_the_switch_turns_it_off(sams_page: Page, live_server: LiveServer) -> None:
    sams_page.goto(live_server.url)
    sams_page.keyboard.press("/")
    expect(sams_page.locator("[data-search]")).to_be_focused()
    sams_page.keyboard.press("Tab")
    sams_page.get_by_text("Your account").locator("..").click()
    sams_page.get_by_label("Keyboard shortcuts").uncheck()
    sams_page.keyboard.press("Escape")
    sams_page.keyboard.press("/")
    expect(sams_page.locator("[data-search]")).not_to_be_focused()


def test_g_t_gives_a_test(sams_page: Page, live_server: LiveServer) -> None:
    sams_page.goto(live_server.url)
    sams_page.keyboard.press("g")
    sams_page.keyboard.press("t")
    sams_page.wait_for_url("**/candidates/give/")


def test_the_chosen_theme_stays(sams_page: Page, live_server: LiveServer) -> None:
    sams_page.goto(live_server.url)
    sams_page.get_by_text("Your account").locator("..").click()
    sams_page.get_by_text("Dark", exact=True).click()
    sams_page.goto(live_server.url + "/gallery/")
    assert sams_page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_a_hint_that_was_closed_stays_closed(sams_page: Page, live_server: LiveServer) -> None:
    sams_page.goto(live_server.url)
    hints = sams_page.locator("[data-hint]")
    expect(hints).to_have_count(4)
    sams_page.get_by_label("Close this hint").first.click()
    sams_page.goto(live_server.url)
    expect(hints).to_have_count(3)


def test_the_chart_can_be_read_as_a_table(sams_page: Page, live_server: LiveServer) -> None:
    sams_page.goto(live_server.url)
    table = sams_page.locator("#per-week-table")
    expect(table).to_be_hidden()
    sams_page.get_by_role("button", name="as table").click()
    expect(table).to_be_visible()
    expect(table.locator("tbody tr")).to_have_count(12)


def test_a_test_id_is_copied(sams_page: Page, live_server: LiveServer) -> None:
    sams_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sams_page.goto(live_server.url + "/gallery/")
    sams_page.get_by_label("Copy 123982B8AP").first.click()
    expect(sams_page.get_by_text("Copied")).to_be_visible()
    assert sams_page.evaluate("navigator.clipboard.readText()") == "123982B8AP"


def test_an_act_asks_first_and_can_be_left(sams_page: Page, live_server: LiveServer) -> None:
    sams_page.goto(live_server.url + "/gallery/")
    sams_page.get_by_role("button", name="Free the IDs").click()
    dialog = sams_page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Why? It is kept in the history.")).to_be_focused()
    sams_page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_phone_always_reaches_give_a_test(sams_page: Page, live_server: LiveServer) -> None:
    sams_page.set_viewport_size({"width": 360, "height": 740})
    sams_page.goto(live_server.url)
    sams_page.mouse.wheel(0, 3000)
    give = sams_page.get_by_role("navigation", name="Main, short").get_by_role("link", name="Give a test")
    expect(give).to_be_in_viewport()
    give.click()
    sams_page.wait_for_url("**/candidates/give/")


def test_pages_work_without_javascript(browser: Browser, live_server: LiveServer) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(live_server.url + "/candidate/en/")
    expect(page.get_by_role("button", name="Show my test ID and password")).to_be_visible()
    page.close()

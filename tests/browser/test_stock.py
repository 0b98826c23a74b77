"""The forecast as a person sees it: a chart that is also a table, on a desk and a phone, light and dark, on paper."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from inventory import stock_warnings
from inventory.models import Product
from tests.browser_fixtures import DESKTOP, PHONE, Scheme
from tests.conftest import stock
from tests.inventory import past

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def used(academic: Product) -> Product:
    """Twenty weeks of use, some IDs about to expire, another product that is used up."""
    today = timezone.localdate()
    past.stock_until(academic, 37, today + timedelta(days=300))
    past.stock_until(academic, 12, today + timedelta(days=6), first=100)
    past.given(academic, [9, 14, 6, 11, 12] * 4)
    past.seen(academic, 2)
    other = Product.objects.create(code="SLATE-CORE", name="iTEP SLATE Core", lead_days=10)
    past.given(other, [4, 0, 9, 2])
    past.seen(other, 40)
    stock(other, 60)
    stock_warnings.watch()
    return academic


PAGES = {"product": "/inventory/products/ACAD-PLUS/?more=50", "forecast": "/inventory/forecast/"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_forecast_shuts_nobody_out(
    sams_page: Page, live_server: LiveServer, used: Product, size: ViewportSize, scheme: Scheme
) -> None:
    sams_page.set_viewport_size(size)
    sams_page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for name, address in PAGES.items():
        sams_page.goto(live_server.url + address)
        sams_page.wait_for_load_state("networkidle")
        found = Axe().run(sams_page).response["violations"]
        assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == [], name
        assert sams_page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        if folder := os.environ.get("SCREENSHOTS"):
            sams_page.screenshot(path=f"{folder}/{name}-{size['width']}-{scheme}.png", full_page=True)


def test_a_chart_follows_a_window_that_narrows(sams_page: Page, live_server: LiveServer, used: Product) -> None:
    sams_page.set_viewport_size(DESKTOP)
    sams_page.goto(live_server.url + PAGES["product"])
    sams_page.wait_for_load_state("networkidle")
    sams_page.set_viewport_size(PHONE)
    sams_page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")


def test_each_chart_is_a_table_of_its_own_product(sams_page: Page, live_server: LiveServer, used: Product) -> None:
    sams_page.goto(f"{live_server.url}/inventory/forecast/")
    expect(sams_page.locator("#chart-1-table")).to_be_hidden()
    for button in sams_page.get_by_role("button", name="as table").all():
        button.click()
    firsts = [sams_page.locator(f"#chart-{number}-table tbody td").first.inner_text() for number in (0, 1)]
    assert sorted(firsts) == ["49", "60"]
    sams_page.emulate_media(media="print")
    expect(sams_page.get_by_role("button", name="Print")).to_be_hidden()


def test_what_if_answers_below_the_chart(sams_page: Page, live_server: LiveServer, used: Product) -> None:
    sams_page.goto(f"{live_server.url}/inventory/products/{used.code}/")
    sams_page.get_by_label("What if so many more were ordered today?").fill("50")
    sams_page.get_by_role("button", name="Reckon").click()
    expect(sams_page.locator(".what-if output")).to_contain_text("50 more would come by")

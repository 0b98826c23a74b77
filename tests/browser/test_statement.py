"""Stock statement, purchases and the inventory's first page as a person sees them: desk and phone, light and dark."""

from __future__ import annotations

import os
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from access.actors import Actor
from access.models import User
from inventory import claims, ledger, purchases, statement
from inventory.models import Product, Standing, StockMove, TestID
from tests.browser_fixtures import DESKTOP, PHONE, Scheme
from tests.conftest import stock
from tests.inventory import past
from tests.inventory.test_purchases import exported, ordered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def moved(product: Product, old: str, new: str, number: int, days_ago: int) -> None:
    """A move of the past, though only the ledger's own triggers write it elsewhere."""
    at = timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=days_ago), time(12)))
    StockMove.objects.create(product=product, from_state=old, to_state=new, number=number, at=at)


@pytest.fixture
def stocked(academic: Product, called: Product, by_sam: Actor) -> Product:
    """Three weeks of coming and going, orders of each kind, another product with little."""
    today = timezone.localdate()
    price: dict[str, object] = {"price": Decimal(129), "currency": "USD"}
    late = today - timedelta(days=20)
    ordered(academic, by_sam, 50, ordered_on=late, expected_on=late + timedelta(days=7), distributor="X Ltd", **price)
    ordered(academic, by_sam, 100, ordered_on=today, expected_on=today + timedelta(days=7), note="For the spring")
    done = ordered(called, by_sam, 3, ordered_on=date(2026, 3, 4), **price)
    purchases.state_arrived(purchase_id=done.pk, actor=by_sam, arrived=3, reason="counted at iTEP")
    dropped = ordered(called, by_sam, 20, ordered_on=date(2026, 3, 4))
    purchases.cancel(purchase_id=dropped.pk, actor=by_sam, reason="too dear")
    exported(by_sam, *((f"NEW{number:02}", "") for number in range(30)))
    with ledger.unlocked():
        for days_ago, old, new, number in (
            (40, "", "available", 60),
            (20, "available", "claimed", 7),
            (19, "claimed", "assigned", 7),
            (17, "", "available", 25),
            (12, "available", "claimed", 14),
            (12, "claimed", "available", 2),
            (11, "claimed", "assigned", 12),
            (8, "available", "assigned_outside", 3),
            (6, "assigned_outside", "available", 1),
            (4, "available", "withdrawn", 5),
            (3, "available", "unavailable", 4),
            (1, "available", "claimed", 9),
        ):
            moved(academic, old, new, number, days_ago)
        stock(academic, 17)
        stock(called, 3)
    past.given(academic, [9, 14, 6, 11])
    past.seen(academic, 2)
    past.seen(called, 40)
    for number, name in enumerate(("for the fair", "in doubt")):
        claims.set_aside(test_id=f"ACADPLUS000{number + 1}", actor=by_sam, reason=name)
    TestID.objects.filter(test_id="ACADPLUS0010").update(standing=Standing.OUTSIDE)
    return academic


def pages() -> dict[str, str]:
    first = timezone.localdate() - timedelta(days=30)
    one = purchases.coming().first()
    assert one is not None
    return {
        "overview": "/inventory/",
        "product": "/inventory/products/ACAD-PLUS/",
        "statement": f"/inventory/statement/?from={first}&to={timezone.localdate()}",
        "statement-wrong": "/inventory/statement/?product=NONE&from=2026-03-09&to=2026-03-01",
        "purchases": "/inventory/purchases/",
        "purchase": f"/inventory/purchases/{one.pk}/",
        "purchase-new": "/inventory/purchases/new/?product=ACAD-PLUS",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_they_shut_nobody_out(
    sams_page: Page, live_server: LiveServer, stocked: Product, sam: User, size: ViewportSize, scheme: Scheme
) -> None:
    sam.is_superuser = True
    sam.save()
    sams_page.set_viewport_size(size)
    sams_page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for name, address in pages().items():
        sams_page.goto(live_server.url + address)
        sams_page.wait_for_load_state("networkidle")
        found = Axe().run(sams_page).response["violations"]
        assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == [], name
        if folder := os.environ.get("SCREENSHOTS"):
            sams_page.screenshot(path=f"{folder}/{name}-{size['width']}-{scheme}.png", full_page=True)
        assert sams_page.evaluate("document.documentElement.scrollWidth") <= size["width"], name


def test_staff_read_what_administrators_enter(sams_page: Page, live_server: LiveServer, stocked: Product) -> None:
    for name in ("purchases", "purchase"):
        sams_page.goto(live_server.url + pages()[name])
        expect(sams_page.get_by_text("Administrators enter and change orders.").first).to_be_visible()
        assert Axe().run(sams_page).response["violations"] == [], name


def test_a_period_is_chosen_by_a_click_and_read_as_a_table(
    sams_page: Page, live_server: LiveServer, stocked: Product
) -> None:
    sams_page.goto(f"{live_server.url}/inventory/statement/?product=ACAD-PLUS")
    sams_page.get_by_role("link", name="All", exact=True).click()
    expect(sams_page.get_by_label("From")).to_have_value("")
    expect(sams_page.get_by_label("Product")).to_have_value("ACAD-PLUS")
    sams_page.get_by_role("button", name="as table").click()
    closing = statement.statements(statement.Period())[stocked.pk].closing
    expect(sams_page.locator("#available-table tbody td").last).to_have_text(str(closing))


def test_paper_is_light_whatever_the_screen_is(sams_page: Page, live_server: LiveServer, stocked: Product) -> None:
    sams_page.emulate_media(color_scheme="dark")
    sams_page.goto(f"{live_server.url}/inventory/statement/")
    shown = sams_page.locator("html")
    expect(shown).to_have_attribute("data-bs-theme", "dark")
    sams_page.emulate_media(color_scheme="dark", media="print")
    expect(shown).to_have_attribute("data-bs-theme", "light")
    sams_page.emulate_media(color_scheme="dark", media="screen")
    expect(shown).to_have_attribute("data-bs-theme", "dark")

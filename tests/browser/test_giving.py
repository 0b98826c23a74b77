"""Giving a test as a person does it: the page fills by itself, and the candidate sees the ID on asking for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from fulfillment.models import Fulfillment, Mail
from inventory.models import Product
from outbox import running
from tests.conftest import stock
from tests.fulfillment.conftest import itep
from tests.fulfillment.pretend_itep import PretendItep

__all__ = ["itep"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"desktop": {"width": 1440, "height": 1000}, "phone": {"width": 360, "height": 780}}


def look(page: Page, name: str) -> None:
    """A screenshot in light and dark, where `SCREENSHOTS` says so; nothing may be wider than the page."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} at {size}"
            if folder := os.environ.get("SCREENSHOTS"):
                page.screenshot(path=Path(folder) / f"{name}-{size}-{scheme}.png", full_page=True)
    page.set_viewport_size(SIZES["desktop"])  # type: ignore[arg-type]


def test_a_test_is_given_and_seen(
    sams_page: Page, live_server: LiveServer, called: Product, itep: PretendItep, sam: object
) -> None:
    stock(called, 37)
    page = sams_page
    page.goto(f"{live_server.url}/candidates/give/")
    look(page, "give")
    page.get_by_label("Name").fill("Ana Silva")
    page.get_by_label("Email").fill("ana@example.org")
    page.get_by_label("Own number").fill("hr-77")
    page.get_by_role("button", name="Give test").click()

    expect(page.get_by_role("heading", name="Ana Silva")).to_be_visible()
    expect(page.locator("#live")).to_contain_text("Reserved, telling iTEP")
    look(page, "candidate-reserved")
    running.run_due(limit=10)
    expect(page.locator("#live")).to_contain_text("Sent to the candidate", timeout=6000)
    expect(page.locator("#live")).to_contain_text("BUSPLUS0001")
    look(page, "candidate-sent")
    page.get_by_role("button", name="Cancel the test").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")

    page.goto(f"{live_server.url}/candidates/")
    look(page, "list")
    page.goto(f"{live_server.url}/candidates/mails/{Mail.objects.get().pk}/")
    look(page, "mail")

    page.goto(f"{live_server.url}/c/{Fulfillment.objects.get().link_token}/")
    look(page, "their-page")
    page.get_by_role("button", name="Show my test ID and password").click()
    expect(page.get_by_text("BUSPLUS0001")).to_be_visible()
    look(page, "their-page-shown")

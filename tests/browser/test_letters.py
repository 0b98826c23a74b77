"""An administrator writes a letter, reads a draft and switches it on; its candidate reads their page from the right."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from access.actors import Actor
from access.models import User
from fulfillment import deadlines, languages, organization
from fulfillment.candidates import Candidate
from fulfillment.letters.choosing import Place, text_for
from fulfillment.models import Fulfillment, LetterKind, Origin
from fulfillment.provisioning import give
from inventory.models import Product
from outbox import running
from tests.browser.test_giving import look
from tests.conftest import stock
from tests.fulfillment.conftest import itep
from tests.fulfillment.pretend_itep import PretendItep

__all__ = ["itep"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def admins_page(sams_page: Page, sam: User) -> Page:
    sam.groups.add(Group.objects.get_or_create(name="Administrator")[0])
    organization.change(
        actor=Actor.person(sam), name="Harbour School", help_email="tests@example.org", help_phone="+351 21 000"
    )
    return sams_page


@pytest.fixture
def ana(called: Product, itep: PretendItep) -> Fulfillment:
    stock(called, 1)
    Product.objects.update(minutes=90, result_days=2, start_url="https://start.example.org/")
    person = Candidate("Layla Haddad", "layla@example.org", "hr-77", "ar")
    one = give(
        product=Product.objects.get(),
        candidate=person,
        actor=Actor.system("test"),
        origin=Origin.STAFF,
        deadline=deadlines.today() + timedelta(days=20),
    )
    running.run_due(limit=50)
    running.run_due(limit=50)
    return one


def test_a_letter_is_written_with_its_preview_beside_it(
    admins_page: Page, live_server: LiveServer, ana: Fulfillment
) -> None:
    page = admins_page
    page.goto(f"{live_server.url}/candidates/letters/")
    look(page, "letters")
    page.get_by_role("link", name="Reminder").click()
    body = page.get_by_label("Text", exact=True)
    expect(page.locator("#preview .mail-body")).to_contain_text("This is a reminder of your English test")
    look(page, "letter")
    body.fill("Dear {name},\nplease come: ")
    body.press("End")
    page.get_by_role("button", name="page_url").click()
    expect(page.locator("#preview .mail-body")).to_contain_text("/c/••••••••/")
    page.get_by_label("Preview about").select_option(label="Layla Haddad, iTEP Business-Plus")
    expect(page.locator("#preview .mail-body")).to_contain_text("Layla Haddad")
    body.press("Control+End")
    body.type("\n{nmae}")
    expect(page.locator("#preview")).to_contain_text("Line 3, character 1: There is no placeholder {nmae}.")
    look(page, "letter-wrong")
    page.get_by_role("button", name="Save and use").click()
    expect(page.locator(".errorlist")).to_contain_text("Did you mean {name}?")
    page.get_by_label("Text", exact=True).fill("Dear {name},\n{page_url}\n{help}")
    page.get_by_role("button", name="Save and use").click()
    expect(page.get_by_text("mails that are written from now on have this text")).to_be_visible()
    assert text_for(Place(LetterKind.REMINDER, "en")).body == "Dear {name},\n{page_url}\n{help}\n"


def test_a_draft_is_read_switched_on_and_reads_from_the_right(
    admins_page: Page, live_server: LiveServer, ana: Fulfillment
) -> None:
    page = admins_page
    page.goto(f"{live_server.url}/candidates/letters/?language=ar")
    page.get_by_role("link", name="Read it and switch it on").click()
    look(page, "language-ar")
    page.get_by_label("I have read it").check()
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_text("candidates who wish for it get it")).to_be_visible()
    assert "ar" in languages.on()
    page.goto(f"{live_server.url}/candidates/letters/instructions/ar/")
    look(page, "letter-ar")
    page.goto(f"{live_server.url}/c/{ana.link_token}/")
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    look(page, "candidate-ar")
    for tag in ("es", "ko", "zh-hans"):
        Fulfillment.objects.update(language=tag)
        page.reload()
        look(page, f"candidate-{tag}")

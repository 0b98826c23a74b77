"""*Give a test* by keyboard alone: a known candidate is offered and taken, the stock speaks, questions are asked."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from access.actors import Actor
from fulfillment import deadlines
from fulfillment.models import Fulfillment
from fulfillment.provisioning import set_person
from inventory.models import Product
from tests.browser.test_giving import look
from tests.conftest import stock
from tests.fulfillment.conftest import ANA, Give, give_test
from tests.given import given
from tests.results.conftest import recorded

__all__ = ["give_test"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_known_candidate_is_taken_by_keyboard_and_both_questions_are_answered(
    sams_page: Page, live_server: LiveServer, called: Product, academic: Product, by_sam: Actor, give_test: Give
) -> None:
    stock(called, 37)
    Product.objects.filter(pk=called.pk).update(result_valid_months=24)
    called.refresh_from_db()
    done = given(called, "OLD1", itep_status="completed")
    set_person(done, ANA)
    done.save()
    day = deadlines.today()
    recorded(done, test_id="OLD1", TestDate=f"{day.month}/{day.day}/{day.year}", Overall_Level="3.1", Overall_cefr="B1")
    give_test(called, allow_earlier_result=True)

    page = sams_page
    page.goto(f"{live_server.url}/candidates/give/")
    expect(page.locator("#prospect")).to_contain_text("It waits in order: none available.")
    page.get_by_label("Product").select_option("BUS-PLUS")
    expect(page.locator("#prospect")).to_contain_text("It takes one of 36 available; 35 are left.")

    name = page.get_by_role("combobox", name="Name")
    name.focus()
    page.keyboard.type("ana")
    expect(name).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    look(page, "give-known")
    page.keyboard.press("ArrowDown")
    expect(name).to_have_attribute("aria-activedescendant", "known-name-1")
    page.keyboard.press("Enter")
    expect(name).to_have_attribute("aria-expanded", "false")
    filled = {label: page.get_by_label(label, exact=False).first.input_value() for label in ("Email", "Own number")}
    assert filled == {"Email": "ana@example.org", "Own number": "hr-77"}
    assert page.get_by_label("Language").input_value() == "en"

    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_count(2)
    look(page, "give-asked")
    page.get_by_label("Yes, give a second test").check()
    page.get_by_label("Give a test anyway").check()
    page.get_by_role("button", name="Give test").click()
    expect(page.get_by_role("heading", name="Ana Silva")).to_be_visible()
    assert Fulfillment.objects.count() == 3


def test_escape_closes_the_list_and_keeps_what_was_typed(
    sams_page: Page, live_server: LiveServer, called: Product, give_test: Give
) -> None:
    give_test(called)
    page = sams_page
    page.goto(f"{live_server.url}/candidates/give/")
    email = page.get_by_role("combobox", name="Email")
    email.focus()
    page.keyboard.type("ana@")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(email).to_have_value("ana@")
    page.keyboard.type("e")
    page.get_by_role("listbox").get_by_role("option").click()
    expect(page.get_by_role("combobox", name="Name")).to_have_value("Ana Silva")

"""The candidate's page as a candidate sees it, and what staff do with tests past their deadline and with a reset."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from access.actors import Actor
from fulfillment import acts, deadlines, links, organization, progress
from fulfillment.candidates import Candidate
from fulfillment.models import Fulfillment, Mail
from inventory.models import Product
from outbox import running
from tests.browser.test_giving import look
from tests.conftest import stock
from tests.fulfillment.conftest import Give, give_test

__all__ = ["give_test"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def four(academic: Product, give_test: Give, by_sam: Actor) -> list[Fulfillment]:
    """Four candidates who were sent their tests; a school in Lisbon."""
    organization.change(
        actor=by_sam,
        name="Lisbon School of Languages",
        help_email="help@school.example",
        help_phone="+351 210 000 000",
        itep_help="iTEP support, support@itep.example",
        start_url="https://start.example.org/test",
        technical_check="Open the technical check of iTEP on the computer that you will use.",
        time_zone="Europe/Lisbon",
    )
    Product.objects.update(price=Decimal("30.50"), currency="EUR", minutes=90, result_days=2)
    stock(academic, 4)
    people = [Candidate(name, f"p{number}@example.org", f"hr-{number}") for number, name in enumerate(NAMES)]
    given = [give_test(academic, candidate=one, deadline=deadlines.today() + timedelta(days=9)) for one in people]
    for one in given:
        acts.say_done_at_itep(oid=one.oid, actor=by_sam)
    running.run_due()
    return list(Fulfillment.objects.order_by("pk"))


NAMES = ("Ana Silva", "Bo Lindqvist", "Caterina Albuquerque dos Santos e Vasconcelos", "Dee")


def test_the_candidate_finds_all_on_their_page(page: Page, live_server: LiveServer, four: list[Fulfillment]) -> None:
    one = four[0]
    page.goto(f"{live_server.url}/c/")
    page.get_by_label("Your code").fill("wrong")
    page.get_by_role("button", name="Open my page").click()
    expect(page.get_by_role("alert")).to_contain_text("This code does not work")
    look(page, "their-code")
    page.get_by_label("Your code").fill(links.code_of(one.link_token).lower())
    page.get_by_role("button", name="Open my page").click()
    expect(page.locator(".next-step")).to_contain_text("Take your test by")
    expect(page.locator(".device-time")).to_contain_text("On this device:")
    page.get_by_text("I need more time or an arrangement").click()
    page.get_by_label("What do you need").fill("I have an exam on that day. Could it be a week later?")
    look(page, "their-page-asking")
    page.locator("details[open]").get_by_role("button", name="Send to a person").click()
    expect(page.get_by_text("We have your request of")).to_be_visible()
    look(page, "their-page-asked")
    page.evaluate("document.documentElement.dir = 'rtl'")
    look(page, "their-page-rtl")
    page.evaluate("document.documentElement.dir = 'ltr'")
    page.get_by_role("button", name="Show my test ID and password").click()
    expect(page.get_by_text("ACADPLUS0001")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_text("help@school.example")).to_be_visible()
    expect(page.get_by_role("link", name="Add to calendar")).to_be_hidden()
    look(page, "their-page-print")


def test_idle_tests_are_reminded_by_many(sams_page: Page, live_server: LiveServer, four: list[Fulfillment]) -> None:
    page = sams_page
    Fulfillment.objects.update(deadline=deadlines.today() - timedelta(days=3))
    Fulfillment.objects.filter(pk=four[3].pk).update(email="")
    page.goto(live_server.url)
    expect(page.get_by_text("4 tests past their deadline, never seen started")).to_be_visible()
    page.get_by_role("link", name="Remind 4").click()
    expect(page.get_by_text("122.00 EUR")).to_be_visible()
    look(page, "overdue")
    page.get_by_label("Ana Silva").uncheck()
    page.get_by_role("button", name="Free the IDs").click()
    expect(page.get_by_role("heading", name="Free 3 test IDs?")).to_be_visible()
    look(page, "overdue-free")
    page.get_by_role("link", name="Back").click()
    page.get_by_role("button", name="Remind them, with a new last day").click()
    expect(page.get_by_text("There is no email address")).to_be_visible()
    look(page, "overdue-remind")
    page.get_by_label("New last day").fill(str(deadlines.today() + timedelta(days=10)))
    page.get_by_role("button", name="Remind them").click()
    expect(page.get_by_text("3 candidates are reminded.")).to_be_visible()
    assert Mail.objects.filter(kind="reminder").count() == 3


def test_after_a_reset_a_person_tells_the_candidate(
    sams_page: Page, live_server: LiveServer, four: list[Fulfillment]
) -> None:
    page, one = sams_page, four[0]
    for word in ("Finished", "Ready"):
        progress.seen(oid=one.oid, status_raw=word, at=one.updated_at.now(one.updated_at.tzinfo), by="webhook")
    page.goto(live_server.url)
    expect(page.get_by_text("iTEP has reset the test of Ana Silva")).to_be_visible()
    page.goto(f"{live_server.url}/candidates/{one.oid}/")
    look(page, "candidate-reset")
    page.get_by_role("link", name="Tell the candidate").click()
    look(page, "tell")
    page.get_by_label("Text").fill("Dear Ana,\n\nplease begin once more, by Friday.")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("The mail goes out.")).to_be_visible()
    assert Mail.objects.get(kind="reset").body == "Dear Ana,\n\nplease begin once more, by Friday.\n"

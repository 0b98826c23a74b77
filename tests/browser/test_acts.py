"""Acts on one candidate's test as a person does them: in dialogs, in the menu, on paper, and without any script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from access.actors import Actor
from access.models import User
from fulfillment import deadlines
from fulfillment.models import Fulfillment, Organization, State
from inventory import claims, pauses
from inventory.models import Product, TestID
from outbox import running
from tests.browser.test_giving import look
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, give_test, itep
from tests.fulfillment.pretend_itep import PretendItep, Reply

__all__ = ["give_test", "itep"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sent(itep: PretendItep, called: Product, give_test: Give) -> Fulfillment:
    stock(called, 3)
    Product.objects.update(start_url="https://itep.example/start", minutes=90)
    Organization.objects.create(pk=1, name="Lisbon Language Centre", help_email="tests@example.org")
    itep.replies.append(Reply(body={"test_id": "BUSPLUS0001", "password": "open-sesame"}))
    one = give_test(called, deadline=deadlines.today() + timedelta(10))
    running.run_due(limit=20)
    return fresh(one)


def test_an_id_is_replaced_and_another_one_shown_at_the_desk(
    sams_page: Page, live_server: LiveServer, sent: Fulfillment
) -> None:
    page = sams_page
    page.goto(f"{live_server.url}/candidates/{sent.oid}/")
    look(page, "acts-sent")
    page.locator("#live").get_by_text("More", exact=True).click()
    look(page, "acts-menu")
    page.get_by_role("button", name="Replace the test ID").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("BUSPLUS0001 is theirs no longer.")
    look(page, "acts-replace")
    dialog.get_by_label("Why?").fill("does not open")
    dialog.get_by_role("button", name="Replace the test ID").click()
    expect(page.get_by_text("the next one is being assigned")).to_be_visible()
    running.run_due(limit=20)
    expect(page.locator("#live")).to_contain_text("BUSPLUS0002", timeout=6000)
    expect(page.locator("#live")).to_contain_text("Sent to the candidate", timeout=6000)

    page.goto(f"{live_server.url}/candidates/{sent.oid}/")
    for name in ("It did not arrive", "Change the deadline", "Correct"):
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        look(page, f"acts-{name.split()[-1].lower()}")
        page.keyboard.press("Escape")
    page.locator("#live").get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Print a slip").click()
    expect(page.locator(".slip")).to_contain_text("BUSPLUS0002")
    look(page, "acts-slip")
    page.emulate_media(media="print")
    look(page, "acts-slip-on-paper")


def test_what_is_at_odds_is_said_and_all_calls_can_be_paused(
    sams_page: Page, live_server: LiveServer, sent: Fulfillment, sam: User
) -> None:
    TestID.objects.filter(test_id="BUSPLUS0001").update(valid_until=deadlines.today() + timedelta(5))
    Fulfillment.objects.update(rewrite_since=timezone.now())
    pauses.pause_all(because="iTEP moves house this week-end", actor=Actor.person(sam))
    page = sams_page
    page.goto(f"{live_server.url}/candidates/{sent.oid}/")
    expect(page.get_by_text("The test ID ends before the deadline")).to_be_visible()
    look(page, "acts-remarks")
    page.goto(f"{live_server.url}/inventory/calls/")
    expect(page.get_by_text("No calls are made to iTEP.")).to_be_visible()
    look(page, "calls")
    page.goto(f"{live_server.url}/inventory/ids/")
    page.get_by_label("Tick all on this page").check()
    look(page, "ids")
    page.get_by_label("Why?").fill("for the fair")
    page.get_by_role("button", name="Set the ticked ones aside").click()
    expect(page.get_by_text("2 test IDs are set aside.")).to_be_visible()


def test_without_a_script_each_act_has_its_page(
    browser: Browser, live_server: LiveServer, sent: Fulfillment, sam: User
) -> None:
    client = Client()
    client.force_login(sam)
    name = django_settings.SESSION_COOKIE_NAME
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/candidates/{sent.oid}/")
    page.get_by_role("button", name="It did not arrive").click()
    expect(page.get_by_role("heading", name="It did not arrive")).to_be_visible()
    page.get_by_label("It reached somebody else").check()
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("Say who got it, or how you know.")).to_be_visible()
    page.get_by_label("Why?").fill("her namesake wrote")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("The old link is closed")).to_be_visible()
    assert fresh(sent).link_token != sent.link_token
    assert (fresh(sent).state, claims.why_not_replace(fresh(sent).claim)) == (State.SENT, "")
    context.close()

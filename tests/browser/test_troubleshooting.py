"""The page for iTEP's support, as it looks, and the preview of a product's own keys while one types."""

from __future__ import annotations

import json

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from access.models import User
from inventory.models import AssignedToRecord, Product, TestID
from outbox import running
from tests.browser.test_giving import look
from tests.conftest import stock
from tests.fulfillment.conftest import Give, give_test, itep
from tests.fulfillment.pretend_itep import PretendItep, Reply

__all__ = ["give_test", "itep"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_differs_is_seen(
    sams_page: Page, live_server: LiveServer, called: Product, itep: PretendItep, give_test: Give
) -> None:
    stock(called, 2)
    itep.replies.append(Reply(status=409, body={"error": {"message": "This test ID is taken."}}))
    one = give_test(called)
    running.run_due(limit=10)
    running.run_due(limit=10)
    row = TestID.objects.get(test_id="BUSPLUS0002")
    wrote = json.loads(AssignedToRecord.objects.get(test_id=row.test_id).text)
    row.assigned_to = json.dumps({**wrote, "name": "Anna Silva", "by": "somebody"})
    row.save(update_fields=["assigned_to"])
    page = sams_page
    page.goto(f"{live_server.url}/candidates/{one.oid}/")
    page.get_by_role("link", name="Compare them").click()
    expect(page.get_by_role("row", name="name").get_by_text("different")).to_be_visible()
    look(page, "troubleshooting")


def test_the_preview_of_own_keys_follows_what_is_typed(
    page: Page, live_server: LiveServer, called: Product, ada: User
) -> None:
    client = Client()
    client.force_login(ada)
    name = django_settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.goto(f"{live_server.url}/inventory/products/BUS-PLUS/")
    field, preview = page.get_by_label("More keys in Assigned-to"), page.locator("#own-keys-preview")
    field.fill('{"site": {"centre": "{metadata.cost centre}"}}')
    expect(preview).to_contain_text('"site": {"centre": "‹cost centre›"}')
    look(page, "own-keys")
    field.fill('{"site": "{citty}"}')
    expect(preview).to_contain_text("“site”: {citty} is not known.")

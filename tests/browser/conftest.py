"""Pages as a person sees them, in Debian's Chromium. Any console error or CSP report fails the test."""

from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from access.models import User


@pytest.fixture
def sams_page(page: Page, live_server: LiveServer, sam: User) -> Iterator[Page]:
    """A page of the live server on which Sam is logged in; relative addresses go to the server."""
    client = Client()
    client.force_login(sam)
    name = django_settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    complaints: list[str] = []
    refused = "status of 422"  # the browser's word for a form that comes back with what is wrong: no fault of the page
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type == "error" and refused not in said.text else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.wait_for_load_state("networkidle")  # a load that the end of the server cuts off is nobody's complaint
    assert complaints == []

"""The browser fixtures themselves: they see pages, and what a browser complains of."""

import pytest
from pytest_django.live_server_helper import LiveServer

from access.models import User
from tests.browser_fixtures import DESKTOP, PHONE, Browse, Complaints, Scheme

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_login_page_shows_without_a_complaint(
    live_server: LiveServer, browse: Browse, size: dict[str, int], scheme: Scheme
) -> None:
    page = browse(live_server.url, size=size, scheme=scheme)

    page.goto("/accounts/login/")

    assert page.locator("input[name=login]").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_person_logs_in(live_server: LiveServer, browse: Browse, sam: User) -> None:
    page = browse(live_server.url)
    page.goto("/accounts/login/?next=/accounts/password/change/")
    page.fill("input[name=login]", "sam@example.org")
    page.fill("input[name=password]", "sam-gives-tests")

    with page.expect_navigation():
        page.press("input[name=password]", "Enter")

    assert page.url == f"{live_server.url}/accounts/password/change/"


def test_an_inline_script_is_refused_and_complained_of(
    live_server: LiveServer, browse: Browse, complaints: Complaints
) -> None:
    page = browse(live_server.url)
    page.goto("/accounts/login/")

    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )

    assert page.evaluate("window.ran") is None
    assert "Content Security Policy" in complaints.found.pop()

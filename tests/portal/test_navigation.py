"""The main navigation."""

import pytest
from django.test import Client
from pytest_django import Settings

from portal.navigation import nav_items, url_or_blank


@pytest.fixture(autouse=True)
def _rooms(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.portal.gallery"


def current(path: str) -> list[str]:
    return [str(item.label) for item in nav_items(path) if item.current]


@pytest.mark.parametrize(
    ("path", "label"),
    [("/", "Today"), ("/candidates/", "Candidates"), ("/candidates/7/", "Candidates"), ("/setup/", "Set-up")],
)
def test_one_item_is_current(path: str, label: str) -> None:
    assert current(path) == [label]


@pytest.mark.django_db
def test_set_up_is_shown_to_those_who_may(sam_browser: Client, ada_browser: Client, settings: Settings) -> None:
    settings.ROOT_URLCONF = "portal.urls"
    settings.PRACTICE = True
    for browser, may in ((sam_browser, False), (ada_browser, True)):
        page = browser.get("/reports/").content.decode()
        assert ('href="/setup/"' in page, "Start for real" in page) == (may, may)


def test_nothing_is_current_on_a_page_outside_the_navigation() -> None:
    assert current("/accounts/login/") == []


def test_a_page_that_no_room_offers_is_left_out(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.portal.bare_urls"
    assert [str(item.label) for item in nav_items("/")] == ["Today"]
    assert url_or_blank("fulfillment:give") == ""

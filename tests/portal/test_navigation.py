"""The main navigation."""

import pytest
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


def test_nothing_is_current_on_a_page_outside_the_navigation() -> None:
    assert current("/accounts/login/") == []


def test_a_page_that_no_room_offers_is_left_out(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.portal.bare_urls"
    assert [str(item.label) for item in nav_items("/")] == ["Today"]
    assert url_or_blank("fulfillment:give") == ""

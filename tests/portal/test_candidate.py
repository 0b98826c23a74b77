"""One candidate's page: live without being loaded again, cheap while nothing changes, one line for one webhook."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fulfillment import asking, progress
from fulfillment.models import CandidateRequest, Fulfillment
from inventory.models import Product
from itep.webhook import ResultPost, read_data
from results import recording
from tests.given import given

pytestmark = pytest.mark.django_db
LIVE = {"HX-Request": "true", "HX-Target": "live"}


@pytest.fixture
def ana(academic: Product) -> Fulfillment:
    return given(academic, "A1", email="ana@example.org", external_id="hr-77")


def seen(page: str) -> str:
    found = re.search(r'hx-get="([^"]*seen=[^"]*)"', page)
    assert found is not None
    return found[1]


def opened(browser: Client, one: Fulfillment) -> str:
    """Loads the page; where its live part asks."""
    return seen(browser.get(f"/candidates/{one.oid}/").content.decode())


def asks(browser: Client, url: str) -> tuple[int, str]:
    answer = browser.get(url, headers=LIVE)
    return answer.status_code, answer.content.decode()


def posted(one: Fulfillment, status: str, number: int) -> None:
    said: ResultPost = read_data(f'{{"test_id": "A1", "oid": "{one.oid}", "status": "{status}"}}')
    at = timezone.now() + timedelta(seconds=number)
    recording.record(post=said, fulfillment=one, test_id="A1", received_at=at, source=f"webhook {number}")


def test_while_nothing_changed_the_answer_is_empty_and_cheap(ana: Fulfillment, sam_browser: Client) -> None:
    url = opened(sam_browser, ana)
    with CaptureQueriesContext(connection) as cheap:
        assert asks(sam_browser, url) == (204, "")
    with CaptureQueriesContext(connection) as whole:
        assert asks(sam_browser, f"/candidates/{ana.oid}/")[0] == 200
    assert (len(cheap), len(cheap) < len(whole) / 2) == (8, True)


def test_a_settled_page_still_hears_of_what_comes_later(ana: Fulfillment, sam_browser: Client) -> None:
    url = opened(sam_browser, ana)
    assert "every 20s, look" in sam_browser.get(f"/candidates/{ana.oid}/").content.decode()
    posted(ana, "Started", 1)
    status, part = asks(sam_browser, url)
    assert (status, "The candidate is taking the test." in part, part.lstrip()[:14]) == (200, True, '<div id="live"')
    url = seen(part)
    assert asks(sam_browser, url)[0] == 204

    asking.ask(oid=ana.oid, kind=CandidateRequest.Kind.MORE_TIME, text="Until Friday, please")
    status, part = asks(sam_browser, url)
    assert (status, "Until Friday, please" in part) == (200, True)
    url = seen(part)

    posted(ana, "Completed", 2)
    status, part = asks(sam_browser, url)
    assert (status, 'id="result"' in part, "Graded." in part) == (200, True, True)
    assert asks(sam_browser, seen(part))[0] == 204


def test_what_is_new_is_said_to_a_screen_reader_and_stands_once(ana: Fulfillment, sam_browser: Client) -> None:
    posted(ana, "Completed", 1)
    whole = sam_browser.get(f"/candidates/{ana.oid}/").content.decode()
    assert (whole.count('id="live-news"'), whole.count('id="result"'), "hx-swap-oob" in whole) == (1, 1, False)
    part = asks(sam_browser, f"/candidates/{ana.oid}/")[1]
    assert (part.count("hx-swap-oob"), part.count('id="result"')) == (1, 1)


def test_one_webhook_is_one_line(ana: Fulfillment, sam_browser: Client) -> None:
    posted(ana, "Started", 1)
    posted(ana, "Completed", 2)
    events = sam_browser.get(f"/candidates/{ana.oid}/").context["events"]
    assert [(str(one.what), one.detail) for one in events] == [
        ("Result recorded", "A1 · completed"),
        ("iTEP's status changed", "started"),  # which makes no result
    ]


def test_a_status_that_somebody_else_said_keeps_its_line(ana: Fulfillment, sam_browser: Client) -> None:
    progress.seen(oid=ana.oid, status_raw="Review", at=timezone.now(), by="person")
    events = sam_browser.get(f"/candidates/{ana.oid}/").context["events"]
    assert [str(one.what) for one in events] == ["iTEP's status changed"]

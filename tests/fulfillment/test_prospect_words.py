"""What giving would come to, in words, before anybody presses *Give test*."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from fulfillment.prospect_words import ProspectWords
from inventory.models import Calls, ClaimSource, Delivery, Product
from inventory.prospects import Prospect
from tests.conftest import stock

BY_SELF, MAIL = "The portal tells iTEP by itself.", "Once iTEP has it, we mail the candidate."
NEVER = "The stock: never seen in an export."


def words(delivery: str = "", deadline: date | None = None, **more: Any) -> ProspectWords:
    product = Product(code="BUS", delivery=Delivery.PORTAL, calls=Calls.API, **more.pop("product", {}))
    facts: dict[str, Any] = {"source": ClaimSource.INVENTORY, "by_hand": False, "available": 9, "outlives": 9}
    return ProspectWords.of(Prospect(product=product, **(facts | more)), delivery=delivery, deadline=deadline)


@pytest.mark.parametrize(
    ("more", "waits", "first"),
    [
        ({}, False, "It takes one of 9 available; 8 are left."),
        ({"available": 1}, False, "It takes the last available test ID."),
        ({"available": 0}, True, "It waits in order: none available."),
        ({"waiting": 1}, True, "It waits in order: 1 request waits before it."),
        ({"waiting": 4, "available": 0}, True, "It waits in order: 4 requests wait before it."),
        (
            {"product": {"paused_at": "now", "paused_because": "Bad key."}},
            True,
            "It waits: the product is paused. Bad key.",
        ),
        ({"source": ClaimSource.ITEP_PICKS}, False, "iTEP picks one of 9 available; 8 are left."),
        (
            {"source": ClaimSource.SALE, "available": 0},
            False,
            "iTEP sells a test ID for it at that moment: nothing leaves your stock.",
        ),
    ],
)
def test_whether_there_is_one_for_it(more: dict[str, Any], waits: bool, first: str) -> None:
    said = words(**more)
    assert (said.waits, said.first) == (waits, first)


def test_what_happens_then() -> None:
    assert words().then == [BY_SELF, MAIL, NEVER]
    by_hand = "By hand: a person writes it at iTEP; it stands under “To do at iTEP”."
    assert words(by_hand=True).then == [by_hand, MAIL, NEVER]
    assert words("itep").then == [BY_SELF, "iTEP mails the candidate.", NEVER]
    assert words("none").then == [BY_SELF, "Nobody is mailed: you hand the test ID out.", NEVER]
    assert words(source=ClaimSource.SALE).then == [BY_SELF, MAIL]
    oldest = "No available test ID is valid until the deadline: it takes the oldest."
    assert words(deadline=date(2027, 1, 1), outlives=0).then == [oldest, BY_SELF, MAIL, NEVER]


@pytest.mark.django_db
def test_the_page_renews_it_when_another_product_is_chosen(
    sam_browser: Client, academic: Product, called: Product
) -> None:
    stock(called, 2)
    page = sam_browser.get("/candidates/give/").content.decode()
    assert "It waits in order: none available." in page
    part = "/candidates/give/would-come-to/"
    said = sam_browser.get(part, {"product": "BUS-PLUS", "delivery": "none", "deadline": "no day"}).content.decode()
    assert "It takes one of 2 available; 1 is left." in said
    assert "Nobody is mailed" in said
    assert sam_browser.get(part, {"product": "NOPE"}).content.decode().strip() == ""

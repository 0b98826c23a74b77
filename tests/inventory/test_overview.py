"""The inventory's first page: each number of each product, their sums, what is to come and to do, and the ways on."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.actors import Actor
from inventory import claims
from inventory.models import Claim, Product, Standing, TestID
from tests.conftest import stock
from tests.inventory import past
from tests.inventory.test_purchases import ordered

pytestmark = pytest.mark.django_db
PAGE = "/inventory/"


def page(browser: Client) -> str:
    answer = browser.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_product_and_the_sums(sam_browser: Client, academic: Product, called: Product, by_sam: Actor) -> None:
    stock(academic, 9)
    stock(called, 4)
    claims.set_aside(test_id="ACADPLUS0009", actor=by_sam, reason="for the fair")
    TestID.objects.filter(test_id="ACADPLUS0008").update(standing=Standing.WITHDRAWN)
    TestID.objects.filter(test_id="BUSPLUS0004").update(standing=Standing.OUTSIDE)
    ordered(academic, by_sam, 50)
    answer = sam_browser.get(PAGE)
    rows = {row.card.product.code: row for row in answer.context["rows"]}
    numbers = ("available", "outside", "unavailable", "set_aside", "withdrawn")
    assert {code: [getattr(row.card, name) for name in numbers] for code, row in rows.items()} == {
        "ACAD-PLUS": [7, 0, 1, 1, 1],
        "BUS-PLUS": [3, 1, 0, 0, 0],
    }
    sums = answer.context["sums"]
    assert [getattr(sums, name) for name in (*numbers, "coming")] == [10, 1, 1, 1, 1, 50]
    words = answer.content.decode()
    for said in ("All together", "10 tests can be given now.", "1 set aside", "50 to come"):
        assert said in words


def test_one_product_alone_has_no_sums(sam_browser: Client, academic: Product) -> None:
    stock(academic, 1)
    assert "All together" not in page(sam_browser)


def test_it_says_how_old_the_knowledge_is(sam_browser: Client, academic: Product) -> None:
    stock(academic, 9)
    past.seen(academic, 40)
    words = page(sam_browser)
    assert "Seen at iTEP 40 days ago. A fresh export was due by" in words
    assert sam_browser.get(PAGE).context["rows"][0].is_overdue


def test_it_leads_everywhere(sam_browser: Client, academic: Product) -> None:
    words = page(sam_browser)
    for way in ("statement", "purchases", "forecast", "uploads", "todo", "unexplained", "ids"):
        assert f'href="{PAGE}{way}/"' in words, way


def test_unexplained_differences_are_counted(sam_browser: Client, academic: Product) -> None:
    stock(academic, 2)
    assert sam_browser.get(PAGE).context["unexplained_count"] == 0
    doubted = {"conflict_at": timezone.now(), "conflict_because": "x", "conflict_test_id": "ACADPLUS0001"}
    Claim.objects.create(oid=uuid4(), product=academic, source="inventory", state="waiting", **doubted)
    answer = sam_browser.get(PAGE)
    assert answer.context["unexplained_count"] == 1
    assert '<b class="late">1</b>' in answer.content.decode()
    Claim.objects.update(state="confirmed", confirmed_at=timezone.now())
    TestID.objects.filter(test_id="ACADPLUS0001").update(holder=Claim.objects.get(), holding="current")
    its_page = sam_browser.get(f"{PAGE}ids/ACADPLUS0001/").content.decode()
    assert f'href="{PAGE}unexplained/?id=ACADPLUS0001"' in its_page  # one click from its story to its repair


def test_the_products_page_lists_its_open_orders(sam_browser: Client, academic: Product, by_sam: Actor) -> None:
    today = timezone.localdate()
    address = "/inventory/products/ACAD-PLUS/"
    assert "Orders still to come" not in sam_browser.get(address).content.decode()
    one = ordered(academic, by_sam, 50, ordered_on=today - timedelta(days=9), expected_on=today - timedelta(days=1))
    words = sam_browser.get(address).content.decode()
    for said in ("Orders still to come", f"{PAGE}purchases/{one.pk}/", "0 of 50 arrived", "Overdue by 1 day"):
        assert said in words


def test_it_costs_the_same_however_many_products(sam_browser: Client, academic: Product, by_sam: Actor) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            page(sam_browser)
        return len(caught)

    stock(academic, 3)
    ordered(academic, by_sam)
    cost()
    before = cost()
    for number in range(5):
        one = Product.objects.create(code=f"P-{number}")
        stock(one, 2)
        past.given(one, [3] * 4)
        ordered(one, by_sam)
    assert cost() == before

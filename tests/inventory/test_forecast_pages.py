"""The product's page and the forecast of all: what they say, to whom, in how many statements."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory import arriving, stock_warnings
from inventory.course import Lot
from inventory.models import Product
from inventory.outlook_words import day
from tests.conftest import stock
from tests.inventory import past

pytestmark = pytest.mark.django_db
PAGE = "/inventory/products/ACAD-PLUS/"
WARN = {"act": "warn", "notice_count": "20", "low_count": "5", "notice_days": "", "low_days": "", "target_weeks": "4"}


@pytest.fixture
def used(academic: Product) -> Product:
    """28 at 7 a week, seen two days ago; 50 on their way."""
    stock(academic, 28)
    past.given(academic, [7] * 4)
    past.seen(academic, 2)
    return academic


def statements(browser: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert browser.get(address).status_code == 200
    return len(caught)


def test_the_product_says_use_end_order_and_knowledge(sam_browser: Client, used: Product) -> None:
    answer = sam_browser.get(PAGE)
    words = answer.context["words"]
    today = timezone.localdate()
    assert words.per_week == "7 a week"
    assert words.order.startswith("Order by ")
    assert words.how_many == "56 would last for 8 weeks."
    assert words.seen.startswith("Seen at iTEP 2 days ago. Check again by ")
    assert answer.context["one"].forecast.likely == today + timedelta(days=28)
    assert "Warnings and orders" not in answer.content.decode()  # administrators set them


def test_the_chart_and_its_table_hold_the_same_numbers(
    sam_browser: Client, used: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    coming = Lot(timezone.localdate() + timedelta(days=10), 50)
    monkeypatch.setattr(arriving, "by_product", lambda: {used.pk: (coming,)})
    answer = sam_browser.get(PAGE)
    chart = answer.context["chart"]
    assert chart["columns"]["values"][:5] == [28, 21, 64, 57, 50]
    assert [line["label"] for line in chart["lines"]] == ["at the soonest", "at the latest", "ordered, coming"]
    assert chart["lines"][2]["values"][:4] == [None, None, 50, None]
    assert len(chart["labels"]) == len(chart["columns"]["values"]) == len(chart["lines"][0]["values"])
    assert chart["marks"][0]["label"].startswith("Order by ")
    assert chart["marks"][0]["at"] in chart["labels"]
    assert answer.content.decode().count('<td class="num">64</td>') == 3  # likely, soonest and latest agree


def test_what_if_so_many_more_were_ordered(sam_browser: Client, used: Product) -> None:
    assert sam_browser.get(PAGE).context["what_if"] is None
    today = timezone.localdate()  # 28 last 28 days, 7 more a week longer
    words = f"then it lasts until {day(today + timedelta(days=35))}."
    assert words in sam_browser.get(f"{PAGE}?more=7").content.decode()
    for nonsense in ("0", "-1", "x", "", "999999999"):
        assert sam_browser.get(f"{PAGE}?more={nonsense}").context["what_if"] is None


def test_what_if_says_that_it_is_used_up_before_they_come(sam_browser: Client, academic: Product) -> None:
    past.given(academic, [7] * 4)
    stock(academic, 3)
    today = timezone.localdate()  # used up on day 3; on day 7 the 21 serve the 4 who wait: 17 more days
    answer = sam_browser.get(f"{PAGE}?more=21").context["what_if"]
    assert answer == (
        21,
        f"21 more would come by {day(today + timedelta(days=7))}: then it lasts until "
        f"{day(today + timedelta(days=24))}. Before that it is used up.",
    )


def test_too_little_history_is_said(sam_browser: Client, academic: Product) -> None:
    stock(academic, 20)
    past.given(academic, [6])
    answer = sam_browser.get(PAGE)
    assert "Too little history: 6 tests in 7 days. First estimate after 3 weeks." in answer.content.decode()
    assert answer.context["chart"] is None


def test_thresholds_are_set_by_administrators(sam_browser: Client, ada_browser: Client, used: Product) -> None:
    assert sam_browser.post(PAGE, WARN).status_code == 403
    assert ada_browser.post(PAGE, WARN).status_code == 302
    used.refresh_from_db()
    kept = (used.notice_count, used.low_count, used.notice_days, used.low_days, used.target_weeks)
    assert kept == (20, 5, None, None, 4)
    for wrong in (
        {"low_count": "21"},
        {"notice_days": "3", "low_days": "4"},
        {"target_weeks": "0"},
        {"low_count": "-1"},
    ):
        assert ada_browser.post(PAGE, WARN | wrong).status_code == 422
        used.refresh_from_db()
        assert (used.low_count, used.low_days, used.target_weeks) == (5, None, 4)


def test_what_was_said_and_what_expires_stand_on_the_page(sam_browser: Client, academic: Product) -> None:
    past.stock_until(academic, 2, timezone.localdate() + timedelta(days=5))
    stock_warnings.watch()
    answer = sam_browser.get(PAGE)
    assert [(free, given) for _day, free, given in answer.context["expiring"]] == [(2, 0)]
    said = [words for _row, words in answer.context["warnings"]]
    assert said[1] == "iTEP Academic-Plus runs low: 2 available"
    assert said[0].startswith("iTEP Academic-Plus: 2 test IDs expire ")


def test_ids_past_their_last_day_are_said_and_not_counted_on(sam_browser: Client, academic: Product) -> None:
    past.stock_until(academic, 2, timezone.localdate() - timedelta(days=1))
    past.stock_until(academic, 1, timezone.localdate(), first=3)
    answer = sam_browser.get(PAGE)
    assert (answer.context["one"].expired, answer.context["one"].supply.free) == (2, 1)
    assert "2 available test IDs are past their last day" in answer.content.decode()


def test_the_forecast_lists_the_worst_first(sam_browser: Client, used: Product, called: Product) -> None:
    stock(called, 100)
    past.given(called, [1] * 4)
    Product.objects.create(code="NEW")  # nothing of it yet: no stock to foresee
    answer = sam_browser.get("/inventory/forecast/")
    assert [row.one.product.code for row in answer.context["rows"]] == ["ACAD-PLUS", "BUS-PLUS"]
    assert [(id_, product.code) for id_, product, _chart in answer.context["charts"]] == [
        ("chart-0", "ACAD-PLUS"),
        ("chart-1", "BUS-PLUS"),
    ]
    for part in ('id="chart-0-data"', 'id="chart-1-data"', "7 a week", "data-print"):
        assert part in answer.content.decode()


def test_without_stock_the_forecast_says_what_to_do(sam_browser: Client, db: None) -> None:
    assert "Upload an export" in sam_browser.get("/inventory/forecast/").content.decode()


@pytest.mark.parametrize("address", ["/", "/inventory/forecast/", PAGE])
def test_pages_cost_the_same_however_many_products(sam_browser: Client, used: Product, address: str) -> None:
    statements(sam_browser, address)  # what is looked up once per process
    before = statements(sam_browser, address)
    for number in range(6):
        one = Product.objects.create(code=f"P-{number}")
        stock(one, 5)
        past.given(one, [3] * 4)
        past.seen(one)
    assert statements(sam_browser, address) == before

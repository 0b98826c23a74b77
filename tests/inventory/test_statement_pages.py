"""The stock statement as it is read: its periods, the reader's midnight, its sheet, what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from access.models import User
from inventory import ledger, queries, statement, statement_chart
from inventory.models import Product, StockMove
from inventory.statement import Period
from tests.conftest import stock

pytestmark = pytest.mark.django_db
PAGE, SHEET = "/inventory/statement/", "/inventory/statement/sheet.xlsx"
MARCH = "from=2026-03-01&to=2026-03-31"


def moved(product: Product, old: str, new: str, number: int, at: datetime) -> None:
    StockMove.objects.create(product=product, from_state=old, to_state=new, number=number, at=at)


def march(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


@pytest.fixture
def academics_march(academic: Product) -> Product:
    """50 from February; 10 came on the 3rd, 4 were given on the 5th and 1 of them freed on the 9th."""
    moved(academic, "", "available", 50, datetime(2026, 2, 3, tzinfo=UTC))
    moved(academic, "", "available", 10, march(3))
    moved(academic, "available", "claimed", 4, march(5))
    moved(academic, "claimed", "available", 1, march(9))
    moved(academic, "available", "withdrawn", 7, datetime(2026, 4, 2, tzinfo=UTC))
    return academic


def test_the_page_balances_and_says_why(sam_browser: Client, academics_march: Product) -> None:
    answer = sam_browser.get(f"{PAGE}?product=ACAD-PLUS&{MARCH}")
    one = answer.context["one"]
    assert (one.opening, one.came, one.went, one.closing) == (50, 11, 4, 57)
    assert [(line.words, line.signed) for line in answer.context["lines"]] == [
        ("Added", "+10"),
        ("Freed", "+1"),
        ("Returned", "0"),
        ("Assigned here", "−4"),
        ("Assigned outside", "0"),
        ("No longer offered by iTEP", "0"),
        ("Set aside, or not available", "0"),
    ]
    states = {
        row.word: (row.line.opening, row.line.came, row.line.went, row.line.closing) for row in answer.context["states"]
    }
    assert states["Available"] == (50, 11, 4, 57)
    assert states["Reserved"] == (0, 4, 1, 3)
    for words in ("Opening: available at the beginning", "Closing: available at the end", "iTEP Academic-Plus"):
        assert words in answer.content.decode()


def book(answer: object) -> list[tuple[object, ...]]:
    """The rows of a workbook, as whoever opens it reads them."""
    sheet = load_workbook(BytesIO(b"".join(answer)), read_only=True).worksheets[0]  # type: ignore[arg-type]
    return list(sheet.values)


def test_the_chart_and_its_table_say_each_days_end(sam_browser: Client, academics_march: Product) -> None:
    answer = sam_browser.get(f"{PAGE}?product=ACAD-PLUS&{MARCH}")
    chart = answer.context["chart"]
    assert len(chart["labels"]) == 31
    at_the_end_of = dict(zip(chart["labels"], chart["columns"]["values"], strict=True))
    days = ("1 Mar", "2 Mar", "3 Mar", "4 Mar", "5 Mar", "8 Mar", "9 Mar", "31 Mar")
    assert [at_the_end_of[day] for day in days] == [50, 50, 60, 60, 56, 56, 57, 57]
    assert answer.content.decode().count('<th scope="row">3 Mar</th><td class="num">60</td>') == 1


def test_a_long_period_is_drawn_by_weeks_and_ends_on_its_last_day() -> None:
    weeks = statement_chart.points(date(2026, 1, 1), date(2026, 12, 31))
    assert len(weeks) == 53
    assert weeks[-1] == date(2026, 12, 31)
    assert {later - one for one, later in pairwise(weeks)} == {timedelta(weeks=1)}
    assert len(statement_chart.points(date(2000, 1, 1), date(2026, 12, 31))) <= 120
    assert len(statement_chart.points(date(2026, 3, 1), date(2026, 4, 15))) == 46
    assert statement_chart.points(date(2026, 3, 1), date(2026, 3, 1)) == [date(2026, 3, 1)]


def test_available_by_day_counts_on_from_the_opening(academics_march: Product, called: Product) -> None:
    moved(called, "", "available", 5, march(3))
    period = Period(date(2026, 3, 1), date(2026, 3, 31))
    days = [date(2026, 3, 3), date(2026, 3, 5), date(2026, 3, 9)]
    assert statement.available_by_day(period, academics_march) == list(zip(days, (60, 56, 57), strict=True))
    assert statement.available_by_day(period) == list(zip(days, (65, 61, 62), strict=True))
    assert statement.available_by_day(Period(date(2026, 3, 10), date(2026, 3, 31))) == []
    assert statement.available_by_day(Period())[-1][1] == 55  # April's 7 are withdrawn


def test_available_by_day_ends_where_the_cards_count(academic: Product) -> None:
    stock(academic, 12)
    found = statement.available_by_day(Period(), academic)
    assert found == [(timezone.localdate(), queries.stock_of(academic).available)] == [(timezone.localdate(), 12)]


@pytest.mark.parametrize(("zone", "in_march"), [("UTC", 0), ("America/New_York", 6), ("Asia/Tokyo", 0)])
def test_a_day_begins_at_the_readers_midnight(
    sam_browser: Client, sam: User, academic: Product, zone: str, in_march: int
) -> None:
    sam.time_zone = zone
    sam.save()
    moved(academic, "", "available", 6, datetime(2026, 4, 1, 2, tzinfo=UTC))  # in New York still 31 March
    answer = sam_browser.get(f"{PAGE}?{MARCH}")
    assert answer.context["one"].changes["added"] == in_march
    assert zone in answer.content.decode()
    april = sam_browser.get(f"{PAGE}?from=2026-04-01&to=2026-04-30").context["one"]
    assert (april.opening, april.changes["added"]) == (in_march, 6 - in_march)
    if in_march:
        assert answer.context["chart"]["columns"]["values"][-2:] == [0, 6]


def test_it_is_this_month_unless_asked_otherwise(sam_browser: Client, academic: Product) -> None:
    stock(academic, 3)
    today = timezone.localdate()
    answer = sam_browser.get(f"{PAGE}?product=ACAD-PLUS")
    assert answer.context["form"].period == Period(today.replace(day=1), today)
    assert [(one.label, one.is_chosen) for one in answer.context["presets"]] == [
        ("This month", True),
        ("Last month", False),
        ("This year", False),
        ("All", False),
    ]
    last_month, everything = answer.context["presets"][1], answer.context["presets"][3]
    before = sam_browser.get(f"{PAGE}?{last_month.query}").context
    assert before["form"].period.last == today.replace(day=1) - timedelta(days=1)
    assert (before["one"].opening, before["one"].closing) == (0, 0)
    whole = sam_browser.get(f"{PAGE}?{everything.query}").context
    assert whole["presets"][3].is_chosen
    assert (whole["form"].period, whole["one"].closing) == (Period(), 3)


@pytest.mark.parametrize(
    ("query", "field", "error"),
    [
        ("from=2026-02-30&to=2026-03-31", "first", "Enter a valid date."),
        ("from=2026-03-01&to=soon", "last", "Enter a valid date."),
        ("from=2026-03-31&to=2026-03-01", "last", "It ends before it begins."),
        ("from=0001-01-01&to=", "first", "Take a day since 2000."),
        ("from=&to=0001-01-01", "last", "It ends before it begins."),
        ("from=9999-12-31&to=", "first", "That day is still to come."),
        ("product=NONE&from=2026-03-01&to=2026-03-31", "product", "There is no product “NONE”."),
    ],
)
def test_what_cannot_be_asked_is_said_beside_its_field(
    sam_browser: Client, academic: Product, query: str, field: str, error: str
) -> None:
    answer = sam_browser.get(f"{PAGE}?{query}")
    assert answer.context["form"].errors == {field: [error]}
    page = answer.content.decode()
    assert error in page
    assert "What could be given" not in page  # no numbers of another question
    for part in query.split("&"):
        name, value = part.split("=")
        assert not value or name == "product" or f'value="{value}"' in page
    turned_back = sam_browser.get(f"{SHEET}?{query}")
    assert turned_back.status_code == 302
    assert error in sam_browser.get(turned_back["Location"]).content.decode()


def test_a_day_far_ahead_is_up_to_now(sam_browser: Client, academics_march: Product) -> None:
    assert sam_browser.get(f"{PAGE}?from=&to=9999-12-31").context["one"].closing == 50


def test_where_the_ledger_began_later_it_says_so(sam_browser: Client, academic: Product) -> None:
    with ledger.unlocked():
        stock(academic, 4)
    with transaction.atomic():
        ledger.open_with_the_stock(connection)
    early = sam_browser.get(f"{PAGE}?from=2026-01-01&to=")
    assert early.context["began_on"] == timezone.localdate()
    assert "what moved before is not known" in early.content.decode()
    assert (early.context["one"].opening, early.context["one"].closing) == (4, 4)
    assert "They were 4 all the time" in early.content.decode()
    before = sam_browser.get(f"{PAGE}?{MARCH}")
    assert "Of a period that ended before, nothing is known." in before.content.decode()
    assert "What could be given" not in before.content.decode()  # zeros would be untrue
    assert sam_browser.get(f"{SHEET}?{MARCH}").status_code == 302
    stock(academic, 2, first=5)
    drawn = sam_browser.get(f"{PAGE}?from=2026-01-01&to=").context["chart"]
    assert drawn["columns"]["values"] == [6]  # today alone: before, nothing is known
    today = timezone.localdate().isoformat()
    assert sam_browser.get(f"{PAGE}?from={today}&to={today}").context["began_on"] is None


def test_the_sheet_has_the_pages_numbers(sam_browser: Client, academics_march: Product, called: Product) -> None:
    moved(called, "", "available", 5, march(4))
    page = sam_browser.get(f"{PAGE}?{MARCH}")
    answer = sam_browser.get(f"{SHEET}?{MARCH}")
    assert "stock-statement-2026-03-01-2026-03-31.xlsx" in answer["Content-Disposition"]
    header, *rows = book(answer)
    assert [row[0] for row in rows] == ["ACAD-PLUS", "BUS-PLUS", "All"]
    named = [dict(zip(header, row, strict=True)) for row in rows]
    assert len(set(header)) == len(header)
    for name, (_product, one) in zip(named, page.context["by_product"], strict=False):
        assert name["Available at the beginning"] == one.opening
        assert name["Available at the end"] == one.closing
    total = named[2]
    for line in page.context["lines"]:
        assert total[line.words] == line.number
    for row in page.context["states"]:
        its = [total[f"{row.word}: {column}"] for column in ("at the beginning", "in", "out", "at the end")]
        assert its == [row.line.opening, row.line.came, row.line.went, row.line.closing]
    one_alone = book(sam_browser.get(f"{SHEET}?product=BUS-PLUS&{MARCH}"))
    assert [row[0] for row in one_alone] == ["Product code", "BUS-PLUS"]


def test_without_products_it_says_what_to_do(sam_browser: Client) -> None:
    page = sam_browser.get(PAGE).content.decode()
    assert "Nothing to reckon yet." in page
    assert "Upload an export" in page


def test_who_has_no_role_sees_no_statement(nobody: User, academic: Product) -> None:
    stranger = Client()
    stranger.force_login(nobody)
    for page in (PAGE, SHEET):
        assert stranger.get(page).status_code == 403
        assert Client().get(page).status_code == 302


def test_it_costs_the_same_however_many_products(sam_browser: Client, academics_march: Product) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert sam_browser.get(f"{PAGE}?from=&to=").status_code == 200
        return len(caught)

    cost()
    before = cost()
    for number in range(5):
        stock(Product.objects.create(code=f"P-{number}"), 2)
    assert cost() == before


@pytest.mark.parametrize("page", ["/inventory/products/ACAD-PLUS/", "/reports/"])
def test_other_pages_lead_there(sam_browser: Client, academic: Product, page: str) -> None:
    assert PAGE in sam_browser.get(page).content.decode()

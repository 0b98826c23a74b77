"""Today's stock: the cards, what of it needs a person, the day to order by in the weeks; and the way to reports."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from access.models import User
from fulfillment.models import Fulfillment
from inventory import outlooks, stock_mails, stock_warnings
from inventory.models import Claim, MailsTo, Product
from portal.today import stock as today_stock
from portal.today import weeks
from tests.conftest import stock
from tests.inventory import past

pytestmark = pytest.mark.django_db


def needs() -> list[str]:
    return [need.what for need in today_stock.needs(outlooks.outlooks())]


def test_a_card_reads_as_the_screens_say(ada: User, academic: Product) -> None:
    stock(academic, 37)
    past.given(academic, [10, 12, 8, 14])
    past.seen(academic, 2)
    [card] = today_stock.cards(outlooks.outlooks())
    soonest = timezone.localdate() + timedelta(days=20)  # 13 a week
    assert card.pace.startswith("11 a week: lasts until ")
    assert (card.order.startswith("Order by "), card.order.endswith("(7 days' lead).")) == (True, True)
    assert outlooks.of(academic).forecast.soonest == soonest
    assert card.seen.startswith("Seen at iTEP 2 days ago. Check again by ")
    assert (card.urgent, card.overdue) == (True, False)  # it lasts less than 28 days


def test_what_runs_low_comes_first_and_needs_a_person(ada: User, academic: Product, called: Product) -> None:
    stock(academic, 100)
    stock(called, 2)
    stock_warnings.watch()
    assert [card.code for card in today_stock.cards(outlooks.outlooks())] == ["BUS-PLUS", "ACAD-PLUS"]
    [need] = today_stock.needs(outlooks.outlooks())
    assert need.what == "iTEP Business-Plus runs low: 2 available"
    assert (need.since is not None, need.acts[0].url) == (True, "/inventory/products/BUS-PLUS/")


def test_old_knowledge_needs_a_person(ada: User, academic: Product) -> None:
    stock(academic, 100)
    past.seen(academic, 31)
    assert needs() == ["iTEP Academic-Plus: iTEP's stock was not looked at for long"]
    past.seen(academic)
    assert needs() == []


def test_that_nobody_is_mailed_is_said(ada: User, academic: Product) -> None:
    stock(academic, 100)
    assert needs() == []
    stock_mails.change(actor=stock_warnings.WATCH, to=MailsTo.NOBODY, addresses="", digest_on=0)
    assert needs() == ["Nobody gets mail about the stock"]


def test_the_day_to_order_by_stands_in_the_weeks(ada: User, academic: Product) -> None:
    today = timezone.localdate()
    past.given(academic, [7] * 4)
    for claim in Claim.objects.all():
        Fulfillment.objects.create(
            oid=claim.oid,
            claim=claim,
            product=academic,
            name="Ana",
            origin="staff",
            state="sent",
            delivery="portal",
            assigned_at=claim.confirmed_at,
        )
    stock(academic, 28)  # 28 days, 7 of them the lead
    chart = weeks.chart(today, outlooks.outlooks())
    assert chart is not None
    order_by = today + timedelta(days=21)
    assert chart["marks"] == [
        {"label": f"Order iTEP Academic-Plus by {date_format(order_by, 'j M')}", "at": chart["labels"][-1]}
    ]
    assert len(chart["labels"]) == 12 + (weeks.monday(order_by) - weeks.monday(today)).days // 7
    assert (chart["columns"]["values"][-1], chart["lines"][0]["values"][-1]) == (None, None)
    assert sum(value or 0 for value in chart["columns"]["values"]) == 28


def test_what_is_due_already_stands_in_this_week(ada: User, academic: Product) -> None:
    past.given(academic, [7] * 4)
    stock(academic, 3)
    assert weeks._mark(timezone.localdate(), outlooks.outlooks()) == (
        "Order iTEP Academic-Plus now",
        timezone.localdate(),
    )


def test_reports_lead_to_the_forecast(sam_browser: Client, db: None) -> None:
    shown = sam_browser.get("/reports/").content.decode()
    assert 'href="/inventory/forecast/"' in shown
    assert "Reports" in sam_browser.get("/").content.decode()


def test_reports_are_for_staff(client: Client, nobody: User) -> None:
    assert client.get("/reports/").status_code == 302
    client.force_login(nobody)
    assert client.get("/reports/").status_code == 403

"""Orders on their pages: who may enter them, what is refused beside which field, what an export brings, their story."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry, User
from inventory import arriving, purchase_words, purchases, reconciliation
from inventory.course import Lot
from inventory.models import Arrival, Product, Purchase
from tests.inventory.test_purchases import exported, ordered

pytestmark = pytest.mark.django_db
LIST, NEW = "/inventory/purchases/", "/inventory/purchases/new/"
ORDER = {
    "product": "ACAD-PLUS",
    "count": "50",
    "ordered_on": "2026-03-04",
    "expected_on": "2026-03-11",
    "price": "129",
    "currency": "usd",
    "distributor": "X Ltd",
    "note": "",
}
CORRECT = {name: value for name, value in ORDER.items() if name != "product"} | {"act": "correct"}


def page_of(one: Purchase) -> str:
    return f"{LIST}{one.pk}/"


def everything() -> list[Any]:
    """What a refusal must leave as it was."""
    kept: list[Any] = [list(model.objects.order_by("pk").values()) for model in (Purchase, Arrival)]
    return [*kept, AuditEntry.objects.filter(verb__startswith="purchase.").count()]


def test_an_order_is_entered_and_said_in_one_sentence(ada_browser: Client, academic: Product) -> None:
    answer = ada_browser.post(NEW, ORDER)
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    one = Purchase.objects.get()
    assert (one.count, one.price, one.currency, one.distributor) == (50, Decimal(129), "USD", "X Ltd")
    page = ada_browser.get(LIST)
    assert "Ordered 50 on 4 March at 129 USD from X Ltd, expected 11 March" in page.content.decode()
    assert "0 of 50 arrived" in page.content.decode()
    assert page.context["outstanding"] == 50
    assert arriving.by_product() == {academic.pk: (Lot(date(2026, 3, 11), 50),)}


def test_the_form_knows_the_product(ada_browser: Client, academic: Product) -> None:
    Product.objects.filter(pk=academic.pk).update(lead_days=9, price=Decimal("12.50"), currency="EUR")
    today = timezone.localdate()
    form = ada_browser.get(f"{NEW}?product=ACAD-PLUS").context["form"]
    prefilled = {name: form[name].value() for name in ("ordered_on", "expected_on", "price", "currency")}
    assert prefilled == {
        "ordered_on": today,
        "expected_on": today + timedelta(days=9),
        "price": Decimal("12.50"),
        "currency": "EUR",
    }
    ada_browser.post(NEW, ORDER | {"expected_on": "", "price": "", "currency": "", "distributor": ""})
    one = Purchase.objects.get()
    assert one.expected_on == date(2026, 3, 13)
    assert purchase_words.sentence(one) == "Ordered 50 on 4 March from iTEP, expected 13 March"


@pytest.mark.parametrize(
    ("wrong", "field", "error"),
    [
        ({"product": "NONE"}, "product", "There is no product “NONE”."),
        ({"count": "0"}, "count", "Ensure this value is greater than or equal to 1."),
        ({"count": "many"}, "count", "Enter a whole number."),
        ({"ordered_on": "4 March"}, "ordered_on", "Enter a valid date."),
        ({"ordered_on": "9999-12-31", "expected_on": ""}, "ordered_on", "That day is still to come."),
        ({"expected_on": "2026-03-03"}, "expected_on", "That is before it was ordered."),
        ({"currency": ""}, "currency", "Say in which currency the price is."),
        ({"currency": "$"}, "currency", "Three letters, as USD."),
        ({"price": "-1"}, "price", "Ensure this value is greater than or equal to 0."),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(
    ada_browser: Client, academic: Product, wrong: dict[str, str], field: str, error: str
) -> None:
    before = everything()
    answer = ada_browser.post(NEW, ORDER | wrong)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [error]}
    assert error in answer.content.decode()
    assert 'value="X Ltd"' in answer.content.decode()  # nothing that was typed is lost
    assert everything() == before


def test_staff_read_and_do_not_enter(sam_browser: Client, academic: Product, by_sam: Actor) -> None:
    one = ordered(academic, by_sam)
    before = everything()
    for page in (LIST, page_of(one)):
        words = sam_browser.get(page).content.decode()
        assert "Administrators enter and change orders." in words
        assert "disabled" in words
        assert "<form" not in words.split("<main")[1].replace('<form class="filters"', "")
    assert sam_browser.get(NEW).status_code == sam_browser.post(NEW, ORDER).status_code == 403
    for post in (CORRECT, {"act": "cancel", "reason": "x"}, {"act": "arrived", "arrived": "5", "reason": "x"}):
        assert sam_browser.post(page_of(one), post).status_code == 403
    assert everything() == before


def test_who_has_no_role_sees_nothing(nobody: User, academic: Product, by_sam: Actor) -> None:
    stranger = Client()
    stranger.force_login(nobody)
    for page in (LIST, NEW, page_of(ordered(academic, by_sam))):
        assert stranger.get(page).status_code == 403
        assert Client().get(page).status_code == 302


def test_an_export_is_counted_once_and_named(ada_browser: Client, academic: Product, by_sam: Actor) -> None:
    one = ordered(academic, by_sam, 50)
    upload = exported(by_sam, *((f"NEW{number:02}", "") for number in range(30)))
    page = ada_browser.get(LIST).content.decode()
    assert "30 of 50 arrived" in page
    assert f'<a href="/inventory/uploads/{upload.pk}/">30 · upload {upload.pk}, rows 2 to 31</a>' in page

    before = everything()
    assert purchases.arrived_by_upload(upload=upload, actor=by_sam) == 0
    with pytest.raises(reconciliation.CannotApply):
        reconciliation.apply(upload_id=upload.pk, actor=by_sam)
    again = exported(by_sam, *((f"NEW{number:02}", "") for number in range(30)))
    assert again.pk != upload.pk
    assert everything() == before

    exported(by_sam, *((f"NEW{number:02}", "") for number in range(55)))
    answer = ada_browser.get(LIST)
    assert answer.context["coming"] == []
    assert [row.arrived for row in answer.context["closed"]] == ["50 of 50 arrived"]
    assert [each.count for each in one.arrivals.all()] == [30, 20]
    assert list(Arrival.objects.filter(purchase=None).values_list("count", flat=True)) == [5]


def test_open_ones_stand_first_and_overdue_is_marked(sam_browser: Client, academic: Product, by_sam: Actor) -> None:
    today = timezone.localdate()
    day = today - timedelta(days=9)
    later = ordered(academic, by_sam, ordered_on=day, expected_on=today)
    late = ordered(academic, by_sam, ordered_on=day, expected_on=today - timedelta(days=2))
    here = ordered(academic, by_sam, ordered_on=day, expected_on=today)
    dropped = ordered(academic, by_sam, ordered_on=day, expected_on=today - timedelta(days=1))
    purchases.state_arrived(purchase_id=here.pk, actor=by_sam, arrived=5, reason="counted")
    purchases.cancel(purchase_id=dropped.pk, actor=by_sam, reason="too dear")
    answer = sam_browser.get(LIST)
    said = {name: [(row.one.pk, row.state) for row in answer.context[name]] for name in ("coming", "closed")}
    assert said == {
        "coming": [(late.pk, "Overdue by 2 days"), (later.pk, "On its way")],
        "closed": [(dropped.pk, "Cancelled"), (here.pk, "All here")],
    }
    assert "too dear" in answer.content.decode()


def test_the_list_is_of_one_product_where_asked(
    sam_browser: Client, academic: Product, called: Product, by_sam: Actor
) -> None:
    ordered(academic, by_sam)
    other = ordered(called, by_sam)
    answer = sam_browser.get(f"{LIST}?product=BUS-PLUS")
    assert [row.one for row in answer.context["coming"]] == [other]
    assert "There is no product “NONE”." in sam_browser.get(f"{LIST}?product=NONE").content.decode()


def test_it_is_corrected_closed_opened_and_cancelled_with_its_story(
    ada_browser: Client, academic: Product, by_sam: Actor
) -> None:
    one = ordered(academic, by_sam, 50)
    page = page_of(one)
    assert ada_browser.post(page, CORRECT | {"count": "60"}).status_code == 302
    assert ada_browser.post(page, {"act": "arrived", "arrived": "60", "reason": "counted"}).status_code == 302
    assert ada_browser.post(page, {"act": "arrived", "arrived": "20", "reason": "miscounted"}).status_code == 302
    assert ada_browser.post(page, {"act": "cancel", "reason": "too dear"}).status_code == 302
    one.refresh_from_db()
    assert (one.count, one.arrived, one.is_open, one.cancelled_because) == (60, 20, False, "too dear")
    told = [(event.what, event.who, event.detail, event.reason) for event in ada_browser.get(page).context["events"]]
    assert told == [
        ("Cancelled: no more is expected", "Ada Admin", "40 had not arrived.", "too dear"),
        ("A person said how many have arrived", "Ada Admin", "20 instead of 60.", "miscounted"),
        ("A person said how many have arrived", "Ada Admin", "60 instead of 0.", "counted"),
        ("Corrected", "Ada Admin", "how many, currency, from whom, price", ""),
        ("Entered", "Sam Staff", "", ""),
    ]


@pytest.mark.parametrize(
    ("post", "form", "field", "error"),
    [
        (CORRECT | {"count": "4"}, "correct", "count", "5 have arrived already."),
        ({"act": "arrived", "arrived": "11", "reason": "x"}, "arrived", "arrived", "Only 10 were ordered."),
        ({"act": "arrived", "arrived": "9", "reason": " "}, "arrived", "reason", "This field is required."),
        ({"act": "cancel", "reason": ""}, "cancel", "reason", "This field is required."),
    ],
)
def test_a_refused_act_says_why_and_changes_nothing(
    ada_browser: Client, academic: Product, by_sam: Actor, post: dict[str, str], form: str, field: str, error: str
) -> None:
    one = ordered(academic, by_sam, 10)
    purchases.state_arrived(purchase_id=one.pk, actor=by_sam, arrived=5, reason="counted")
    before = everything()
    answer = ada_browser.post(page_of(one), post)
    assert answer.status_code == 422
    assert answer.context[form].errors == {field: [error]}
    assert error in answer.content.decode()
    assert everything() == before


def test_what_is_closed_cannot_be_cancelled(ada_browser: Client, academic: Product, by_sam: Actor) -> None:
    one = ordered(academic, by_sam)
    purchases.state_arrived(purchase_id=one.pk, actor=by_sam, arrived=5, reason="counted")
    before = everything()
    assert ada_browser.post(page_of(one), {"act": "cancel", "reason": "x"}).status_code == 422
    assert ada_browser.post(page_of(one), {"act": "dance"}).status_code == 404
    assert ada_browser.get(f"{LIST}999/").status_code == 404
    assert everything() == before


def test_without_orders_it_says_what_to_do(ada_browser: Client, sam_browser: Client, academic: Product) -> None:
    assert NEW in ada_browser.get(LIST).content.decode()
    assert "No orders yet." in sam_browser.get(LIST).content.decode()
    assert (
        "No order of iTEP Academic-Plus was entered." in sam_browser.get(f"{LIST}?product=ACAD-PLUS").content.decode()
    )


def test_the_list_costs_the_same_however_many(sam_browser: Client, academic: Product, by_sam: Actor) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert sam_browser.get(LIST).status_code == 200
        return len(caught)

    one, other = ordered(academic, by_sam, 50), ordered(academic, by_sam)
    purchases.state_arrived(purchase_id=other.pk, actor=by_sam, arrived=5, reason="counted")
    purchases.state_arrived(purchase_id=one.pk, actor=by_sam, arrived=1, reason="counted")
    cost()
    before = cost()
    for _n in range(4):
        more, done = ordered(academic, by_sam, 50), ordered(academic, by_sam)
        purchases.state_arrived(purchase_id=more.pk, actor=by_sam, arrived=1, reason="counted")
        purchases.state_arrived(purchase_id=done.pk, actor=by_sam, arrived=5, reason="counted")
    assert cost() == before


@pytest.mark.parametrize("page", ["/inventory/products/ACAD-PLUS/", "/reports/"])
def test_other_pages_lead_there(sam_browser: Client, academic: Product, page: str) -> None:
    assert LIST in sam_browser.get(page).content.decode()

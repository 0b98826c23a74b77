"""*Give a test*: sent twice it gives once, a yes is for what was shown, and nothing that was typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from fulfillment import deadlines, progress
from fulfillment.earlier_results import counts_until
from fulfillment.models import Fulfillment
from fulfillment.provisioning import set_person
from inventory.models import Product, TestID
from tests.conftest import stock
from tests.fulfillment.conftest import ANA, Give
from tests.given import given
from tests.results.conftest import recorded

pytestmark = pytest.mark.django_db
URL = "/candidates/give/"


def form(product: Product, **more: str) -> dict[str, str]:
    asked = {"product": product.code, "name": ANA.name, "email": ANA.email, "external_id": ANA.external_id}
    return asked | {"once": str(uuid4())} | more


@pytest.fixture
def tested(called: Product) -> Fulfillment:
    """Ana has a result of this product that counts for a year."""
    stock(called, 3)
    called.result_valid_months = 12
    called.save()
    one = given(called, "ID1", itep_status="completed")
    set_person(one, ANA)
    one.save()
    day = deadlines.today()
    recorded(one, TestDate=f"{day.month}/{day.day}/{day.year}", Overall_Level="3.1", Overall_cefr="B1")
    return one


def test_a_form_that_is_sent_twice_gives_once(sam_browser: Client, called: Product) -> None:
    stock(called, 2)
    once = form(called)
    there = {sam_browser.post(URL, once)["Location"] for _ in range(2)}
    assert there == {f"/candidates/{once['once']}/"}
    assert (Fulfillment.objects.count(), TestID.objects.available().count()) == (1, 1)


def test_even_where_a_second_test_was_said_yes_to(sam_browser: Client, called: Product, give_test: Give) -> None:
    """The guard alone would let the second click through: it was said yes to."""
    stock(called, 3)
    first = give_test(called)
    asked = form(called, allow_duplicate=str(first.oid))
    assert [sam_browser.post(URL, asked).status_code for _ in range(2)] == [302, 302]
    assert Fulfillment.objects.count() == 2


def test_the_old_form_with_another_person_in_it_is_another_request(sam_browser: Client, called: Product) -> None:
    """Whoever goes back in the browser, to give the next one."""
    stock(called, 2)
    ana = form(called)
    sam_browser.post(URL, ana)
    ben = ana | {"name": "Ben", "email": "ben@example.org", "external_id": ""}
    assert sam_browser.post(URL, ben)["Location"] != f"/candidates/{ana['once']}/"
    assert sorted(Fulfillment.objects.values_list("name", flat=True)) == ["Ana Silva", "Ben"]


def test_a_yes_is_for_the_test_that_was_shown(sam_browser: Client, called: Product, give_test: Give) -> None:
    first = give_test(called)
    shown = sam_browser.post(URL, form(called))
    assert (shown.status_code, f'value="{first.oid}"' in shown.content.decode()) == (422, True)
    other = give_test(called, type(ANA)("Ben", "ben@example.org"))
    for wrong in ("on", str(other.oid)):
        assert sam_browser.post(URL, form(called, allow_duplicate=wrong)).status_code == 422
    assert Fulfillment.objects.count() == 2
    assert sam_browser.post(URL, form(called, allow_duplicate=str(first.oid))).status_code == 302
    assert Fulfillment.objects.count() == 3


def test_a_result_that_counts_is_shown_before_an_id_is_spent(
    sam_browser: Client, called: Product, tested: Fulfillment
) -> None:
    shown = sam_browser.post(URL, form(called, note="Keep this"))
    page = shown.content.decode()
    assert (shown.status_code, "have an open test" in page) == (422, False)
    until = counts_until(deadlines.today(), 12)
    for words in ("3.1", "B1", f"/candidates/{tested.oid}/", f'datetime="{until}"', "Keep this"):
        assert words in page
    assert (Fulfillment.objects.count(), TestID.objects.available().count()) == (1, 3)
    assert sam_browser.post(URL, form(called, allow_duplicate=str(tested.oid))).status_code == 422
    assert sam_browser.post(URL, form(called, allow_earlier_result=str(tested.oid))).status_code == 302
    assert Fulfillment.objects.count() == 2


def test_both_questions_stand_at_once_and_a_tick_is_kept(
    sam_browser: Client, called: Product, tested: Fulfillment, give_test: Give
) -> None:
    second = give_test(called, allow_earlier_result=True)
    progress.seen(oid=second.oid, status_raw="Started", at=second.created_at, by="webhook")
    page = sam_browser.post(URL, form(called, allow_duplicate=str(second.oid))).content.decode()
    boxes = dict(re.findall(r'<input type="checkbox"\s+id="(\w+)"[^>]*?value="[^"]+"\s*(checked)?>', page))
    assert boxes == {"id_allow_duplicate": "checked", "id_allow_earlier_result": ""}
    assert Fulfillment.objects.count() == 2
    both = {"allow_duplicate": str(second.oid), "allow_earlier_result": str(tested.oid)}
    assert sam_browser.post(URL, form(called, **both)).status_code == 302
    assert Fulfillment.objects.count() == 3


def test_nothing_typed_is_lost_where_it_is_refused(sam_browser: Client, called: Product, give_test: Give) -> None:
    give_test(called)
    asked = form(
        called,
        language="pt-br",
        delivery="none",
        deadline=str(deadlines.today() + timedelta(days=9)),
        reference="req-1",
        note="Three\nlines < here",
    )
    bound = sam_browser.post(URL, asked).context["form"]
    assert {name: bound[name].value() for name in asked} == asked


def test_a_language_that_is_on_is_chosen_by_its_own_name(sam_browser: Client, called: Product) -> None:
    page = sam_browser.get(URL).content.decode()
    for words in ('<option value="pt">Português</option>', '<option value="en">English</option>'):
        assert words in page
    assert "Français" not in page
    assert sam_browser.post(URL, form(called, language="tlh")).status_code == 302  # known of a system that gave it
    assert Fulfillment.objects.get().language == "tlh"
    refused = sam_browser.post(URL, form(called, name="Ben", external_id="", language="not a tag"))
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["language"])


def test_what_the_address_says_stands_in_the_form(sam_browser: Client, called: Product, academic: Product) -> None:
    page = sam_browser.get(URL, {"product": "BUS-PLUS", "name": "Ana"})
    assert page.context["form"]["name"].value() == "Ana"
    assert page.context["words"].first == "It waits in order: none available."

"""The pages of the room, as a browser asks for them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from access.models import AuditEntry, User
from inventory import claims, queries, texts
from inventory.models import Calls, ClaimState, Product, Standing, TestID
from inventory.queries import Filters
from itep.client import Outcome
from tests.conftest import stock
from tests.inventory.conftest import Desk, claim_of, held, row_of


@pytest.fixture(autouse=True)
def _composed() -> None:
    texts.register(lambda oid: f'{{"name": "Ana Silva", "oid": "{oid}"}}')


def test_every_page_answers_staff_and_refuses_those_without_a_role(
    hand: Desk, sam_browser: Client, nobody: User
) -> None:
    stock(hand.product, 2)
    hand.open()
    pages = [
        reverse("inventory:overview"),
        reverse("inventory:product", kwargs={"code": "ACAD-PLUS"}),
        reverse("inventory:test_ids"),
        reverse("inventory:statement"),
        reverse("inventory:purchases"),
        reverse("inventory:test_ids") + "?q=plus0001&product=ACAD-PLUS&state=claimed",
        reverse("inventory:test_id", kwargs={"test_id": "ACADPLUS0001"}),
        reverse("inventory:add"),
        reverse("inventory:todo"),
    ]
    stranger = Client()
    stranger.force_login(nobody)
    for page in pages:
        assert sam_browser.get(page).status_code == 200, page
        assert stranger.get(page).status_code == 403, page
        assert Client().get(page).status_code == 302, page


def test_what_is_not_there_is_not_found(sam_browser: Client) -> None:
    for url in ("products/NONE/", "ids/NONE/"):
        assert sam_browser.get(f"/inventory/{url}").status_code == 404
    assert sam_browser.post(f"/inventory/todo/{uuid4()}/done/").status_code == 404


def test_the_list_is_filtered(hand: Desk) -> None:
    stock(hand.product, 3)
    hand.open()
    TestID.objects.filter(test_id="ACADPLUS0003").update(standing=Standing.OUTSIDE)
    assert [one.test_id for one in queries.test_ids(Filters(state="claimed"))] == ["ACADPLUS0001"]
    assert [one.test_id for one in queries.test_ids(Filters(state="available"))] == ["ACADPLUS0002"]
    assert [one.test_id for one in queries.test_ids(Filters(state="assigned_outside"))] == ["ACADPLUS0003"]
    assert [one.test_id for one in queries.test_ids(Filters(search="0002", product="ACAD-PLUS"))] == ["ACADPLUS0002"]
    assert queries.test_ids(Filters(product="OTHER")).count() == 0


def test_the_cards_count_by_state(desk: Desk) -> None:
    stock(desk.product, 8)
    desk.at(ClaimState.RESERVED)
    desk.at(ClaimState.UNKNOWN)
    confirmed = desk.at(ClaimState.CONFIRMED)
    TestID.objects.filter(test_id=held(confirmed)).update(progress="started")
    claims.cancel(oid=desk.at(ClaimState.CONFIRMED), actor=desk.actor, reason="ill")
    TestID.objects.filter(test_id="BUSPLUS0006").update(standing=Standing.OUTSIDE)
    TestID.objects.filter(test_id="BUSPLUS0007").update(standing=Standing.WITHDRAWN)
    card = queries.stock_of(desk.product)
    counts = (card.available, card.reserved, card.assigned, card.in_test, card.outside, card.unavailable)
    assert counts == (2, 2, 2, 1, 1, 0)
    assert (card.withdrawn, card.total, card.waiting) == (1, 8, 0)


def test_done_is_by_itep_s_latest_word_and_what_is_set_aside_is_named(desk: Desk) -> None:
    stock(desk.product, 4)
    for word in (
        {"progress": "completed"},
        {"progress": "invalidated"},
        {"progress": "finished", "status": "completed"},
    ):
        row = TestID.objects.filter(test_id=held(desk.at(ClaimState.CONFIRMED)))
        row.update(progress_at=timezone.now() - timedelta(days=1), **word)
    claims.set_aside(test_id="BUSPLUS0004", actor=desk.actor, reason="for the fair")
    card = queries.stock_of(desk.product)
    assert (card.assigned, card.in_test, card.done) == (3, 0, 3)
    assert (card.available, card.unavailable, card.set_aside) == (0, 1, 1)


def test_cards_cost_few_statements(desk: Desk, academic: Product, django_assert_num_queries: object) -> None:
    assert callable(django_assert_num_queries)
    stock(desk.product, 2)
    with django_assert_num_queries(4):
        queries.stock_by_product()


def test_only_administrators_change_a_product(hand: Desk, sam_browser: Client, ada_browser: Client) -> None:
    page = reverse("inventory:product", kwargs={"code": "ACAD-PLUS"})
    assert b'name="new_key"' not in sam_browser.get(page).content
    assert sam_browser.post(page, {"act": "pause"}).status_code == 403
    assert Product.objects.get().paused_at is None
    assert ada_browser.post(page, {"act": "pause", "reason": "a look"}).status_code == 302
    assert Product.objects.get().paused_because == "a look"
    assert ada_browser.post(page, {"act": "resume"}).status_code == 302
    assert Product.objects.get().paused_at is None


def test_settings_are_saved_and_the_key_is_never_shown(ada_browser: Client, called: Product) -> None:
    page = reverse("inventory:product", kwargs={"code": "BUS-PLUS"})
    assert b"key-of-business" not in ada_browser.get(page).content
    form = {"act": "save", "name": "Business", "source": "inventory", "delivery": "portal", "calls": "api"}
    form |= {"lead_days": "9", "assigned_to_keys": "{}"}
    assert ada_browser.post(page, form).status_code == 302
    product = Product.objects.get()
    assert (product.name, product.lead_days, product.api_key) == ("Business", 9, "key-of-business")
    ada_browser.post(page, {**form, "new_key": "another-key-42"})
    assert Product.objects.get().api_key == "another-key-42"
    changed = AuditEntry.objects.filter(verb="product.changed").values_list("detail", flat=True)
    assert list(changed) == [{"fields": ["lead_days", "name"]}, {"fields": ["api_key"]}]
    assert ada_browser.post(page, {**form, "lead_days": "soon"}).status_code == 422


def test_how_long_a_result_counts_is_set_with_the_rest(
    ada_browser: Client, sam_browser: Client, called: Product
) -> None:
    page = reverse("inventory:product", kwargs={"code": "BUS-PLUS"})
    form = {"act": "save", "source": "inventory", "delivery": "portal", "calls": "api", "lead_days": "7"}
    form |= {"name": called.name, "assigned_to_keys": "{}"}
    for wrong in ("0", "121", "a year"):
        assert ada_browser.post(page, {**form, "result_valid_months": wrong}).status_code == 422
    assert Product.objects.get().result_valid_months is None
    assert ada_browser.post(page, {**form, "result_valid_months": "24"}).status_code == 302
    assert Product.objects.get().result_valid_months == 24
    assert AuditEntry.objects.get(verb="product.changed").detail == {"fields": ["result_valid_months"]}
    assert "Months that a result counts" in sam_browser.get(page).content.decode()
    assert ada_browser.post(page, {**form, "result_valid_months": ""}).status_code == 302
    assert Product.objects.get().result_valid_months is None


def test_a_new_product(ada_browser: Client, sam_browser: Client) -> None:
    page = reverse("inventory:product_new")
    form = {"code": "NEW-1", "source": "sale", "delivery": "none", "calls": "api", "lead_days": "7"}
    assert sam_browser.post(page, form).status_code == 403
    assert ada_browser.post(page, form).status_code == 302
    product = Product.objects.get()
    assert (product.code, product.source, product.delivery, product.calls) == ("NEW-1", "sale", "none", "api")


def test_bad_lines_are_named_at_once_and_nothing_is_written(sam_browser: Client, academic: Product) -> None:
    stock(academic, 1)
    lines = "new1, pw\nACADPLUS0001\n\nnew1\n" + "x" * 65 + "\nnew2"
    form = {"product": "ACAD-PLUS", "lines": lines}
    answer = sam_browser.post(reverse("inventory:add"), form)
    assert answer.status_code == 422
    assert [line.number for line in answer.context["read"].bad] == [2, 4, 5]
    assert TestID.objects.count() == 1
    assert sam_browser.post(reverse("inventory:add"), {**form, "good_only": "1"}).status_code == 302
    assert TestID.objects.count() == 3
    row = row_of("NEW1")
    assert (row.said_by, row.password, row.is_available) == ("person", "pw", True)
    entry = AuditEntry.objects.get(test_id="NEW1")
    assert (entry.verb, entry.source) == ("test_id.added", "by hand")


def test_a_story_masks_until_somebody_asks(hand: Desk, sam_browser: Client) -> None:
    stock(hand.product, 1)
    oid = hand.open()
    claims.done_at_itep(oid=oid, actor=hand.actor, password="s3cret")
    page = reverse("inventory:test_id", kwargs={"test_id": "ACADPLUS0001"})
    masked = sam_browser.get(page).content
    assert b"Silva" not in masked
    assert b"s3cret" not in masked
    shown = sam_browser.post(page, {"act": "reveal"}).content
    assert b"Silva" in shown
    assert b"s3cret" in shown
    assert AuditEntry.objects.filter(verb="test_id.shown", test_id="ACADPLUS0001").count() == 1


def test_acts_on_an_id_need_a_reason(hand: Desk, sam_browser: Client) -> None:
    stock(hand.product, 1)
    page = reverse("inventory:test_id", kwargs={"test_id": "ACADPLUS0001"})
    sam_browser.post(page, {"act": "set_aside", "reason": ""})
    assert row_of("ACADPLUS0001").set_aside_at is None
    sam_browser.post(page, {"act": "set_aside", "reason": "for the fair"})
    assert row_of("ACADPLUS0001").set_aside_at is not None
    sam_browser.post(page, {"act": "take_back"})
    assert row_of("ACADPLUS0001").is_available is True
    assert sam_browser.post(page, {"act": "burn"}).status_code == 400


def test_copying_takes_the_text_and_done_confirms(hand: Desk, sam_browser: Client) -> None:
    stock(hand.product, 1)
    oid = hand.open()
    answer = sam_browser.post(f"/inventory/todo/{oid}/taken/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert b"text taken" in answer.content
    assert (claim_of(oid).state, claim_of(oid).by_hand) == ("unknown", True)
    sam_browser.post(f"/inventory/todo/{oid}/not_done/")
    assert claim_of(oid).state == ClaimState.RESERVED
    sam_browser.post(f"/inventory/todo/{oid}/done/", {"test_id": "acadplus0001"})
    assert claim_of(oid).state == ClaimState.CONFIRMED
    assert queries.todo_at_itep().assign == []


def test_looking_at_the_list_takes_nothing(hand: Desk, sam_browser: Client) -> None:
    stock(hand.product, 1)
    oid = hand.open()
    sam_browser.get(reverse("inventory:todo"))
    for way in ("todo_sheet", "todo_print"):
        assert sam_browser.get(reverse(f"inventory:{way}")).headers["Location"] == reverse("inventory:todo")
    assert claim_of(oid).state == ClaimState.RESERVED


@pytest.mark.parametrize("way", ["todo_sheet", "todo_print"])
def test_what_stands_on_a_list_counts_as_taken(hand: Desk, sam_browser: Client, way: str) -> None:
    stock(hand.product, 2)
    oids = [hand.open(), hand.open()]
    assert sam_browser.post(reverse(f"inventory:{way}")).status_code == 200
    assert {claim_of(oid).state for oid in oids} == {"unknown"}


def test_what_itep_put_off_can_be_done_by_hand_and_what_is_to_clear_is_listed(desk: Desk, sam_browser: Client) -> None:
    stock(desk.product, 3)
    desk.at(ClaimState.RESERVED)
    put_off = desk.at(ClaimState.CALLING)
    desk.answer(put_off, Outcome.RETRY)
    claims.cancel(oid=desk.at(ClaimState.CONFIRMED), actor=desk.actor, reason="ill")
    work = queries.todo_at_itep()
    assert [one.oid for one in work.assign] == [put_off]
    assert [one.test_id for one in work.clear] == ["BUSPLUS0003"]
    assert sam_browser.get(reverse("inventory:todo")).status_code == 200
    page = reverse("inventory:test_id", kwargs={"test_id": "BUSPLUS0003"})
    assert sam_browser.get(page).status_code == 200
    sam_browser.post(page, {"act": "cleared"})
    assert row_of("BUSPLUS0003").is_available is True


def test_without_an_itep_to_call_every_product_is_hand_work(desk: Desk, hand: Desk, settings: Settings) -> None:
    stock(desk.product, 1)
    stock(hand.product, 2)
    by_api, by_hand, taken = desk.open(), hand.open(), hand.open()
    claims.text_taken(oid=taken, text="x", actor=hand.actor)
    assert [one.oid for one in queries.todo_at_itep().assign] == [by_hand, taken]
    settings.ITEP_BASE_URL = None
    assert [one.oid for one in queries.todo_at_itep().assign] == [by_api, by_hand, taken]


def test_what_needs_a_person_is_listed_worst_first(desk: Desk) -> None:
    stock(desk.product, 3)
    unknown = desk.at(ClaimState.UNKNOWN)
    confirmed = desk.at(ClaimState.CONFIRMED)
    claims.confirm_by_webhook(oid=confirmed, test_id="ELSE", at=timezone.now(), source="post 1")
    Product.objects.update(paused_at=timezone.now(), paused_because="a bad key")
    found = [(need.kind, need.oid) for need in queries.needs_a_person()]
    assert found == [("paused", None), ("conflict", confirmed), ("unknown", unknown)]


def test_the_first_key_starts_the_calls(by_sam: object, academic: Product) -> None:
    call_command("create_product", "ACAD-PLUS", api_key="key-1", verbosity=0)
    assert Product.objects.get().calls == Calls.API
    call_command("create_product", "ACAD-PLUS", calls="manual", name="Academic")
    call_command("create_product", "ACAD-PLUS", api_key="key-2")
    product = Product.objects.get()
    assert (product.calls, product.name, product.api_key) == (Calls.MANUAL, "Academic", "key-2")


def test_who_was_shown_an_assigned_id_may_have_handed_it_out(hand: Desk, sam_browser: Client) -> None:
    """A reserved one is nobody's yet; a confirmed one returns only by a person's act from then on (section 2, told)."""
    stock(hand.product, 1)
    oid = hand.open()
    page = reverse("inventory:test_id", kwargs={"test_id": "ACADPLUS0001"})
    sam_browser.post(page, {"act": "reveal"})
    assert claim_of(oid).told_at is None

    claims.done_at_itep(oid=oid, actor=hand.actor)
    sam_browser.post(page, {"act": "reveal"})
    assert claim_of(oid).told_at is not None


@pytest.mark.parametrize("code", ["A\nB", " A", "A\x00B", ""])
def test_a_code_that_cannot_be_typed_makes_no_product(by_sam: object, code: str) -> None:
    with pytest.raises(CommandError):
        call_command("create_product", code)
    assert Product.objects.count() == 0

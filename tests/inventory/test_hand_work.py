"""To do at iTEP: both kinds of work, by product, one by one and many at once, on paper and as a sheet."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from access.models import AuditEntry
from inventory import claims, hand_work, proving, queries, texts
from inventory.models import ClaimState, Product
from inventory.models.claims import AssignedToRecord
from tests.conftest import stock
from tests.inventory.conftest import Desk, claim_of, row_of

pytestmark = pytest.mark.django_db
TODO = "/inventory/todo/"


@pytest.fixture(autouse=True)
def _composed() -> None:
    texts.register(lambda oid: f"=for {oid}")


@pytest.fixture
def open_oid(hand: Desk) -> UUID:
    """One text to write; a second ID, told and cancelled, is to be cleared."""
    stock(hand.product, 2)
    cancelled = hand.open()
    claims.done_at_itep(oid=cancelled, actor=hand.actor)
    claims.told(oid=cancelled)
    claims.cancel(oid=cancelled, actor=hand.actor, reason="ill")
    return hand.open()


def test_both_kinds_are_listed_and_filtered_by_product(
    open_oid: UUID, called: Product, academic: Product, sam_browser: Client
) -> None:
    page = sam_browser.get(TODO).content.decode()
    assert "Write into Assigned-to" in page
    assert "Clear Assigned-to" in page
    assert "Nothing is to do" in sam_browser.get(TODO + "?product=BUS-PLUS").content.decode()


def test_the_sheet_holds_both_kinds_as_texts(open_oid: UUID, sam_browser: Client) -> None:
    answer = sam_browser.post(reverse("inventory:todo_sheet"))
    rows = list(load_workbook(BytesIO(b"".join(answer)))["To do at iTEP"].iter_rows())
    assert [[cell.value for cell in row][:4] for row in rows] == [
        ["What", "Test ID", "Product code", "Assigned-to"],
        ["Write into Assigned-to", "ACADPLUS0002", "ACAD-PLUS", f"=for {open_oid}"],
        ["Clear Assigned-to", "ACADPLUS0001", "ACAD-PLUS", None],
    ]
    assert {cell.data_type for cell in rows[1][:4]} == {"s"}
    assert claim_of(open_oid).by_hand is True


def test_the_list_on_paper_holds_both_kinds(open_oid: UUID, sam_browser: Client) -> None:
    page = sam_browser.post(reverse("inventory:todo_print")).content.decode()
    assert "ACADPLUS0001" in page
    assert "ACADPLUS0002" in page


def test_many_are_said_to_be_done_at_once(open_oid: UUID, sam_browser: Client) -> None:
    form = {"oid": [str(open_oid), "nonsense", str(uuid4())], "cleared": ["ACADPLUS0001"]}
    page = sam_browser.post(reverse("inventory:todo_many"), form, follow=True).content.decode()
    assert "2 done. The next export proves them." in page
    assert claim_of(open_oid).state == ClaimState.CONFIRMED
    assert row_of("ACADPLUS0001").to_clear_since is None
    work = queries.todo_at_itep()
    assert (work.assign, work.clear) == ([], [])
    assert {(one.test_id, one.is_clearing) for one in proving.waiting_for_proof()} == {
        ("ACADPLUS0001", True),
        ("ACADPLUS0002", False),
    }
    assert "Done, waiting for proof" in page
    assert "not yet proved by an export" in page


def test_what_cannot_be_done_is_named_and_the_rest_is_done(open_oid: UUID, hand: Desk) -> None:
    claims.done_at_itep(oid=open_oid, actor=hand.actor)
    done = hand_work.done(oids=[str(open_oid)], cleared=["ACADPLUS0001", "NONE"], actor=hand.actor)
    assert done.count == 1
    assert done.refused == [
        ("ACADPLUS0002", "The request is confirmed: there is nothing to confirm."),
        ("NONE", "It is not known here."),
    ]


def test_nothing_chosen_does_nothing(open_oid: UUID, sam_browser: Client) -> None:
    before = AuditEntry.objects.count()
    page = sam_browser.post(reverse("inventory:todo_many"), follow=True).content.decode()
    assert "Choose what is done first." in page
    assert AuditEntry.objects.count() == before


def test_done_is_taken_back_on_the_page_with_a_reason(open_oid: UUID, sam_browser: Client, hand: Desk) -> None:
    claims.done_at_itep(oid=open_oid, actor=hand.actor)
    there = reverse("inventory:todo_act", kwargs={"oid": open_oid, "act": "undone"})
    assert there in sam_browser.get(TODO).content.decode()
    assert "Say why" in sam_browser.post(there, follow=True).content.decode()
    assert claim_of(open_oid).state == ClaimState.CONFIRMED
    sam_browser.post(there, {"reason": "the wrong line"})
    assert claim_of(open_oid).state == ClaimState.UNKNOWN
    assert AssignedToRecord.objects.filter(claim__oid=open_oid).get().confirmed_by == ""


def test_an_id_without_its_password_is_done_one_by_one(open_oid: UUID, academic: Product, sam_browser: Client) -> None:
    assert f'value="{open_oid}"' in sam_browser.get(TODO).content.decode()
    Product.objects.update(needs_password=True)
    assert f'value="{open_oid}"' not in sam_browser.get(TODO).content.decode()

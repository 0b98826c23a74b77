"""Giving many: every fault at once, a preview that gives nothing, and each row's outcome."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fulfillment.candidates import Candidate
from fulfillment.models import Batch, Fulfillment, RowState
from inventory.models import Product
from outbox.models import Entry
from tests.conftest import stock
from tests.fulfillment.conftest import Give, work

pytestmark = pytest.mark.django_db
URL = "/candidates/give-many/"
GOOD = "Own number,Name,E-mail,Reference\n77,Ana Silva,ana@example.org,r1\n78,Ben Weiß,ben@example.org,r2\n"


def upload(browser: Client, content: str | bytes, name: str = "candidates.csv", product: str = "ACAD-PLUS") -> object:
    raw = content.encode() if isinstance(content, str) else content
    return browser.post(URL, {"product": product, "file": SimpleUploadedFile(name, raw)})


def test_nothing_is_given_before_the_yes(sam_browser: Client, academic: Product) -> None:
    stock(academic, 3)
    upload(sam_browser, GOOD)
    batch = Batch.objects.get()
    shown = sam_browser.get(f"/candidates/batches/{batch.pk}/").content.decode()
    assert ("Ana Silva" in shown, "Give 2 tests" in shown) == (True, True)
    assert (Fulfillment.objects.count(), Entry.objects.count()) == (0, 0)


def test_each_row_is_given_once(sam_browser: Client, academic: Product) -> None:
    stock(academic, 3)
    upload(sam_browser, GOOD)
    batch = Batch.objects.get()
    for _ in range(2):
        sam_browser.post(f"/candidates/batches/{batch.pk}/confirm/")
        work()
    assert [(one.name, one.external_id, one.reference, one.origin) for one in batch.all.order_by("id")] == [
        ("Ana Silva", "77", "r1", "sheet"),
        ("Ben Weiß", "78", "r2", "sheet"),
    ]
    assert set(batch.rows.values_list("state", flat=True)) == {RowState.GIVEN}
    assert "hx-trigger" not in sam_browser.get(f"/candidates/batches/{batch.pk}/").content.decode()


def test_who_has_one_is_skipped_unless_asked_for(sam_browser: Client, academic: Product, give_test: Give) -> None:
    first = give_test(academic, Candidate("Ana Silva", "ana@example.org", "77"))
    upload(sam_browser, GOOD + ",ben weiß,BEN@example.org,r3\n")
    batch = Batch.objects.get()
    assert "Has an open test" in sam_browser.get(f"/candidates/batches/{batch.pk}/").content.decode()
    sam_browser.post(f"/candidates/batches/{batch.pk}/confirm/")
    work()
    rows = list(batch.rows.all())
    assert [row.state for row in rows] == [RowState.SKIPPED, RowState.GIVEN, RowState.SKIPPED]
    assert str(first.oid) in rows[0].note


def test_every_fault_is_said_at_once(sam_browser: Client, academic: Product) -> None:
    response = upload(sam_browser, "name,email\n,ana@example.org\nBen,not an address\nCleo,\n")
    faults = response.context["faults"]  # type: ignore[attr-defined]
    assert [(fault.row, fault.column, fault.value) for fault in faults] == [
        (2, "name", ""),
        (3, "email", "not an address"),
        (4, "email", ""),
    ]
    assert Batch.objects.count() == 0


@pytest.mark.parametrize("content", ["email\nana@example.org\n", "name,email\n", "\0"])
def test_a_file_that_is_no_list_of_candidates_is_refused(sam_browser: Client, academic: Product, content: str) -> None:
    response = upload(sam_browser, content)
    assert response.status_code == 422  # type: ignore[attr-defined]
    assert Batch.objects.count() == 0


def test_a_number_in_a_workbook_stays_whole(sam_browser: Client, academic: Product) -> None:
    book, written = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Name", "Email", "Own number"],
        ["Ana", "ana@example.org", 77],
        [None],
        ["Ben", "ben@example.org", 78],
    ):
        sheet.append(row)
    book.save(written)
    upload(sam_browser, written.getvalue(), "candidates.xlsx")
    rows = list(Batch.objects.get().rows.all())
    assert [(row.number, row.asked["external_id"]) for row in rows] == [(2, "77"), (4, "78")]

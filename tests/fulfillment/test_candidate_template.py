"""The template: it can be filled in and uploaded as it is, and explains itself."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from access.models import Payer
from fulfillment.models import Batch, BatchState
from inventory.models import Product

pytestmark = pytest.mark.django_db
URL = "/candidates/give-many/"


def test_filled_in_and_uploaded(sam_browser: Client, academic: Product, called: Product, hr: Payer) -> None:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(sam_browser.get(f"{URL}template.xlsx"))))
    sheet = book.worksheets[0]
    assert [one.title for one in book.worksheets] == ["Candidates", "Help", "Lists"]
    assert all(cell.comment and cell.comment.text for cell in sheet[1])
    rules = {str(rule.sqref).split(":", 1)[0][0]: rule for rule in sheet.data_validations.dataValidation}
    assert {column: rule.type for column, rule in rules.items()} == {
        "D": "list",
        "G": "list",
        "H": "list",
        "I": "date",
        "J": "list",
    }
    assert [cell.value for cell in book["Lists"]["B"][:2]] == ["ACAD-PLUS", "BUS-PLUS"]
    row: list[str | int | None] = ["Ana Silva", "ana@example.org", 77, "pt", "r1"]
    row += [None, "BUS-PLUS", "hr", "2099-01-31", "none"]
    for place, value in enumerate(row, start=1):
        sheet.cell(row=2, column=place, value=value)
    written = io.BytesIO()
    book.save(written)
    file = SimpleUploadedFile("filled.xlsx", written.getvalue())
    sam_browser.post(URL, {"product": "ACAD-PLUS", "file": file})
    batch = Batch.objects.get()
    (one,) = batch.rows.all()
    assert batch.state == BatchState.DRAFT
    assert (one.number, one.asked["external_id"], one.product, one.payer, one.delivery) == (2, "77", called, hr, "none")


def test_empty_it_asks_for_a_row(sam_browser: Client, academic: Product) -> None:
    file = SimpleUploadedFile("empty.xlsx", b"".join(sam_browser.get(f"{URL}template.xlsx")))
    shown = sam_browser.post(URL, {"product": "ACAD-PLUS", "file": file}, follow=True).content.decode()
    assert "At least one row with a name." in shown


def test_as_csv(sam_browser: Client) -> None:
    content = b"".join(sam_browser.get(f"{URL}template.csv")).decode()
    assert content == "Name,Email,Own number,Language,Reference,Note,Product,Payer,Deadline,Delivery\r\n"
    assert sam_browser.get(f"{URL}template.exe").status_code == 404

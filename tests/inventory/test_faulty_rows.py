"""The rows with faults as a workbook: their own cells, the faulty ones marked, what was expected in words."""

import io
from typing import Any

import openpyxl
import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl.worksheet.worksheet import Worksheet

from access.actors import Actor
from inventory import reconciliation, uploads
from inventory.models import Upload, UploadedFile
from inventory.sheets import Row
from tests.inventory import exports

pytestmark = pytest.mark.django_db
HEADER = [*exports.HEADER, "Center"]
ROWS: list[Row] = [
    ["A1", "ACAD-PLUS", "Ready", "", "0042", "12/31/2026", "Lisbon"],
    ["A2", "ACAD-PLUS", "Ready", "Ana Silva", "geheim", "someday", "=1+1"],
    ["", "", "Ready", "", "", "", "@SUM(A1)"],
]


@pytest.fixture
def kept(by_sam: Actor) -> Any:
    def keep(content: bytes) -> Upload:
        upload = uploads.keep(content=content, file_name="x.xlsx", actor=by_sam, exported_at=timezone.now())
        return reconciliation.plan(upload_id=upload.pk)

    return keep


def downloaded(browser: Client, upload: Upload) -> list[Worksheet]:
    response = browser.get(reverse("inventory:upload_faults", args=[upload.pk]))
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == f'attachment; filename="errors-of-upload-{upload.pk}.xlsx"'
    return list(openpyxl.load_workbook(io.BytesIO(response.content)).worksheets)


def texts(sheet: Worksheet) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def marked(sheet: Worksheet) -> dict[str, str]:
    """Cell -> its comment, of the cells that are coloured, the last column aside."""
    return {
        cell.coordinate: cell.comment.text if cell.comment else ""
        for row in sheet.iter_rows(min_row=2, max_col=sheet.max_column - 1)
        for cell in row
        if cell.fill.fill_type
    }


@pytest.mark.parametrize("kind", ["as_csv", "as_xlsx"])
def test_the_rows_with_faults_alone_and_their_cells_marked(sam_browser: Client, kept: Any, kind: str) -> None:
    rows = [[str(cell).replace("=1+1", "'=1") for cell in row] for row in ROWS]  # openpyxl would write a formula
    upload = kept(getattr(exports, kind)(rows, header=HEADER))
    name = "AVAILABLE TESTS" if kind == "as_xlsx" else None
    (sheet,) = downloaded(sam_browser, upload)

    head, second, third = texts(sheet)
    assert head == ["Sheet", "Row", *HEADER, "What was expected"]
    day = "a date, as 2026-12-31 or 12/31/2026 (month first)"
    assert second == [
        *(name, "3", "A2", "ACAD-PLUS", "Ready", "A… S…", "••••••", "someday", "'=1"),
        f"Valid Until: {day}",
    ]
    assert third[:3] == [name, "4", None]
    assert third[-2:] == ["@SUM(A1)", "Test ID: a test ID. A test ID is missing.; Product Code: a product code"]
    assert marked(sheet) == {
        "H2": f"Expected: {day}",
        "C3": "Expected: a test ID. A test ID is missing.",
        "D3": "Expected: a product code",
    }


def test_no_cell_is_a_formula(sam_browser: Client, kept: Any) -> None:
    (sheet,) = downloaded(sam_browser, kept(exports.as_csv(ROWS, header=HEADER)))

    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert sheet["I2"].quotePrefix


def test_each_sheet_that_has_faults(sam_browser: Client, kept: Any) -> None:
    two = [exports.HEADER, ["B1", "", "Ready", "", "", ""]]
    three = [exports.HEADER, ["C1", "P", "Ready", "", "", ""]]
    upload = kept(exports.as_xlsx(ROWS, header=HEADER, more_sheets={"Two": two, "Three": three}))

    sheets = downloaded(sam_browser, upload)

    assert [(sheet.title, sheet.max_row) for sheet in sheets] == [("AVAILABLE TESTS", 3), ("Two", 2)]
    assert texts(sheets[1])[1][:3] == ["Two", "2", "B1"]


def test_a_cell_beyond_the_columns_is_marked_and_covered(sam_browser: Client, kept: Any) -> None:
    content = b"Test ID,Product,Status,Assigned-to\nA1,P,Ready,Silva, Ana\nA2,P,Ready,\n"
    (sheet,) = downloaded(sam_browser, kept(content))

    assert texts(sheet)[0][-2:] == ["column E", "What was expected"]
    assert texts(sheet)[1][:-1] == [None, "2", "A1", "P", "Ready", "S…", "••••••"]
    assert list(marked(sheet)) == ["G2"]


def test_after_apply_too_and_not_once_the_file_is_gone(sam_browser: Client, by_sam: Actor, kept: Any) -> None:
    upload = kept(exports.as_csv(ROWS, header=HEADER))
    reconciliation.apply(upload_id=upload.pk, actor=by_sam)
    assert len(texts(downloaded(sam_browser, upload)[0])) == 3

    UploadedFile.objects.all().delete()
    refused = sam_browser.get(reverse("inventory:upload_faults", args=[upload.pk]))
    assert refused.status_code == 302
    assert [str(one) for one in get_messages(refused.wsgi_request)] == ["The file of this upload is no longer kept."]


def test_without_faults_there_is_no_workbook(sam_browser: Client, kept: Any) -> None:
    refused = sam_browser.get(
        reverse("inventory:upload_faults", args=[kept(exports.as_csv(ROWS[:1], header=HEADER)).pk])
    )

    assert [str(one) for one in get_messages(refused.wsgi_request)] == ["This upload has no rows with errors."]


def test_only_staff_may_have_it(client: Client, nobody: Any, kept: Any) -> None:
    address = reverse("inventory:upload_faults", args=[kept(exports.as_csv(ROWS, header=HEADER)).pk])
    assert client.get(address).status_code == 302
    client.force_login(nobody)
    assert client.get(address).status_code == 403

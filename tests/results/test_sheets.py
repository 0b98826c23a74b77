"""Results as csv and xlsx."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from django.http import FileResponse, StreamingHttpResponse
from django.test import Client
from openpyxl import load_workbook

from access.models import AuditEntry, User
from access.spreadsheets import csv_lines, xlsx
from fulfillment.models import Fulfillment
from inventory.models import Product
from results import queries, sheets
from tests.given import given
from tests.results.conftest import recorded

pytestmark = pytest.mark.django_db
NUMBERS: dict[str, Any] = {
    "Overall_Level": "3.1",
    "Overall_cefr": "B1",
    "Reading_Level": "4.0",
    "Reading_Score": "70",
    "Duration": "84",
}


def rows() -> list[dict[str, str]]:
    return list(csv.DictReader("".join(csv_lines(sheets.table(queries.current()))).splitlines()))


def test_own_number_and_reference_stand_first(ana: Fulfillment) -> None:
    recorded(ana, TestDate="3/9/2026", score_report_url="https://reports.example/1", **NUMBERS)
    (row,) = rows()
    assert list(row)[:2] == ["external_id", "reference"]
    assert row == {
        "external_id": "hr-77",
        "reference": "req-1",
        "name": "Ana Silva",
        "email": "ana@example.org",
        "oid": str(ana.oid),
        "test_id": "ID1",
        "product": "ACAD-PLUS",
        "payer": "",
        "state": "final",
        "itep_status": "completed",
        "overall_level": "3.1",
        "overall_cefr": "B1",
        **{f"{name.lower()}_{part}": "" for name in sheets.SECTIONS for part in ("level", "score", "cefr")},
        "reading_level": "4.0",
        "reading_score": "70.0",
        "test_date": "2026-03-09",
        "duration_minutes": "84",
        "score_report_url": "https://reports.example/1",
        "received_at": "2026-11-22T08:00:00Z",
    }


def test_other_sections_have_columns_of_their_own(ana: Fulfillment) -> None:
    recorded(ana, Vocabulary_Level="2.5")
    assert rows()[0]["vocabulary_level"] == "2.5"


def test_a_test_outside_the_portal_has_a_row(db: None) -> None:
    recorded(None, test_id="OUT1")
    (row,) = rows()
    assert (row["external_id"], row["oid"], row["test_id"]) == ("", "", "OUT1")


def test_nothing_becomes_a_formula(academic: Product) -> None:
    evil = given(academic, "ID1", name="=HYPERLINK(1)", external_id="@x", reference="+1")
    formula: dict[str, Any] = {"=cmd_Level": "2"}
    recorded(evil, Overall_cefr="-B1", **formula)
    (row,) = rows()
    assert (row["name"], row["external_id"], row["reference"], row["overall_cefr"]) == (
        "'=HYPERLINK(1)",
        "'@x",
        "'+1",
        "'-B1",
    )
    assert "'=cmd_level" in row


def test_the_workbook_holds_numbers_as_numbers(ana: Fulfillment) -> None:
    recorded(ana, **NUMBERS)
    with xlsx(sheets.table(queries.current())) as file:
        sheet = load_workbook(file, read_only=True).active
        assert sheet is not None
        head, row = [list(one) for one in sheet.iter_rows(values_only=True)]
    assert head == sheets.header(sheets.SECTIONS)
    assert row[head.index("overall_level")] == 3.1
    assert row[head.index("duration_minutes")] == 84


def body_of(answer: Any) -> bytes:
    assert isinstance(answer, StreamingHttpResponse)
    return b"".join(answer)


def test_the_export_is_filtered_and_audited(
    ana: Fulfillment, academic: Product, sam_browser: Client, sam: User
) -> None:
    recorded(ana, Overall_Level="3.0")
    recorded(given(academic, "ID2", name="Ben Costa"), test_id="ID2", Overall_Level="5.0")
    answer = sam_browser.get("/results/export.csv?level_from=4&q=")
    lines = body_of(answer).decode().splitlines()
    assert len(lines) == 2
    assert "Ben Costa" in lines[1]
    assert answer["Content-Disposition"].startswith('attachment; filename="results-')
    entry = AuditEntry.objects.get(verb="results.exported")
    assert (entry.user, entry.detail) == (sam, {"kind": "csv", "filters": ["level_from"], "count": 1})


def test_the_workbook_is_downloaded(ana: Fulfillment, sam_browser: Client) -> None:
    recorded(ana)
    answer = sam_browser.get("/results/export.xlsx")
    assert isinstance(answer, FileResponse)
    assert body_of(answer)[:2] == b"PK"
    assert AuditEntry.objects.get(verb="results.exported").detail["kind"] == "xlsx"


def test_whoever_has_no_role_gets_nothing(ana: Fulfillment, nobody: User) -> None:
    recorded(ana)
    browser = Client()
    assert browser.get("/results/export.csv").status_code == 302
    browser.force_login(nobody)
    assert browser.get("/results/export.csv").status_code == 403
    assert not AuditEntry.objects.filter(verb="results.exported").exists()

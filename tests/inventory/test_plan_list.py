"""The rows of a plan: what a filter leaves, what needs an eye first, and the list to take along."""

from __future__ import annotations

import csv
import tracemalloc
from io import BytesIO

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from access.actors import Actor
from access.spreadsheets import csv_lines
from inventory import causes, plan_list, plan_sheet, uploads
from inventory.models import Cause, PlanRow, Upload
from inventory.models.uploads import UploadState
from inventory.plan_list import Filter
from tests.conftest import SEEN_AT
from tests.inventory.plans import planned_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(by_sam: Actor) -> Upload:
    """A plan with a row of each cause, added first."""
    kept = uploads.keep(content=b"x", file_name="export.csv", actor=by_sam)
    Upload.objects.filter(pk=kept.pk).update(
        state=UploadState.PLANNED, exported_at=SEEN_AT, counts={str(one): 1 for one in Cause}
    )
    PlanRow.objects.bulk_create(
        PlanRow(upload=kept, test_id=f"ID{place:02}", product="ACAD-PLUS", cause=cause, rule="f.new", row=place + 2)
        for place, cause in enumerate(Cause)
    )
    PlanRow.objects.filter(cause=Cause.WITHDRAWN).update(product="BUS-PLUS", row=None)
    kept.refresh_from_db()
    return kept


def listed(upload: Upload, **wanted: object) -> list[str]:
    return [row.cause for row in plan_list.rows(upload, Filter(**wanted))]  # type: ignore[arg-type]


def test_every_cause_has_its_place_its_words_and_its_tile() -> None:
    assert set(causes.BY_NEED) == set(causes.CAUSES) == set(Cause)
    assert sorted(one for _name, _words, counted in causes.TILES for one in counted) == sorted(Cause)


def test_what_needs_an_eye_comes_first(upload: Upload) -> None:
    assert listed(upload) == list(causes.BY_NEED)


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        ({"cause": "added"}, [Cause.ADDED]),
        ({"cause": "unexplained"}, [Cause.CONFLICT, Cause.ASSIGNMENT_LOST]),
        ({"cause": "conflict"}, [Cause.CONFLICT]),
        ({"cause": "nonsense"}, list(causes.BY_NEED)),
        ({"search": "id0", "product": "BUS-PLUS"}, [Cause.WITHDRAWN]),
        ({"search": "id03"}, [Cause.WITHDRAWN]),
        ({"search": "%"}, []),
        ({"row": 2}, [Cause.ADDED]),
        ({"row": 99}, []),
        ({"cause": "dropped"}, []),
    ],
)
def test_a_filter_leaves_exactly_what_fits(upload: Upload, wanted: dict[str, object], left: list[Cause]) -> None:
    assert listed(upload, **wanted) == left


def test_what_makes_no_sense_in_an_address_is_left_out() -> None:
    assert plan_list.read(QueryDict("q= a1%00 &row=x&page=2")) == Filter(search="a1")
    assert plan_list.read(QueryDict("row=99999999999")) == Filter()
    assert plan_list.read(QueryDict("row=7&cause=added&product=P")) == Filter("added", "", "P", 7)
    assert Filter("added", "a&b", "P", 7).with_cause("") == "q=a%26b&product=P&row=7"


def test_a_tile_keeps_the_search_and_the_chosen_one_lets_go(upload: Upload, sam_browser: Client) -> None:
    here = reverse("inventory:upload", args=[upload.pk])
    page = sam_browser.get(f"{here}?cause=added&q=id0")
    tiles = {str(one.label): one for one in page.context["tiles"]}
    assert (tiles["New"].selected, tiles["New"].query) == (True, "q=id0")
    assert (tiles["Unexplained"].number, tiles["Unexplained"].query) == (2, "cause=unexplained&q=id0")
    assert list(tiles) == [str(words) for _name, words, _counted in causes.TILES]


def test_htmx_gets_the_table_alone_and_going_back_the_whole_page(upload: Upload, sam_browser: Client) -> None:
    here = reverse("inventory:upload", args=[upload.pk]) + "?cause=added"
    part = sam_browser.get(here, headers={"HX-Request": "true", "HX-Target": "plan"}).content.decode()
    assert part.lstrip().startswith('<div id="plan"')
    back = {"HX-Request": "true", "HX-Target": "plan", "HX-History-Restore-Request": "true"}
    for headers in ({}, back):
        assert "<html" in sam_browser.get(here, headers=headers).content.decode()


def test_the_sheet_holds_what_the_filter_leaves(upload: Upload, sam_browser: Client) -> None:
    PlanRow.objects.filter(cause=Cause.CONFLICT).update(
        fields=["status", "assigned_to"], before="open", after="outside", rule="e.unknown", sheet="S"
    )
    rows = list(csv.reader(csv_lines(plan_sheet.table(upload, Filter(cause="conflict")))))
    assert rows == [
        [
            *("Test ID", "Product", "Cause", "Reason", "Before", "After", "Differing fields"),
            *("Sheet", "Row", "OID", "Left out"),
        ],
        [
            *("ID07", "ACAD-PLUS", "Unexplained: conflict", "iTEP did not answer, and shows somebody else's text."),
            *("Ready, free", "assigned outside", "status, Assigned-to", "S", "9", "", ""),
        ],
    ]
    answer = sam_browser.get(reverse("inventory:plan_xlsx", args=[upload.pk]) + "?q=id0&product=BUS-PLUS")
    assert answer["Content-Disposition"] == f'attachment; filename="upload-{upload.pk}-changes.xlsx"'
    book = load_workbook(BytesIO(b"".join(answer)))
    assert [row[0].value for row in book["Changes"].iter_rows()] == ["Test ID", "ID03"]
    answer = sam_browser.get(reverse("inventory:plan_csv", args=[upload.pk]) + "?cause=unexplained")
    assert len(b"".join(answer).splitlines()) == 3


def test_an_invalid_row_says_what_was_expected_and_not_what_stood_there(upload: Upload) -> None:
    PlanRow.objects.filter(cause=Cause.INVALID).update(column="Valid Until", expected="a day", value="Ana Silva")
    (_head, row) = csv.reader(csv_lines(plan_sheet.table(upload, Filter(cause="invalid"))))
    assert row[3:6] == ["Valid Until: expected a day.", "", ""]
    assert "Ana Silva" not in str(row)


def test_a_large_plan_takes_little_memory(upload: Upload) -> None:
    planned_rows(upload, 6_000)
    tracemalloc.start()
    assert sum(1 for _line in csv_lines(plan_sheet.table(upload, Filter()))) == 6_012
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000  # bytes: one chunk of rows, not the plan


def test_whoever_has_no_role_gets_no_list(upload: Upload, nobody: object) -> None:
    browser = Client()
    browser.force_login(nobody)  # type: ignore[arg-type]
    assert browser.get(reverse("inventory:plan_csv", args=[upload.pk])).status_code == 403

"""The command, option by option (DESIGN.md section 7)."""

import json
import os
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from access.models import AuditEntry
from inventory.models import Cause, PlanRow, Product, Standing, TestID, Upload
from inventory.models.uploads import UploadState
from tests.conftest import SEEN_AT, stock
from tests.inventory import exports

pytestmark = pytest.mark.django_db
EXPORTED = SEEN_AT + timedelta(hours=1)
FIRST = [
    ["A1", "ACAD-PLUS", "Ready", "", "", "12/31/2026"],
    ["A2", "ACAD-PLUS", "Ready", "Ben by hand", "", ""],
    ["A3", "BUS-PLUS", "Started", "", "secret", ""],
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "export.csv", exports.as_csv(FIRST))


def written(path: Path, content: bytes, at: datetime = EXPORTED) -> Path:
    path.write_bytes(content)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def run(file: Path, *options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("reconcile", str(file), "--json", *options, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def counts(**given: int) -> dict[str, int]:
    return {str(cause): given.get(cause, 0) for cause in Cause}


def test_the_preview_changes_nothing_but_the_upload_and_its_plan(file: Path) -> None:
    assert run(file) == {"applied": False, "upload": Upload.objects.get().pk, "counts": counts(added=3), "invalid": []}
    assert TestID.objects.count() == 0
    assert Product.objects.count() == 0
    assert [(row.test_id, row.rule) for row in PlanRow.objects.all()] == [
        ("A1", "f.new"),
        ("A2", "e.new"),
        ("A3", "g.new"),
    ]


def test_apply_writes_the_mirror_products_stories_and_leaves_nothing_staged(file: Path) -> None:
    assert run(file, "--apply")["applied"] is True

    one, two, three = TestID.objects.order_by("test_id")
    assert (one.standing, one.status, str(one.valid_until), one.said_by, one.said_at) == (
        Standing.OPEN,
        "ready",
        "2026-12-31",
        "export",
        EXPORTED,
    )
    assert (two.standing, two.assigned_to) == (Standing.OUTSIDE, "Ben by hand")
    assert (three.standing, three.status, three.password) == (Standing.UNAVAILABLE, "started", "secret")
    assert sorted(Product.objects.values_list("code", "api_key")) == [("ACAD-PLUS", ""), ("BUS-PLUS", "")]
    story = AuditEntry.objects.get(test_id="A3")
    assert (story.verb, story.source, story.by) == (
        "test_id.added",
        f"upload {Upload.objects.get().pk}, row 4",
        "reconcile",
    )
    assert list(PlanRow.objects.exclude(assigned_to="", password="", other=None)) == []
    assert Upload.objects.get().state == UploadState.APPLIED


def test_the_same_file_twice_is_all_unchanged(file: Path) -> None:
    run(file, "--apply")

    assert run(file, "--apply")["counts"] == counts(unchanged=3)
    assert TestID.objects.count() == 3


@pytest.mark.parametrize("kind", ["as_xls", "as_xlsx", "as_html", "as_ods"])
def test_every_format_says_the_same(file: Path, tmp_path: Path, kind: str) -> None:
    run(file, "--apply")
    other = written(tmp_path / "export.xls", getattr(exports, kind)(FIRST))

    assert run(other, "--apply")["counts"] == counts(unchanged=3)


def test_an_older_export_than_a_later_word_writes_nothing(file: Path, tmp_path: Path) -> None:
    run(file, "--apply")
    changed = [["A1", "ACAD-PLUS", "Started", "", "", ""], ["A9", "ACAD-PLUS", "Ready", "", "", ""]]
    older = written(tmp_path / "older.csv", exports.as_csv(changed), EXPORTED - timedelta(minutes=1))

    assert run(older, "--apply")["counts"] == counts(unchanged=3)  # A1, A9, and A2 which it lacks
    assert sorted(TestID.objects.values_list("test_id", "status")) == [
        ("A1", "ready"),
        ("A2", "ready"),
        ("A3", "started"),
    ]


def test_an_export_that_found_nothing_new_is_a_later_word_too(file: Path, tmp_path: Path) -> None:
    run(file, "--apply")
    run(file, "--apply", "--exported-at", (EXPORTED + timedelta(hours=2)).isoformat())
    between = written(
        tmp_path / "between.csv",
        exports.as_csv([["A1", "ACAD-PLUS", "Disabled", "", "", ""]]),
        EXPORTED + timedelta(hours=1),
    )

    assert run(between, "--apply")["counts"] == counts(unchanged=2)


def test_scope_all_takes_products_into_account_that_the_file_lacks(called: Product, file: Path) -> None:
    stock(called, 2)
    rows = exports.as_csv(FIRST[:2])
    file = written(file, rows)

    assert run(file)["counts"] == counts(added=2)
    assert run(file, "--scope", "all")["counts"] == counts(added=2, withdrawn=2)


def test_more_than_a_fifth_needs_its_own_yes(academic: Product, tmp_path: Path) -> None:
    stock(academic, 10)
    rows = [[f"ACADPLUS{number:04}", "ACAD-PLUS", "Ready", "", "", ""] for number in range(1, 8)]
    file = written(tmp_path / "short.csv", exports.as_csv(rows))

    with pytest.raises(CommandError, match=r"3 of 10 test IDs of ACAD-PLUS.*explicit yes. Add --accept-mass-change.$"):
        run(file, "--apply")
    assert TestID.objects.available().count() == 10
    assert run(file)["counts"] == counts(withdrawn=3, unchanged=7)
    assert run(file, "--apply", "--accept-mass-change")["counts"] == counts(withdrawn=3, unchanged=7)
    assert TestID.objects.available().count() == 7


def test_exactly_a_fifth_needs_none(academic: Product, tmp_path: Path) -> None:
    stock(academic, 10)
    rows = [[f"ACADPLUS{number:04}", "ACAD-PLUS", "Ready", "", "", ""] for number in range(1, 9)]

    assert run(written(tmp_path / "x.csv", exports.as_csv(rows)), "--apply")["applied"] is True


def test_withdrawals_need_a_yes_while_an_id_is_unreadable(academic: Product, tmp_path: Path) -> None:
    stock(academic, 10)
    rows = [[f"ACADPLUS{number:04}", "ACAD-PLUS", "Ready", "", "", ""] for number in range(1, 10)]
    file = written(tmp_path / "x.csv", exports.as_csv([*rows, ["", "ACAD-PLUS", "Ready", "", "", ""]]))

    with pytest.raises(CommandError, match="Test IDs no longer offered: 1"):
        run(file, "--apply")
    found = run(file, "--apply", "--accept-withdrawals")
    assert found["counts"] == counts(withdrawn=1, unchanged=9, invalid=1)
    assert found["invalid"][0] | {"expected": ""} == {
        "sheet": "",
        "row": 11,
        "column": "Test ID",
        "value": "",
        "expected": "",
    }


def test_an_id_with_another_fault_counts_as_seen(academic: Product, tmp_path: Path) -> None:
    stock(academic, 2)
    rows = [
        ["ACADPLUS0001", "ACAD-PLUS", "Ready", "", "", "31.12.2026"],
        ["ACADPLUS0002", "ACAD-PLUS", "Ready", "", "", ""],
    ]

    found = run(written(tmp_path / "x.csv", exports.as_csv(rows)), "--apply")

    assert found["counts"] == counts(unchanged=1, invalid=1)
    assert [(one["row"], one["column"], one["value"]) for one in found["invalid"]] == [(2, "Valid Until", "31.12.2026")]
    assert TestID.objects.available().count() == 2


def test_one_id_twice_is_invalid_where_it_differs_and_counted_once_where_not(tmp_path: Path) -> None:
    rows = [
        ["A1", "P", "Ready", "", "", ""],
        ["a1 ", "P", "Ready", "", "", ""],
        ["A2", "P", "Ready", "", "", ""],
        ["A2", "P", "Started", "", "", ""],
    ]

    found = run(written(tmp_path / "x.csv", exports.as_csv(rows)), "--apply")

    assert found["counts"] == counts(added=1, invalid=1)
    assert [(one["row"], one["value"]) for one in found["invalid"]] == [(5, "A2")]


def test_strict_applies_nothing_if_any_is_invalid(tmp_path: Path) -> None:
    file = written(tmp_path / "x.csv", exports.as_csv([*FIRST, ["A4", "", "Ready", "", "", ""]]))

    with pytest.raises(CommandError, match="1 IDs of the file are invalid"):
        run(file, "--apply", "--strict")
    assert TestID.objects.count() == 0
    assert run(file, "--apply")["counts"] == counts(added=3, invalid=1)
    assert run(file, "--apply", "--product", "ACAD-PLUS", "--strict")["counts"] == counts(added=1, unchanged=3)


def test_a_file_without_status_needs_the_statement(tmp_path: Path) -> None:
    file = written(tmp_path / "x.csv", exports.as_csv([["A1", ""]], header=["Test ID", "Assigned-to"]))

    with pytest.raises(CommandError, match="Status"):
        run(file, "--product", "P", "--apply")
    assert run(file, "--product", "P", "--apply", "--ready-only")["counts"] == counts(added=1)
    assert TestID.objects.get().status == "ready"


@pytest.mark.parametrize(
    ("header", "lacking"), [(["Test ID", "Status"], "Assigned-to"), (["Assigned-to", "Status"], "Test ID")]
)
def test_without_test_id_or_assigned_to_nothing_is_applied(tmp_path: Path, header: list[str], lacking: str) -> None:
    file = written(tmp_path / "x.csv", exports.as_csv([["A1", "x"]], header=header))

    with pytest.raises(CommandError, match=f"lacks a column for {lacking}"):
        run(file, "--product", "P", "--apply")
    assert Upload.objects.get().state == UploadState.FAILED


def test_the_future_is_refused_and_nothing_kept(file: Path) -> None:
    with pytest.raises(CommandError, match="future"):
        run(file, "--exported-at", (timezone.now() + timedelta(minutes=1)).isoformat())
    assert Upload.objects.count() == 0


def test_without_an_offset_the_time_is_in_time_zone(file: Path, settings: Settings) -> None:
    settings.TIME_ZONE = "America/New_York"
    with timezone.override("America/New_York"):
        run(file, "--exported-at", "2026-11-20T09:00")

    assert Upload.objects.get().exported_at == datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize("given", ["yesterday", "2026-13-01T00:00"])
def test_a_time_that_is_none(file: Path, given: str) -> None:
    with pytest.raises(CommandError):
        run(file, "--exported-at", given)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "none.csv")
    with pytest.raises(CommandError, match="empty"):
        run(written(tmp_path / "empty.csv", b""))


def test_secrets_stand_nowhere_in_clear_text(file: Path, tmp_path: Path) -> None:
    run(file)
    kept = PlanRow.objects.get(test_id="A3").password
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM inventory_planrow WHERE test_id = 'A3'")
        [[raw]] = cursor.fetchall()

    assert kept == "secret"
    assert "secret" not in raw
    bad = written(tmp_path / "x.xlsx", exports.as_xlsx([["A1", "P", "Ready", "", 0.1, ""]]))
    assert [one["value"] for one in run(bad)["invalid"]] == ["********"]


def test_a_file_of_invalid_rows_alone_is_not_applied(tmp_path: Path) -> None:
    file = written(tmp_path / "x.csv", exports.as_csv([["", "ACAD-PLUS", "Ready", "", "", ""]]))

    assert run(file)["counts"] == counts(invalid=1)
    with pytest.raises(CommandError, match="nothing to apply"):
        run(file, "--apply")
    assert Upload.objects.filter(applied_at__isnull=False).count() == 0


def test_a_product_that_is_too_long_is_refused_and_nothing_kept(file: Path) -> None:
    with pytest.raises(CommandError, match="at most 64 characters, this one has 65"):
        run(file, "--product", "P" * 65)
    assert not Upload.objects.exists()

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from inventory.columns import Field, recognize
from inventory.export_blocks import add_rows
from inventory.export_cells import Unusable, day_of, text_of
from inventory.export_rows import BadCell, ExportRow, Found
from inventory.sheets import Cell, OpenSheet

HEADER = ["Test ID", "Product", "Status", "Assigned-to", "Password", "Valid until", "Purchased on", "Tracking code"]


def found_in(
    *rows: Sequence[Cell], header: Sequence[str] = HEADER, default: str = "", ready_only: bool = False
) -> Found:
    found = Found()
    add_rows(
        found,
        sheet=OpenSheet("S", lambda: iter([[header, *rows]])),
        header=0,
        mapping=recognize(header),
        default_product=default,
        ready_only=ready_only,
    )
    return found


def test_a_row_in_one_spelling() -> None:
    found = found_in(
        [" 123982b8ap ", "P", "Complete", " Ana ", 42.0, "12/31/2026", datetime(2026, 3, 4, 1, tzinfo=UTC), 7.0]
    )

    assert found.bad == []
    assert list(found.rows.values()) == [
        ExportRow(
            "S", 2, "123982B8AP", "P", "Complete", "completed", "Ana", "42", date(2026, 12, 31), date(2026, 3, 4), "7"
        )
    ]


def test_short_rows_and_lacking_columns_are_empty() -> None:
    found = found_in(["A1", "P"])

    assert list(found.rows.values()) == [ExportRow("S", 2, "A1", "P", "", "", "", "", None, None, "")]


def test_an_unknown_status_is_kept_as_it_is() -> None:
    assert [(row.status_raw, row.status) for row in found_in(["A1", "P", "Paused?"]).rows.values()] == [("Paused?", "")]


def test_blank_lines_and_totals_are_left_out_and_numbers_stay() -> None:
    found = found_in(
        ["A1", "P"], ["", None, " "], ["A2", "P"], [], ["Total", "", 2.0], ["Total: 2"], ["", "Records", "2"]
    )

    assert [(row.row, row.test_id) for row in found.rows.values()] == [(2, "A1"), (4, "A2")]
    assert found.bad == []


def test_a_total_is_only_believed_below_the_last_id() -> None:
    assert [row.test_id for row in found_in(["TOTAL", "P"], ["A2", "P"]).rows.values()] == ["TOTAL", "A2"]


def test_every_fault_of_a_row_is_named_at_once() -> None:
    found = found_in(["A1", "", "Ready", "", "", "31.12.2026", "13/13/2026", "x" * 65])

    assert found.rows == {}
    assert [(one.row, one.column, one.value[:12], one.test_id) for one in found.bad] == [
        (2, "Product", "", "A1"),
        (2, "Valid until", "31.12.2026", "A1"),
        (2, "Purchased on", "13/13/2026", "A1"),
        (2, "Tracking code", "xxxxxxxxxxxx", "A1"),
    ]


@pytest.mark.parametrize("cell", ["", None, "x" * 65, "A\x07B", 1.5, 2.0**53, True, date(2026, 1, 1)])
def test_an_id_that_cannot_be_read(cell: Cell) -> None:
    found = found_in([cell, "P", "Ready"])

    assert found.rows == {}
    assert [(one.column, one.test_id, one.product) for one in found.bad] == [("Test ID", "", "P")]
    assert found.bad[0].expected


def test_a_password_that_lost_digits_is_named_as_secret() -> None:
    found = found_in(["A1", "P", "Ready", "", 0.1])

    assert found.bad == [BadCell("S", 2, "Password", "0.1", found.bad[0].expected, "A1", "P", secret=True)]


def test_ids_that_are_numbers_are_counted_for_a_warning() -> None:
    found = found_in([123.0, "P"], ["124", "P"], [125.0, "P"])

    assert [row.test_id for row in found.rows.values()] == ["123", "124", "125"]
    assert found.numbers == {Field.TEST_ID: 2}


def test_a_product_for_rows_that_name_none() -> None:
    assert [row.product for row in found_in(["A1", "Q"], ["A2", ""], default="P").rows.values()] == ["Q", "P"]
    assert [row.product for row in found_in(["A1"], header=["Test ID"], default="P").rows.values()] == ["P"]


def test_ready_only_states_the_status() -> None:
    found = found_in(["A1"], header=["Test ID"], default="P", ready_only=True)

    assert [(row.status_raw, row.status) for row in found.rows.values()] == [("Ready", "ready")]


def test_without_a_status_column_nothing_is_said_of_it() -> None:
    assert [
        (row.status_raw, row.status) for row in found_in(["A1"], header=["Test ID"], default="P").rows.values()
    ] == [("", "")]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-31", date(2026, 12, 31)),
        ("2026-12-31T10:00:00Z", date(2026, 12, 31)),
        ("2026-12-31 10:00:00", date(2026, 12, 31)),
        ("3/9/2026", date(2026, 3, 9)),
        ("03/09/2026 4:05 PM", date(2026, 3, 9)),
    ],
)
def test_days(text: str, day: date) -> None:
    assert day_of(text) == day


@pytest.mark.parametrize("text", ["31/12/2026", "2026-02-30", "9.3.2026", "3/9/26", "March 9", "20261231", "٣/9/2026"])
def test_other_days_are_not_guessed(text: str) -> None:
    with pytest.raises(Unusable):
        day_of(text)


def test_an_exact_number_is_restored_as_text() -> None:
    assert text_of(float(2**53 - 1)) == "9007199254740991"

"""Blocks of plain rows and rows that need care: both ways to the same answer, whatever stands in the file."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory import export_blocks
from inventory.columns import recognize
from inventory.export_blocks import add_rows
from inventory.export_rows import Found
from inventory.sheets import Cell, OpenSheet, Row, UnreadableFile

HEADER = [
    *("Test ID", "Product", "Status", "Assigned-to", "Password", "Valid until", "Purchased on", "Tracking code"),
    *("Center", "Notes"),
]
TEXTS = st.sampled_from(
    ["", " ", "A1", "a-2", "A3 ", "TOTAL", "Total: 3", "Test ID", "Page 2 of 3", "'007", '="0042"', "é\ud800", "x" * 65]
)
ODD: st.SearchStrategy[Cell] = st.one_of(
    TEXTS, st.sampled_from([None, 0.0, 1.0, 1.5, True, False, date(2026, 1, 2), datetime(2026, 1, 2, 3, tzinfo=UTC)])
)
IDS = st.one_of(st.integers(0, 400).map(lambda number: f"ID{number:04}"), ODD)
DAYS = st.one_of(st.sampled_from(["", "2026-12-31", "12/31/2026", date(2026, 1, 2), "someday"]), ODD)
PLAIN_ROW = st.tuples(
    st.integers(0, 10**6).map(lambda number: f"ID{number:07}"),
    st.sampled_from(["P", "p", "Q"]),
    st.sampled_from(["Ready", "Started", "Paused?"]),
    st.sampled_from(["", "", "Ana"]),
    st.sampled_from(["", "0042"]),
    st.sampled_from(["", "2026-12-31"]),
    st.just(""),
    st.sampled_from(["", "T1"]),
    st.sampled_from(["", "Lisbon"]),
    st.just(""),
).map(list)
ODD_ROW = st.one_of(
    st.tuples(IDS, ODD, ODD, ODD, ODD, DAYS, DAYS, ODD, ODD, ODD).map(list),
    st.lists(ODD, max_size=12),
    st.just(HEADER),
    st.just([]),
)
# Long runs of plain rows with a few odd ones between, as files are.
TABLES = st.lists(st.one_of(st.lists(PLAIN_ROW, max_size=30), st.lists(ODD_ROW, max_size=2)), max_size=8).map(
    lambda runs: list(chain.from_iterable(runs))
)


def read(rows: Sequence[Row], *, block: int = 50, default: str = "", ready_only: bool = False) -> Found:
    lines: list[Row] = [["AVAILABLE TESTS"], HEADER, *rows]
    blocks = [lines[start : start + block] for start in range(0, len(lines), block)]
    found = Found()
    add_rows(
        found,
        sheet=OpenSheet("S", lambda: iter(blocks)),
        header=1,
        mapping=recognize(HEADER),
        default_product=default,
        ready_only=ready_only,
    )
    return found


@settings(max_examples=150, deadline=None)
@given(TABLES, st.sampled_from(["", "P"]), st.booleans())
def test_both_ways_say_the_same(rows: list[Row], default: str, ready_only: bool) -> None:
    fast = read(rows, default=default, ready_only=ready_only)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export_blocks, "_SMALLEST", 10**9)
        careful = read(rows, default=default, ready_only=ready_only)

    assert fast == careful
    assert list(fast.rows) == list(careful.rows)
    assert list(fast.products.items()) == list(careful.products.items())


@settings(max_examples=60, deadline=None)
@given(TABLES, st.integers(1, 40))
def test_where_blocks_end_does_not_matter(rows: list[Row], block: int) -> None:
    assert read(rows, block=block) == read(rows, block=10_000)


def test_plain_rows_go_the_fast_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inventory.export_rows.RowReader.add", None)  # whoever asks for care fails
    rows = [[f"A{number:05}", "P", "Ready", "", "0042", "2026-12-31", "", "", "Lisbon", ""] for number in range(498)]

    assert len(read(rows).rows) == 498


def test_what_stands_above_the_header_is_left_out_where_a_page_break_repeats_it() -> None:
    rows: list[Row] = [
        ["A1", "P"],
        [],
        ["AVAILABLE TESTS"],
        ["Page 2 of 7"],
        HEADER,
        ["A2", "P"],
        ["Página 3"],
        ["A3", "P"],
    ]

    found = read(rows)

    assert [(row.row, row.test_id) for row in found.rows.values()] == [(3, "A1"), (8, "A2"), (10, "A3")]
    assert found.bad == []


def test_a_cell_beyond_the_columns_is_a_fault() -> None:
    (bad,) = read([["A1", "P", "Ready", "Silva", " Ana", "", "", "", "", "", "", "2026-12-31"]]).bad

    assert (bad.row, bad.column, bad.value, bad.test_id, bad.secret) == (3, "column L", "2026-12-31", "A1", True)
    assert read([["A1", "P", *[""] * 20]]).bad == []


def test_unknown_columns_are_kept_with_the_row() -> None:
    rows: list[Row] = [
        ["A1", "P", *[""] * 6, " Lisbon ", 3.0],
        ["A2", "P", *[""] * 6, "", date(2026, 1, 2)],
        ["A3", "P"],
    ]

    assert [row.other for row in read(rows).rows.values()] == [
        '{"Center":"Lisbon","Notes":"3"}',
        '{"Notes":"2026-01-02"}',
        "",
    ]


def test_an_id_that_stands_twice_may_differ_in_unknown_columns_alone() -> None:
    same = [["A1", "P", *[""] * 6, "1"], ["a1", "P", *[""] * 6, "2"]]
    assert [row.other for row in read(same).rows.values()] == ['{"Center":"1"}']

    (bad,) = read([["A1", "P", "Ready"], ["A1", "P", "Started"]]).bad
    assert (bad.row, bad.column, bad.expected) == (
        4,
        "Test ID",
        "each test ID once, or the same twice; row 3 says otherwise",
    )


def test_a_short_last_row_of_a_file_that_ends_without_a_line_end_is_a_cut() -> None:
    whole = ["A1", "P", *[""] * 8]
    sheet = OpenSheet("", lambda: iter([[HEADER, whole, ["A2", "P"]]]), open_ended=True)

    with pytest.raises(UnreadableFile, match="cut short"):
        add_rows(Found(), sheet=sheet, header=0, mapping=recognize(HEADER), default_product="", ready_only=False)


@pytest.mark.parametrize("last", [["A2"], ["Total: 1"]])
def test_a_short_last_row_is_no_cut_where_others_are_short_or_it_is_a_total(last: Row) -> None:
    found = Found()
    rows: list[Row] = [HEADER, ["A1", "P"], [*last, "P"][: 2 if last == ["A2"] else 1]]
    sheet = OpenSheet("", lambda: iter([rows]), open_ended=True)

    add_rows(found, sheet=sheet, header=0, mapping=recognize(HEADER), default_product="", ready_only=False)

    assert found.bad == []


def test_a_file_in_which_nearly_all_is_faulty_is_refused_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inventory.export_rows.MOST_FAULTS", 3)
    rows: list[Row] = [["A1", "P", "", "", "", "someday"], ["A2", "", "", "", "", "someday"]]

    assert len(read(rows).bad) == 3
    with pytest.raises(UnreadableFile, match=r"More than 3 cells .* row 3, column Valid until: expected is a"):
        read([*rows, ["A3"]])

"""Tables of pages: nested, merged, with markup; and the process in which they are read."""

import pytest

from inventory.reading_html import Unusable, tables

MANY = 10**6


def only(page: str) -> list[list[str]]:
    ((_, rows),) = tables(page, MANY, MANY)
    return rows


def test_a_table_within_one_that_lays_the_page_out() -> None:
    inner = "<table><tr><td>Test ID<td>Status<tr><td>A1<td>Ready</table>"

    assert only(f"<table><tr><td>menu</td></tr><tr><td>{inner}</td></tr></table>") == [
        ["Test ID", "Status"],
        ["A1", "Ready"],
    ]


def test_a_table_within_a_cell_is_that_cells_text_too() -> None:
    (outer, inner) = tables(
        "<table><tr><td>A1</td><td><table><tr><td>Ana</td><td>Silva</td></tr></table></td></tr></table>", MANY, MANY
    )

    assert outer == ("table 1", [["A1", "Ana Silva"]])
    assert inner == ("table 2", [["Ana", "Silva"]])


def test_merged_cells_leave_the_others_in_their_columns() -> None:
    page = (
        "<table><tr><td colspan=3>AVAILABLE TESTS</td></tr><tr><td>Product</td><td>Test ID</td><td>Status</td></tr>"
        "<tr><td rowspan=2>ACAD</td><td>A1</td><td>Ready</td></tr><tr><td>A2</td><td rowspan=9>Started</td></tr>"
        "<tr><td>BUS</td><td>A3</td></tr></table>"
    )

    assert only(page) == [
        ["AVAILABLE TESTS", "", ""],
        ["Product", "Test ID", "Status"],
        ["ACAD", "A1", "Ready"],
        ["", "A2", "Started"],
        ["BUS", "A3"],
    ]


def test_entities_breaks_and_blanks() -> None:
    page = (
        "<table><tr><td>A&amp;B&nbsp;<br>C</td><td>&#x41;&eacute;</td></tr>"
        "<tr><td>  x\n y </td><td><p>1</p><p>2</p></td></tr></table>"
    )

    assert only(page) == [["A&B C", "Aé"], ["x y", "1 2"]]


def test_scripts_and_styles_are_no_text() -> None:
    assert only("<table><tr><td><script>x<1</script>A1<td><style>td{}</style>B</table>") == [["A1", "B"]]


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ("<table><tr><td>A<td>B</tr>", "cut"),
        ("<p>no table</p>", "no table"),
        ("<table><tr><td>one column</table>", "no table"),
        ("<table>" * 21, "memory"),
        ("<table>" + "<tr><td>1<td>2" * 11 + "</table>", "cells"),
        ("<table><tr><td colspan=90><td></table>", "cells"),
    ],
)
def test_why_a_page_cannot_be_used(page: str, problem: str) -> None:
    with pytest.raises(Unusable, match=f"^{problem}$"):
        tables(page, 10, 80)

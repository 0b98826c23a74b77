"""Lists as csv and xlsx: nothing runs, nothing is changed that need not be, and a long list is never held in memory."""

from __future__ import annotations

import csv
import tracemalloc
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook

from access.spreadsheets import Cell, Table, csv_lines, download, safe, xlsx

EVIL = ("=1+1", "+1", "-1", "@x", "#N/A", "=", "#REF!")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0"])
def test_a_text_that_looks_like_a_formula_is_made_harmless_in_csv(start: str) -> None:
    assert safe(f"{start}1+1") == "'" + f"{start}1+1".replace("\0", "")
    assert (safe("a=1"), safe(-1.5), safe(None)) == ("a=1", -1.5, None)
    (line,) = csv.reader(["".join(csv_lines(Table("x", [f"{start}a"], [])))]) if start not in "\r\n" else [["'"]]
    assert line[0].startswith("'")


def test_a_workbook_holds_texts_to_the_letter_and_numbers_as_numbers() -> None:
    with xlsx(Table("Any", EVIL, [[*EVIL], ["", None, 3, 1.5, "0042", "a\0b", "x" * 40_000]])) as file:
        head, evil, plain = load_workbook(file)["Any"].iter_rows()
    for row in (head, evil):
        assert [(cell.value, cell.data_type) for cell in row] == [(text, "s") for text in EVIL]
        assert [cell.quotePrefix for cell in row] == [not text.startswith("#") for text in EVIL]
    assert [cell.value for cell in plain][2:6] == [3, 1.5, "0042", "ab"]
    assert len(str(plain[6].value)) == 32_767


def test_a_long_list_is_never_held_in_memory() -> None:
    read = 0

    def rows() -> Iterator[list[Cell]]:
        nonlocal read
        for number in range(20_000):
            read += 1
            yield [f"ID{number}", "ACAD-PLUS", "New: Ready and free.", number]

    tracemalloc.start()
    with xlsx(Table("Any", ["a", "b", "c", "d"], rows())):
        peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert read == 20_000
    assert peak < 5_000_000  # bytes; held together, the rows alone would be more


def test_csv_is_streamed() -> None:
    def rows() -> Iterator[list[Cell]]:
        yield ["first"]
        raise AssertionError("the second row was read before the first was handed on")

    lines = csv_lines(Table("Any", ["a"], rows()))
    assert [next(lines), next(lines)] == ["a\r\n", "first\r\n"]


def test_a_download_says_its_name() -> None:
    for kind in ("csv", "xlsx"):
        answer = download(Table("Any", ["a"], []), name="list", kind=kind)
        assert answer["Content-Disposition"] == f'attachment; filename="list.{kind}"'
        b"".join(answer)
        answer.close()

import io
from datetime import date, datetime

import openpyxl
import pytest
import xlwt

from inventory import reading, reading_apart, sheets
from inventory.reading import UnreadableFile, read
from tests.inventory import exports, hostile

ROWS = [
    ["123982B8AP", "ACAD-PLUS", "Ready", "", "0042", "12/31/2026"],
    ["123983B8AP", "ACAD-PLUS", "Started", '{"name": "José, Ana", "oid": "x"}', "", ""],
]


def cells(content: bytes) -> list[list[object]]:
    (sheet,) = read(content, "whatever.pdf").sheets
    return [list(row) for row in sheet.rows]


EXPECTED = [list(exports.HEADER), *ROWS]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_csv_of_each_delimiter_and_encoding(delimiter: str, encoding: str) -> None:
    assert cells(exports.as_csv(ROWS, delimiter=delimiter, encoding=encoding)) == EXPECTED


def test_excels_own_line_for_the_delimiter_keeps_row_numbers() -> None:
    found = cells(b"sep=;\r\n" + exports.as_csv(ROWS, delimiter=";"))

    assert found == [[], *EXPECTED]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (exports.as_csv(ROWS), "csv"),
        (exports.as_xls(ROWS), "xls"),
        (exports.as_xlsx(ROWS), "xlsx"),
        (exports.as_ods(ROWS), "ods"),
        (exports.as_html(ROWS), "html"),
    ],
    ids=["csv", "xls", "xlsx", "ods", "html"],
)
def test_told_by_content_whatever_the_name(content: bytes, kind: str) -> None:
    found = read(content, "export.xls")

    assert found.kind == kind
    read_rows = [[cell or "" for cell in row] for row in found.sheets[0].rows]
    assert read_rows == EXPECTED


def test_blank_rows_keep_their_numbers() -> None:
    content = exports.as_xlsx(ROWS, title=[["AVAILABLE TESTS"], []])

    assert [row[0] for row in cells(content)] == ["AVAILABLE TESTS", "", "Test ID", "123982B8AP", "123983B8AP"]


def test_every_visible_sheet_is_read_and_hidden_ones_are_not() -> None:
    book = openpyxl.load_workbook(io.BytesIO(exports.as_xlsx(ROWS, more_sheets={"Two": ROWS, "Old": ROWS})))
    book["Old"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)

    assert [sheet.name for sheet in read(out.getvalue()).sheets] == ["AVAILABLE TESTS", "Two"]


def test_an_html_table_with_entities_spans_and_nested_markup() -> None:
    page = (
        "<!DOCTYPE html><html><head><style>td{}</style></head><table><tr><th colspan=2>AVAILABLE&nbsp;TESTS"
        "<tr><td>Test&#32;ID<td><b>Assigned</b>-to<tr><td>A1<td>{&quot;name&quot;: &quot;x&quot;}<br>y</table></html>"
    )

    assert cells(page.encode()) == [["AVAILABLE TESTS", ""], ["Test ID", "Assigned-to"], ["A1", '{"name": "x"} y']]


def whole_xlsx() -> bytes:
    return exports.as_xlsx(ROWS * 50)


def bomb() -> bytes:
    return exports.zipped({"[Content_Types].xml": b"", "xl/worksheets/sheet1.xml": b"\0" * 30_000_000})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"%PDF-1.7\n\x00\x01\x02\x03binary", "no csv"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "no csv"),
        (whole_xlsx()[:2000], "broken or cut short"),
        (exports.as_xls(ROWS)[:1500], "broken or cut short"),
        (exports.zipped({"readme.txt": b"x"}), "no spreadsheet"),
        (exports.zipped({str(number): b"" for number in range(2001)}), "far larger"),
        (bomb(), "far larger"),
        (hostile.with_flag(whole_xlsx(), 1), "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "broken or cut short"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00" + b"\0" * 100, "early nineties"),
        (b"<html><body>Please log in</body></html>", "without a table"),
        (b"<?xml version='1.0'?><Workbook><Table/></Workbook>", "no HTML table"),
        (exports.as_html(ROWS)[:-60], "cut short"),
        (b'Test ID,Assigned-to\n"' + b"x" * 200_000, "Row 2"),
    ],
)
def test_a_hostile_or_broken_file_ends_in_one_clear_message(content: bytes, message: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        read(content, "export.xlsx")


def test_a_workbook_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_apart, "SECONDS", 0)

    with pytest.raises(UnreadableFile, match="more memory or time"):
        read(whole_xlsx())


def test_an_entity_bomb_is_not_expanded() -> None:
    bomb_page = b"<!DOCTYPE html [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><table><tr><td>&b;</td><td>x</td></tr></table>"

    assert cells(bomb_page) == [["&b;", "x"]]


def test_the_size_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 10)

    with pytest.raises(UnreadableFile, match="too large"):
        read(b"Test ID,Assigned-to\n")


@pytest.mark.parametrize("content", [exports.as_csv(ROWS), exports.as_html(ROWS), exports.as_xlsx(ROWS)])
@pytest.mark.parametrize(("limit", "most"), [("MAX_ROWS", 2), ("MAX_CELLS", 11)])
def test_the_row_and_cell_caps(monkeypatch: pytest.MonkeyPatch, content: bytes, limit: str, most: int) -> None:
    for module in ("reading_text", "reading_apart"):
        monkeypatch.setattr(f"inventory.{module}.{limit}", most)

    with pytest.raises(UnreadableFile, match="too large"):
        read(content)


def test_numbers_stay_numbers_so_that_nothing_is_guessed_here() -> None:
    assert cells(exports.as_xlsx([[123.0, "P"]], header=["Test ID", "Product"]))[1] == [123.0, "P"]
    assert sheets.MAX_ROWS > 1_000_000


def saved(book: openpyxl.Workbook | xlwt.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_hidden_columns_and_rows_are_read_too() -> None:
    book = openpyxl.load_workbook(io.BytesIO(exports.as_xlsx(ROWS)))
    sheet = book["AVAILABLE TESTS"]
    sheet.column_dimensions["D"].hidden = True
    sheet.row_dimensions[2].hidden = True

    assert [[cell or "" for cell in row] for row in cells(saved(book))] == EXPECTED


def test_a_merged_title_is_a_row_above_the_header() -> None:
    book = openpyxl.load_workbook(io.BytesIO(exports.as_xlsx(ROWS, title=[["AVAILABLE TESTS"]])))
    book["AVAILABLE TESTS"].merge_cells("A1:F1")

    assert cells(saved(book))[:2] == [["AVAILABLE TESTS", "", "", "", "", ""], list(exports.HEADER)]


def test_dates_and_other_kinds_of_cells() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    moment = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - a spreadsheet knows no zones
    book.active.append(["A1", date(2026, 12, 31), moment, True, 7, 0.5])
    old = xlwt.Workbook()
    sheet = old.add_sheet("x")
    sheet.write(0, 0, date(2026, 12, 31), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    sheet.write(0, 1, 7)

    assert cells(saved(book)) == [["A1", date(2026, 12, 31), moment, True, 7.0, 0.5]]
    assert cells(saved(old)) == [[date(2026, 12, 31), 7.0]]


def test_hidden_sheets_of_an_xls_and_an_ods_are_not_read() -> None:
    old = xlwt.Workbook()
    old.add_sheet("seen").write(0, 0, "A1")
    hidden = old.add_sheet("hidden")
    hidden.visibility = 1
    hidden.write(0, 0, "A2")
    assert cells(saved(old)) == [["A1"]]

    style = (
        b'<office:automatic-styles><style:style xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
        b'style:name="t" style:family="table"><style:table-properties table:display="false"/></style:style>'
        b"</office:automatic-styles><office:body>"
    )
    unseen = hostile.changed(
        exports.as_ods(ROWS),
        lambda _, entry: entry.replace(b"<office:body>", style).replace(
            b"table:name=", b'table:style-name="t" table:name='
        ),
    )
    with pytest.raises(UnreadableFile, match="no sheet that can be seen"):
        read(unseen)

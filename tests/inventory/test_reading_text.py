"""Text exports: whatever table is written, in whatever way, is read back the same."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.reading import UnreadableFile, opened, read
from tests.inventory import exports

# Letters that Windows-1252 has too, none of which reads as UTF-8 there; what parts columns, rows and texts among them.
LETTERS = st.text(st.sampled_from("Aa0Zz9éüñçãÖ ,;\t|'\"={}[]:-_.@\n"), max_size=20)
CELLS = st.one_of(
    st.just(""),
    LETTERS,
    st.sampled_from(["00123", "12345678901234567890", '{"name": "José, Ana"}', "two\r\nlines", "a\rb"]),
)
IDS = st.text(st.sampled_from("ABC0123456789-"), min_size=1, max_size=12)
TABLES = st.lists(st.tuples(IDS, CELLS, CELLS, CELLS, CELLS, CELLS).map(list), max_size=12)


@settings(max_examples=250, deadline=None)
@given(
    TABLES,
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]),
    st.sampled_from(["\r\n", "\n", "\r"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.booleans(),
)
def test_a_table_is_read_back_the_same(
    rows: list[list[str]], delimiter: str, encoding: str, end: str, quoting: int, stated: bool
) -> None:
    if any(set(cell) & set("\r\n") for row in rows for cell in row):
        quoting = csv.QUOTE_ALL  # Python's writer quotes only its own line ends
    out = io.StringIO(newline="")
    out.write(f"sep={delimiter}{end}" if stated else "")
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(  # type: ignore[arg-type]
        [exports.HEADER, *rows]
    )

    (sheet,) = read(out.getvalue().encode(encoding)).sheets

    assert sheet.rows == [*([[]] if stated else []), list(exports.HEADER), *rows]


def test_a_file_is_read_as_often_as_it_is_asked_and_in_blocks() -> None:
    rows = [[f"A{number}", "P"] for number in range(5_000)]
    (sheet,) = opened(exports.as_csv(rows, header=["Test ID", "Product"])).sheets

    assert [len(block) for block in sheet.blocks()] == [2_048, 2_048, 905]
    assert list(sheet.rows())[1:] == rows
    assert sheet.head(2) == [["Test ID", "Product"], ["A0", "P"]]


@pytest.mark.parametrize("count", [2_047, 2_048, 2_049])
def test_the_end_of_a_block_is_not_the_end_of_the_file(count: int) -> None:
    content = b"Test ID,Product\n" + b"A1,P\n" * (count - 1)

    assert len(read(content).sheets[0].rows) == count
    with pytest.raises(UnreadableFile, match="cut short"):
        read(content + b'"')


@pytest.mark.parametrize(
    ("declared", "encoding"), [("iso-8859-2", "iso-8859-2"), ("windows-1250", "cp1250"), ("nonsense", "cp1252")]
)
def test_a_page_is_read_in_the_encoding_that_it_declares(declared: str, encoding: str) -> None:
    name = "Łódź" if encoding != "cp1252" else "Évora"
    page = exports.as_html([["A1", "P", "Ready", name, "", ""]])
    page = page.replace(b"<body>", f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">'.encode())
    content = page.decode().encode(encoding)

    assert read(content).sheets[0].rows[1][3] == name


def test_utf8_is_utf8_whatever_a_page_declares() -> None:
    page = exports.as_html([["A1", "P", "Ready", "José", "", ""]]).replace(b"<body>", b"<meta charset=iso-8859-1>")

    assert read(page).sheets[0].rows[1][3] == "José"

"""The export of the AVAILABLE TESTS panel, in every shape that an iTEP export may come in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import openpyxl
import xlwt
from django.utils.html import format_html, format_html_join

from itep.sandbox.panel import NotPossible, listed, tracking_code_of
from itep.sandbox.records import Exam
from itep.sandbox.store import Store

COLUMNS = (
    "Test ID",
    "Product Code",
    "Status",
    "Assigned To",
    "Password",
    "Valid Until",
    "Purchased On",
    "Tracking Code",
)
Row = Sequence[str]


def row_of(store: Store, exam: Exam) -> Row:
    code = tracking_code_of(store, exam)
    return (
        exam.test_id,
        exam.product,
        exam.status,
        exam.assigned_to,
        exam.password,
        exam.valid_until,
        exam.purchased_on,
        code.code if code else exam.tracking_code,
    )


def export(store: Store, *, shape: str, product: str = "", every_status: bool = False) -> tuple[str, str, bytes]:
    """File name, content type and content. Raises NotPossible."""
    if shape not in _SHAPES:
        raise NotPossible(f"There is no format {shape!r}. There are: {', '.join(_SHAPES)}.")
    ending, content_type, write = _SHAPES[shape]
    rows = [row_of(store, exam) for exam in listed(store, product=product, every_status=every_status)]
    name = f"available-tests-{datetime.now(UTC):%Y%m%d-%H%M%S}.{ending}"
    return name, content_type, write(rows)


def _csv(rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([COLUMNS, *rows])
    return text.getvalue().encode("utf-8-sig")


def _xls(rows: Sequence[Row]) -> bytes:
    if len(rows) >= 65_536:
        raise NotPossible("An xls file has at most 65,535 rows. Filter by product, or take another format.")
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("AVAILABLE TESTS")
    for at, row in enumerate([COLUMNS, *rows]):
        for column, text in enumerate(row):
            sheet.write(at, column, text[:32_767])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _xlsx(rows: Sequence[Row]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("AVAILABLE TESTS")
    for row in [COLUMNS, *rows]:
        sheet.append([openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", text) for text in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _html(rows: Sequence[Row]) -> bytes:
    """What many systems call xls: an HTML table under that name."""
    head = format_html_join("", "<th>{}</th>", ((column,) for column in COLUMNS))
    cells = ((format_html_join("", "<td>{}</td>", ((text,) for text in row)),) for row in rows)
    body = format_html_join("\n", "<tr>{}</tr>", cells)
    page = (
        '<html><head><meta charset="utf-8"></head><body><table border="1">\n<tr>{}</tr>\n{}\n</table></body></html>\n'
    )
    return format_html(page, head, body).encode()


_SHAPES: dict[str, tuple[str, str, Callable[[Sequence[Row]], bytes]]] = {
    "csv": ("csv", "text/csv; charset=utf-8", _csv),
    "xls": ("xls", "application/vnd.ms-excel", _xls),
    "html": ("xls", "application/vnd.ms-excel", _html),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
}
SHAPES = tuple(_SHAPES)

"""Exports as iTEP and others write them, in every format that is read."""

import csv
import io
import zipfile
from collections.abc import Sequence
from html import escape
from types import SimpleNamespace
from typing import Any

import openpyxl
import xlwt

HEADER = ("Test ID", "Product Code", "Status", "Assigned-to", "Password", "Valid Until")
Rows = Sequence[Sequence[Any]]


def held(content: bytes) -> Any:
    """An upload as it is read, that no database knows."""
    return SimpleNamespace(content=content, file_name="x", mapping={}, default_product="", ready_only=False)


def as_csv(rows: Rows, *, delimiter: str = ",", encoding: str = "utf-8", header: Sequence[str] = HEADER) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([header, *rows] if header else rows)
    return out.getvalue().encode(encoding)


def as_xlsx(
    rows: Rows, *, header: Sequence[str] = HEADER, title: Rows = (), more_sheets: dict[str, Rows] | None = None
) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "AVAILABLE TESTS"
    for line in [*title, header, *rows]:
        sheet.append(list(line))
    for name, lines in (more_sheets or {}).items():
        another = book.create_sheet(name)
        for line in lines:
            another.append(list(line))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_xls(rows: Rows, *, header: Sequence[str] = HEADER) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("AVAILABLE TESTS")
    for number, line in enumerate([header, *rows]):
        for place, value in enumerate(line):
            sheet.write(number, place, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_html(rows: Rows, *, header: Sequence[str] = HEADER) -> bytes:
    lines = ["".join(f"<td>{escape(str(cell))}</td>" for cell in row) for row in [header, *rows]]
    return f"<html><body><table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table></body></html>".encode()


def as_ods(rows: Rows, *, header: Sequence[str] = HEADER) -> bytes:
    def cell(value: Any) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in [header, *rows])
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="AVAILABLE TESTS">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return zipped(
        {"mimetype": kind.encode(), "content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()}
    )


def zipped(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()

"""A list of candidates, read: what each cell says, and every fault of the file at once."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from access.models import Payer
from fulfillment import sheet_requests
from fulfillment.sheet_columns import VOCABULARY, invent
from fulfillment.sheet_requests import Requests, Same
from inventory import headers, reading
from inventory.headers import Said
from inventory.models import Product

pytestmark = pytest.mark.django_db


def read(content: str | bytes, product: Product, **more: Any) -> Requests:
    raw = content.encode() if isinstance(content, str) else content
    file = reading.opened(raw, vocabulary=VOCABULARY)
    return sheet_requests.read(
        headers.in_file(file, Said({}), vocabulary=VOCABULARY, invent=invent), Same(product, **more)
    )


def faults(found: Requests) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.value) for one in found.faults]


def workbook(*rows: list[object], **more: list[list[object]]) -> bytes:
    book, written = openpyxl.Workbook(), io.BytesIO()
    for name, some in {"People": list(rows), **more}.items():
        sheet: Any = book.create_sheet(name)
        for row in some:
            sheet.append(row)
    del book["Sheet"]
    book.save(written)
    return written.getvalue()


@pytest.mark.parametrize(
    "header",
    [
        "Own number,Name,E-mail,Language",
        "matrícula;Nombre completo;Correo electrónico;Idioma",
        "Número do aluno\tNome\tEndereço de email\tIdioma",
        "STUDENT_ID|full name|mail|lang",
    ],
)
def test_columns_go_by_many_names(academic: Product, header: str) -> None:
    delimiter = next(one for one in ",;\t|" if one in header)
    row = delimiter.join(["0077", "Ana Silva", "ana@example.org", "Português"])
    (one,) = read(f"Candidates of autumn\n\n{header}\n{row}\n", academic).rows
    person = one.candidate
    assert (person.external_id, person.name, person.email, person.language) == (
        "0077",
        "Ana Silva",
        "ana@example.org",
        "pt",
    )
    assert one.number == 4


def test_every_column_says_what_it_expects(academic: Product, hr: Payer) -> None:
    found = read(
        "name,email,product,payer,delivery,deadline,language\n"
        "Ana,ana@example.org,NO-SUCH,nobody,pigeon,31/12/2099,p\n"
        "Ben,ben@example.org,acad-plus,human resources,none,2020-01-01,\n",
        academic,
    )
    assert faults(found) == [
        (2, "product", "NO-SUCH"),
        (2, "payer", "nobody"),
        (2, "delivery", "pigeon"),
        (2, "deadline", "31/12/2099"),
        (2, "language", "p"),
        (3, "deadline", "2020-01-01"),
    ]
    expected = {one.column: one.expected for one in found.faults if one.row == 2}
    assert expected["product"] == "The code of a product, as ACAD-PLUS."
    assert expected["payer"] == "The code of a payer, as hr."
    assert expected["deadline"] == "A date, as 2026-12-31 or 12/31/2026 (month first)."


def test_a_row_without_an_email_is_a_fault_only_where_one_is_needed(academic: Product) -> None:
    found = read("name,email,delivery\nAna,,\nBen,,by hand\n", academic)
    assert faults(found) == [(2, "email", "")]


def test_first_and_last_name(academic: Product) -> None:
    found = read("last name,first name,email\nSilva,Ana,ana@example.org\n,,ben@example.org\n", academic)
    assert [one.candidate.name for one in found.rows] == ["Ana Silva", ""]
    assert faults(found) == [(3, "first name", "")]


def test_cells_of_a_workbook(academic: Product) -> None:
    content = workbook(
        ["Name", "Email", "Own number", "Deadline"],
        ["Ana", "ana@example.org", 77, date(2099, 1, 31)],
        ["Ben", "ben@example.org", 77.5, None],
        ["Cleo", "cleo@example.org", True, None],
        [None, None, None, None],
        ["Dan", "=A2&B2", 80, None],  # saved by a program that does not reckon: no value stands in it
    )
    found = read(content, academic)
    assert (found.rows[0].candidate.external_id, found.rows[0].deadline) == ("77", date(2099, 1, 31))
    assert faults(found) == [(3, "Own number", "77.5"), (4, "Own number", "TRUE"), (6, "Email", "")]
    assert "formula" in found.faults[-1].expected


def test_sheets_that_name_nobody_are_left_out(academic: Product) -> None:
    content = workbook(
        ["Name", "Email"], ["Ana", "ana@example.org"], Rooms=[["Number", "Note"], [12, "upstairs"]], Empty=[]
    )
    found = read(content, academic)
    assert ([one.candidate.name for one in found.rows], found.faults) == (["Ana"], [])


def test_other_columns_are_data_only_where_somebody_says_so(academic: Product) -> None:
    content = "name,email,Site,Cost\nAna,ana@example.org,Lisbon,\n"
    assert read(content, academic).rows[0].metadata == {}
    assert read(content, academic, keep_others=True).rows[0].metadata == {"Site": "Lisbon"}
    long = read(content.replace("Lisbon", "x" * 501), academic, keep_others=True)
    assert [one.column for one in long.faults] == ["metadata"]


def test_too_many_rows_are_one_fault(academic: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_requests, "MOST_ROWS", 3)
    lines = "".join(f"P{one},p{one}@example.org\n" for one in range(4))
    found = read(f"name,email\n{lines}", academic)
    assert (found.rows, len(found.faults), found.faults[0].value) == ([], 1, "more than 3")


def test_rows_without_column_names_are_all_people(academic: Product) -> None:
    found = read("77;Ana Silva;ana@example.org\n78;Ben;ben@example.org\n", academic)
    assert [(one.number, one.candidate.name, one.candidate.email) for one in found.rows] == [
        (1, "Ana Silva", "ana@example.org"),
        (2, "Ben", "ben@example.org"),
    ]


def test_all_faults_take_no_statement_a_row(academic: Product, django_assert_max_num_queries: Any) -> None:
    lines = "".join(f"P{one},nonsense,2099-01-01\n" for one in range(300))
    with django_assert_max_num_queries(8):
        assert len(read(f"name,email,deadline\n{lines}", academic).faults) == 300

"""Results as csv and xlsx, row by row. The columns are documented in docs/results.md."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import IO, TypeAlias

from django.db.models import QuerySet
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from results.models import Result

Cell: TypeAlias = str | float | int | None
BEFORE = ("external_id", "reference", "name", "email", "oid", "test_id", "product", "payer", "state", "itep_status")
OVERALL = ("overall_level", "overall_cefr")
AFTER = ("test_date", "duration_minutes", "score_report_url", "received_at")
SECTIONS = ("Grammar", "Listening", "Reading", "Writing", "Speaking")
_PARTS = ("level", "score", "cefr")
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


class _Echo:
    """A file that hands back what is written to it, so that csv can be streamed."""

    def write(self, line: str) -> str:
        return line


def safe(value: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula, made harmless (OWASP ASVS 1.2.10)."""
    if not isinstance(value, str):
        return value
    clean = ILLEGAL_CHARACTERS_RE.sub("", value)
    return f"'{clean}" if value.startswith(_STARTS_A_FORMULA) else clean


def sections_in(results: QuerySet[Result]) -> list[str]:
    """The usual sections, then any other that iTEP sent."""
    found = {name for sections in results.values_list("sections", flat=True).iterator(2000) for name in sections}
    return [*SECTIONS, *sorted(found.difference(SECTIONS))]


def header(sections: Iterable[str]) -> list[str]:
    columns = [f"{name.lower()}_{part}" for name in sections for part in _PARTS]
    return [str(safe(name)) for name in (*BEFORE, *OVERALL, *columns, *AFTER)]


def row(result: Result, sections: Iterable[str]) -> list[Cell]:
    """One result, its columns as in `header`. Times are UTC."""
    one = result.fulfillment
    before: list[Cell] = [
        *([one.external_id, one.reference, one.name, one.email, str(one.oid)] if one else [""] * 5),
        result.test_id,
        one.product.code if one else "",
        one.payer.code if one and one.payer else "",
        result.state,
        result.itep_status or result.itep_status_raw,
        _number(result.overall_level),
        result.overall_cefr,
    ]
    parts = [result.sections.get(name, {}) for name in sections]
    levels = [
        cell for part in parts for cell in (_number(part.get("level")), _number(part.get("score")), part.get("cefr"))
    ]
    after: list[Cell] = [
        result.test_date.isoformat() if result.test_date else "",
        result.duration_minutes,
        result.score_report_url,
        result.received_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    ]
    return [safe(cell) for cell in (*before, *levels, *after)]


def _cells(part: dict[str, str | None]) -> tuple[Cell, Cell, Cell]:
    return _number(part.get("level")), _number(part.get("score")), part.get("cefr")


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def csv_lines(results: QuerySet[Result]) -> Iterator[str]:
    """The sheet as csv, line by line."""
    sections = sections_in(results)
    writer = csv.writer(_Echo())
    yield writer.writerow(header(sections))
    for result in results.iterator(chunk_size=500):
        yield writer.writerow(row(result, sections))


def xlsx(results: QuerySet[Result]) -> IO[bytes]:
    """The sheet as a workbook in a temporary file, ready to be read."""
    sections = sections_in(results)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Results")
    sheet.append(header(sections))
    for result in results.iterator(chunk_size=500):
        sheet.append(row(result, sections))
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    book.save(file)
    file.seek(0)
    return file

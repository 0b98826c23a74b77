"""Results as a list to take along. The columns are documented in docs/results.md."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC

from django.db.models import QuerySet

from access.spreadsheets import Cell, Table
from results.models import Result

BEFORE = ("external_id", "reference", "name", "email", "oid", "test_id", "product", "payer", "state", "itep_status")
OVERALL = ("overall_level", "overall_cefr")
AFTER = ("test_date", "duration_minutes", "score_report_url", "received_at")
SECTIONS = ("Grammar", "Listening", "Reading", "Writing", "Speaking")
_PARTS = ("level", "score", "cefr")


def table(results: QuerySet[Result]) -> Table:
    """The results, one on each row."""
    sections = sections_in(results)
    return Table("Results", header(sections), (row(one, sections) for one in results.iterator(chunk_size=500)))


def sections_in(results: QuerySet[Result]) -> list[str]:
    """The usual sections, then any other that iTEP sent."""
    found = {name for sections in results.values_list("sections", flat=True).iterator(2000) for name in sections}
    return [*SECTIONS, *sorted(found.difference(SECTIONS))]


def header(sections: Iterable[str]) -> list[str]:
    columns = [f"{name.lower()}_{part}" for name in sections for part in _PARTS]
    return [*BEFORE, *OVERALL, *columns, *AFTER]


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
    return [*before, *levels, *after]


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))

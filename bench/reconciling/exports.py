"""Exports to measure with: 100,000 rows of 5 columns, one in a hundred assigned to somebody outside."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from openpyxl import Workbook

HEADER = ("Test ID", "Product Code", "Status", "Assigned-to", "Valid Until")
ASSIGNED_EVERY, CHANGED_EVERY = 100, 100


def rows(count: int, *, series: str, changed: bool, passwords: bool = False) -> Iterator[tuple[str, ...]]:
    """The rows of one export; `changed`: one row in a hundred is no longer Ready. `series` begins the IDs."""
    for number in range(count):
        text = json.dumps({"name": f"Ana {number}", "id": number}) if number % ASSIGNED_EVERY == 7 else ""
        status = "Started" if changed and number % CHANGED_EVERY == 3 else "Ready"
        row = (f"{series}{number:08}", f"BENCH-{series}", status, text, "2027-12-31")
        yield (*row, f"pw{number:06}") if passwords else row


def as_csv(lines: Iterator[tuple[str, ...]], *, passwords: bool = False) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow((*HEADER, "Password") if passwords else HEADER)
    writer.writerows(lines)
    return out.getvalue().encode()


def as_xlsx(lines: Iterator[tuple[str, ...]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("AVAILABLE TESTS")
    for line in (HEADER, *lines):
        sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

"""Reconciling a large export, against the least that any way must do: read, stage, one set-based diff.

`python bench/reconcile.py [ROWS]` makes its own SQLite database (or takes DATABASE_URL's), and prints the seconds of
`reconcile --apply` as a whole, first and again with 1 % changed, the floor in the same run, and the ratio of the two.
"""

from __future__ import annotations

import csv
import io
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = ["Test ID", "Product", "Status", "Assigned-to", "Valid until"]


def rows(count: int, changed: int = 0) -> bytes:
    """An export of `count` rows, none assigned; the first `changed` of them are Started."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for number in range(count):
        status = "Started" if number < changed else "Ready"
        writer.writerow([f"BENCH{number:08}", "ACAD-PLUS", status, "", "2027-12-31"])
    return out.getvalue().encode()


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def floor(content: bytes) -> None:
    """Read, stage, one set-based diff against the mirror."""
    from django.db import connection, transaction

    read = list(csv.reader(io.StringIO(content.decode(), newline="")))[1:]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE floor_rows (test_id text PRIMARY KEY, product text, status text, text text, d text)"
        )
        if connection.vendor == "postgresql":
            with cursor.copy("COPY floor_rows FROM STDIN") as copy:
                for row in read:
                    copy.write_row(row)
        else:
            cursor.executemany("INSERT INTO floor_rows VALUES (%s, %s, %s, %s, %s)", read)
        cursor.execute(
            "SELECT f.test_id FROM floor_rows f LEFT JOIN inventory_testid t ON t.test_id = f.test_id "
            "WHERE t.id IS NULL OR t.status_raw <> f.status OR t.assigned_to_digest <> f.text"
        )
        cursor.fetchall()
        cursor.execute("DROP TABLE floor_rows")


def reconcile(content: bytes) -> None:
    from django.utils import timezone

    from access.actors import Actor
    from inventory import reconciliation, uploads

    actor = Actor.command("bench")
    upload = uploads.keep(content=content, file_name="bench.csv", actor=actor, exported_at=timezone.now())
    upload = reconciliation.plan(upload_id=upload.pk)
    reconciliation.apply(upload_id=upload.pk, actor=actor, accept_mass_change=True)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATA_DIR": folder, "SECRET_KEY": "bench", "DJANGO_SETTINGS_MODULE": "portal.settings"}
        os.environ.setdefault("ENCRYPTION_KEYS", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
        os.environ.setdefault("ALLOWED_HOSTS", "localhost")
        sys.path.insert(0, str(ROOT))
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        for name, content in (("first", rows(count)), ("again, 1 % changed", rows(count, count // 100))):
            least = timed(lambda content=content: floor(content))  # type: ignore[misc]
            whole = timed(lambda content=content: reconcile(content))  # type: ignore[misc]
            print(f"{count} rows, {name}: {whole:.2f} s, floor {least:.2f} s, ratio {whole / least:.1f}")


if __name__ == "__main__":
    main()

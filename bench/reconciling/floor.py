"""The least that any way must do: read the file, stage it, and bring a mirror in line by one set-based diff.

The floor's mirror is a table with the columns, constraints and indexes of the portal's own, without its triggers. No
cause, no story, no audit, no preview, no check of a value; and no claim is looked at.
"""

from __future__ import annotations

import csv
import io
from typing import Any

import python_calamine
from django.db import connection, transaction

MIRROR, STAGED = "floor_mirror", "floor_staged"
_DIFF = f"""
    SELECT s.test_id FROM {STAGED} s LEFT JOIN {MIRROR} m ON m.test_id = s.test_id
    WHERE m.id IS NULL OR m.status_raw <> s.status OR m.assigned_to <> s.text OR m.valid_until <> s.valid_until
"""
_CHANGE = f"""
    UPDATE {MIRROR} SET status_raw = s.status, assigned_to = s.text, valid_until = s.valid_until,
        standing = 'unavailable', status = LOWER(s.status), revision = {MIRROR}.revision + 1
    FROM {STAGED} s WHERE s.test_id = {MIRROR}.test_id AND (
        {MIRROR}.status_raw <> s.status OR {MIRROR}.assigned_to <> s.text OR {MIRROR}.valid_until <> s.valid_until)
"""


def make_mirror() -> None:
    """An empty table like the portal's mirror."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {MIRROR}")
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE TABLE {MIRROR} (LIKE inventory_testid INCLUDING ALL)")
            key = "FOREIGN KEY (product_id) REFERENCES inventory_product DEFERRABLE INITIALLY DEFERRED"  # not in LIKE
            cursor.execute(f"ALTER TABLE {MIRROR} ADD {key}")
            return
        cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'inventory_testid' AND type <> 'trigger'")
        made = [sql for (sql,) in cursor.fetchall() if sql]
        for number, sql in enumerate(sorted(made, key=lambda one: "CREATE TABLE" not in one)):
            begin, rest = sql.split("(", 1)
            words = [*begin.split('"')]
            words = [MIRROR if one == "inventory_testid" else one for one in words]
            if "INDEX" in begin:
                words[1] = f"floor_index_{number}"
            cursor.execute('"'.join(words) + "(" + rest)


def run(content: bytes, kind: str, product_id: int, *, write: bool = True) -> int:
    """Reads, stages and diffs; with `write`, brings the floor's mirror in line. Returns how many rows differ."""
    lines = _read(content, kind)
    with connection.cursor() as cursor:
        _stage(cursor, lines)
        if not write:
            cursor.execute(_DIFF)
            found = len(cursor.fetchall())
        else:
            with transaction.atomic():
                found = _merge(cursor, product_id)
        cursor.execute(f"DROP TABLE {STAGED}")
    return found


def _read(content: bytes, kind: str) -> list[list[Any]]:
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode(), newline="")))[1:]
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(0).to_python()[1:]


def _stage(cursor: Any, lines: list[list[Any]]) -> None:
    columns = "test_id varchar(64), product varchar(64), status varchar(64), text text, valid_until date"
    cursor.execute(f"CREATE TEMPORARY TABLE {STAGED} ({columns})")
    if connection.vendor == "postgresql":
        with cursor.copy(f"COPY {STAGED} FROM STDIN") as copy:
            for line in lines:
                copy.write_row(line)
        cursor.execute(f"ANALYZE {STAGED}")
    else:
        cursor.execute("BEGIN")
        cursor.executemany(f"INSERT INTO {STAGED} VALUES (%s, %s, %s, %s, %s)", lines)
        cursor.execute("COMMIT")


def _merge(cursor: Any, product_id: int) -> int:
    cursor.execute(_CHANGE)
    changed = cursor.rowcount
    now = "now()" if connection.vendor == "postgresql" else "datetime('now')"
    cursor.execute(
        f"""
        INSERT INTO {MIRROR} (test_id, product_id, status_raw, status, assigned_to, assigned_to_digest, password,
            password_digest, valid_until, tracking_code, other_digest, said_by, said_at, standing, progress, holding,
            revision, created_at)
        SELECT s.test_id, %s, s.status, LOWER(s.status), s.text, s.text, '', '', s.valid_until, s.product, '',
            'export', {now}, CASE WHEN s.text = '' THEN 'open' ELSE 'outside' END, '', '', 0, {now}
        FROM {STAGED} s WHERE NOT EXISTS (SELECT 1 FROM {MIRROR} m WHERE m.test_id = s.test_id)
        """,
        [product_id],
    )
    return int(changed + cursor.rowcount)

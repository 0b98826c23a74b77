"""The export beside the mirror, in a table of this connection's own: so pairing is one join.

The table is temporary: it lives from the plan's beginning to its end. What applying needs stands in the plan's rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, transaction

from access.encryption import keyed_digest
from inventory.export_rows import ExportRow
from inventory.models import AssignedToRecord, Claim
from inventory.uploads import Contents
from itep.assigned_to import oids_in

T = TypeVar("T")
Line = tuple[Any, ...]
CHUNK = 5_000
TABLES = ("staged", "concerned", "lacking")  # `pairing.sort` makes the other two
_MOST_CLAIMS = 20  # whose oid may stand in one text
_PLAIN = (
    *("n", "sheet", "row", "test_id", "product", "status_raw", "status"),
    *("valid_until", "purchased_on", "tracking_code"),
)
_SECRET = ("assigned_to_digest", "password_digest", "other_digest", "claim_id", "more_claims")
# `n` counts the rows of the file from 1, in its order. A row whose ID could be read but something else could not is not
# `valid`: the ID counts as seen.
_TABLE = """
    CREATE TEMPORARY TABLE staged (
        n integer PRIMARY KEY, sheet text NOT NULL, "row" integer NOT NULL, test_id varchar(64) NOT NULL,
        product varchar(64) NOT NULL, status_raw varchar(64) NOT NULL, status varchar(12) NOT NULL,
        valid_until date, purchased_on date, tracking_code varchar(64) NOT NULL,
        assigned_to_digest varchar(64) NOT NULL DEFAULT '', password_digest varchar(64) NOT NULL DEFAULT '',
        other_digest varchar(64) NOT NULL DEFAULT '', claim_id bigint, more_claims varchar(200) NOT NULL DEFAULT '',
        valid boolean NOT NULL DEFAULT {true}
    )
"""


@contextmanager
def staged(*, contents: Contents, codes: Mapping[str, str]) -> Iterator[None]:
    """The file's rows in the table `staged`, for the length of the block. Nobody else sees them.

    `codes`: a product as the file spells it, without case -> as it is known.
    """
    _drop_tables()  # of a plan that ended badly on this connection
    with connection.cursor() as cursor:
        cursor.execute(_TABLE.format(true="TRUE" if connection.vendor == "postgresql" else "1"))
    try:
        _fill(contents, codes)
        yield
    finally:
        if not connection.needs_rollback:
            _drop_tables()


def _drop_tables() -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")


def _fill(contents: Contents, codes: Mapping[str, str]) -> None:
    as_lines = _AsLines(codes)
    for rows in chunks(enumerate(contents.rows.values(), start=1), CHUNK):
        plain = [(n, row) for n, row in rows if not (row.assigned_to or row.password or row.other)]
        _write(_PLAIN, as_lines(plain))  # most rows, with the fewest columns
        if len(plain) < len(rows):
            _write((*_PLAIN, *_SECRET), _secret_lines(rows, as_lines))
    _write((*_PLAIN, "valid"), _broken_lines(contents, codes))
    _index()


def _index() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # told by a small sample that no two IDs are alike, it hashes the table
            cursor.execute("SET default_statistics_target = 10")
            cursor.execute("ANALYZE staged (n, test_id)")
            cursor.execute("RESET default_statistics_target")
        cursor.execute("CREATE INDEX staged_claims ON staged (claim_id) WHERE claim_id IS NOT NULL")
        cursor.execute("CREATE INDEX staged_more_claims ON staged (n) WHERE more_claims <> ''")


def _write(columns: Sequence[str], rows: Iterable[Line]) -> None:
    """Not a transaction of Django's: on SQLite that would take the writer's place in the whole database."""
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite" or connection.in_atomic_block:
            insert_with(cursor, "staged", columns, rows)
            return
        cursor.execute("BEGIN")
        try:
            insert_with(cursor, "staged", columns, rows)
        except BaseException:  # or whatever this connection writes from now on would never be committed
            cursor.execute("ROLLBACK")
            raise
        cursor.execute("COMMIT")


class _AsLines:
    """Rows of the file as lines of the table. Few products and days stand in many rows: each is turned once."""

    def __init__(self, codes: Mapping[str, str]) -> None:
        self.spelled, self.days = _Spelled(codes), _Days()

    def __call__(self, rows: Sequence[tuple[int, ExportRow]]) -> list[Line]:
        """No call in here but of what the tables lack: it runs a million times."""
        spelled, days = self.spelled, self.days
        return [
            (
                *(n, row.sheet, row.row, row.test_id, spelled[row.product], row.status_raw, row.status),
                *(days[row.valid_until], days[row.purchased_on], row.tracking_code),
            )
            for n, row in rows
        ]


class _Spelled(dict[str, str]):
    """A product as a row spells it -> its code."""

    def __init__(self, codes: Mapping[str, str]) -> None:
        self.codes = codes

    def __missing__(self, product: str) -> str:
        self[product] = self.codes[product.casefold()]
        return self[product]


class _Days(dict[date | None, str | None]):
    """A day as the database takes it."""

    def __missing__(self, day: date | None) -> str | None:
        self[day] = day.isoformat() if day else None
        return self[day]


def _secret_lines(rows: Sequence[tuple[int, ExportRow]], as_lines: _AsLines) -> list[Line]:
    """Rows with a text, a password or unknown columns: of these the digests alone, and whose text it is."""
    secret = [(n, row) for n, row in rows if row.assigned_to or row.password or row.other]
    ours = _ours(row for _, row in secret)
    lines = zip(as_lines(secret), (row for _, row in secret), strict=True)
    return [(*line, *_digests(row), *_claims(ours.get(row.test_id, ()))) for line, row in lines]


def _digests(row: ExportRow) -> Line:
    return (
        keyed_digest(row.assigned_to, purpose="assigned-to"),
        keyed_digest(row.password, purpose="password"),
        keyed_digest(row.other, purpose="other"),
    )


def _claims(ours: Sequence[int]) -> Line:
    return (ours[0] if ours else None, ",".join(map(str, ours[1:_MOST_CLAIMS])))


def _broken_lines(contents: Contents, codes: Mapping[str, str]) -> Iterator[Line]:
    seen = {one.test_id: one for one in contents.bad if one.test_id}
    for n, one in enumerate(seen.values(), start=len(contents.rows) + 1):
        product = codes.get(one.product.casefold(), "")
        yield (n, one.sheet, one.row, one.test_id, product, "", "", None, None, "", False)


def _ours(rows: Iterable[ExportRow]) -> dict[str, tuple[int, ...]]:
    """Test ID -> the claims whose text it carries: by an oid anywhere in it, else by a text of exactly one claim."""
    texts = {row.test_id: row.assigned_to for row in rows if row.assigned_to}
    named = {test_id: found for test_id, text in texts.items() if text.count("-") > 3 and (found := oids_in(text))}
    known = _claims_by_oid({oid for found in named.values() for oid in found})
    ours = {test_id: tuple(known[oid] for oid in found if oid in known) for test_id, found in named.items()}
    left = {test_id: text for test_id, text in texts.items() if not ours.get(test_id)}
    others = {test_id: keyed_digest(text, purpose="assigned-to") for test_id, text in left.items()}
    by_text = _claims_by_digest(set(others.values()))
    ours |= {test_id: (by_text[digest],) for test_id, digest in others.items() if digest in by_text}
    return ours


def _claims_by_oid(oids: set[UUID]) -> dict[UUID, int]:
    known: dict[UUID, int] = {}
    for some in chunks(oids, 500):
        known.update(Claim.objects.filter(oid__in=some).values_list("oid", "id"))
    return known


def _claims_by_digest(digests: set[str]) -> dict[str, int]:
    """Only texts of exactly one claim: what two claims wrote says nothing of whose it is."""
    found: dict[str, set[int]] = {}
    for some in chunks(digests, 500):
        for digest, claim_id in AssignedToRecord.objects.filter(digest__in=some).values_list("digest", "claim_id"):
            found.setdefault(digest, set()).add(claim_id)
    return {digest: next(iter(ids)) for digest, ids in found.items() if len(ids) == 1}


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items, `size` at a time."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


def insert(
    table: str, columns: Sequence[str], rows: Iterable[Line], only_if: Callable[[], None] = lambda: None
) -> None:
    """Inserts many rows the database's fastest way; each chunk is a transaction, or part of the open one.

    `only_if` is asked at the start of each, and raises where nothing more may be written.
    """
    for some in chunks(rows, CHUNK):
        with transaction.atomic(), connection.cursor() as cursor:
            only_if()
            insert_with(cursor, table, columns, some)


def insert_with(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Line]) -> None:
    """By COPY on PostgreSQL, by one prepared statement on SQLite."""
    names = ", ".join(f'"{name}"' for name in columns)
    if connection.vendor == "postgresql":
        # Django turns the database's errors into its own, but not those of a COPY.
        with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608

"""The export beside the mirror, staged in bulk: so pairing is one join, and only pairs that differ reach Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, transaction

from access.encryption import keyed_digest
from inventory.export_rows import ExportRow
from inventory.models import AssignedToRecord, Claim, StagedRow, Upload
from inventory.uploads import Contents
from itep.assigned_to import oids_in

T = TypeVar("T")
CHUNK = 5_000
_COLUMNS = (
    "upload_id",
    "valid",
    "sheet",
    "row",
    "test_id",
    "product",
    "status_raw",
    "status",
    "assigned_to_digest",
    "password_digest",
    "valid_until",
    "purchased_on",
    "tracking_code",
    "claim_id",
    "more_claims",
)


def stage(*, upload: Upload, contents: Contents, codes: dict[str, str]) -> None:
    """Replaces the upload's staged rows. `codes`: a product as the file spells it, without case -> as it is known."""
    StagedRow.objects.filter(upload=upload).delete()
    for rows in chunks(contents.rows.values(), CHUNK):
        ours = _ours(rows)
        insert(
            "inventory_stagedrow", _COLUMNS, (_values(upload.pk, row, ours.get(row.test_id, ()), codes) for row in rows)
        )
    seen = {one.test_id: one for one in contents.bad if one.test_id}
    broken = (
        (
            *(upload.pk, False, one.sheet[:64], one.row, one.test_id, codes.get(one.product.casefold(), "")),
            *("", "", "", "", None, None, "", None, ""),
        )
        for one in seen.values()
    )
    insert("inventory_stagedrow", _COLUMNS, broken)


def _values(upload_id: int, row: ExportRow, ours: Sequence[int], codes: dict[str, str]) -> tuple[Any, ...]:
    return (
        upload_id,
        True,
        row.sheet[:64],
        row.row,
        row.test_id,
        codes[row.product.casefold()],
        row.status_raw,
        row.status,
        keyed_digest(row.assigned_to, purpose="assigned-to") if row.assigned_to else "",
        keyed_digest(row.password, purpose="password") if row.password else "",
        row.valid_until and row.valid_until.isoformat(),
        row.purchased_on and row.purchased_on.isoformat(),
        row.tracking_code,
        ours[0] if ours else None,
        ",".join(map(str, ours[1:20])),
    )


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


def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Inserts many rows the database's fastest way; each chunk is a transaction, or part of the open one."""
    names = ", ".join(f'"{name}"' for name in columns)
    for some in chunks(rows, CHUNK):
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in some:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", some)  # noqa: S608

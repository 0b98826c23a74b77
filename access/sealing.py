"""Numbers for the audit trail, given after commit by one sealer, so that a feed by number never skips a row.

A row's id is not an order of commits: a long transaction's row appears behind rows with higher ids. What has a
number is committed, and whatever commits later gets a higher one.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from access.models import AuditEntry

CHUNK = 1000
_LOCK = 0x17E9_5EA1  # PostgreSQL's advisory lock of the sealer


def unsealed() -> bool:
    """Whether rows wait for their number."""
    return AuditEntry.objects.filter(number__isnull=True).exists()


def seal() -> int:
    """Numbers every committed row that has none, by id. Returns how many.

    It waits for another sealer rather than leave: who reads the feed next wants the rows of before.
    """
    count = 0
    while sealed := _seal_chunk():
        count += sealed
    return count


@transaction.atomic
def _seal_chunk() -> int:
    _alone()
    pks = list(AuditEntry.objects.filter(number__isnull=True).order_by("id").values_list("pk", flat=True)[:CHUNK])
    if not pks:
        return 0
    last = AuditEntry.objects.aggregate(last=Max("number"))["last"] or 0
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE access_auditentry SET number = %s WHERE id = %s",
            [(last + place, pk) for place, pk in enumerate(pks, start=1)],
        )
    return len(pks)


def _alone() -> None:
    """One sealer at a time, until its transaction ends. SQLite has one writer anyway, as ours begin IMMEDIATE."""
    assert connection.in_atomic_block
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def after(number: int, limit: int | None = None) -> QuerySet[AuditEntry]:
    """Sealed rows behind `number`, in order. Call `seal()` before, to have what was just committed."""
    rows = AuditEntry.objects.filter(number__gt=number).order_by("number")
    return rows if limit is None else rows[:limit]

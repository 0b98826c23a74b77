"""Writing rows of a plan into mirror and trail where they need no second judgement: set-wise, inside the database.

That is so of IDs that no claim concerns, while no later export of their product was applied: the judgement depends on
nothing then but the row of the mirror, whose revision tells whether it moved. A test holds both ways to the same words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from access import audit
from access.actors import Actor
from inventory.columns import Field
from inventory.models import Cause, PlanRow, TestID, Upload, WordSource
from inventory.pairs import OTHER
from inventory.plan_rows import Step

_COLUMNS = {str(one.column): one for one in TestID._meta.concrete_fields if not one.primary_key}
_SAID = (
    "status_raw",
    "status",
    "assigned_to",
    "assigned_to_digest",
    "password",
    "password_digest",
    "valid_until",
    "purchased_on",
    "tracking_code",
    "other",
    "other_digest",
)
_RANGE = "r.upload_id = %s AND r.step = %s AND r.id > %s AND r.id <= %s"
# `texts`: the claims that an ID concerns. Unchanged rows with an effect write one column alone.
KNOWN = (
    "r.revision IS NOT NULL AND r.texts IS NULL AND r.\"row\" IS NOT NULL AND r.cause NOT IN ('unchanged', 'invalid')"
)
_STANDS = f"""
    FROM inventory_planrow r JOIN inventory_product p ON p.code = r.product
    WHERE {_RANGE} AND r.cause <> 'invalid' AND r.dropped = ''
"""
_DROP_KNOWN = f"""
    UPDATE inventory_planrow AS r SET dropped = %s
    WHERE {_RANGE} AND EXISTS (SELECT 1 FROM inventory_testid t WHERE t.test_id = r.test_id)
"""  # noqa: S608
_LOCK = f"""
    SELECT COUNT(*) FROM (
        SELECT t.id FROM inventory_planrow r JOIN inventory_testid t ON t.test_id = r.test_id
        WHERE {_RANGE} AND {KNOWN} ORDER BY t.id FOR NO KEY UPDATE OF t
    ) locked
"""  # noqa: S608
_DROP_MOVED = f"""
    UPDATE inventory_planrow AS r SET dropped = %s
    WHERE {_RANGE} AND {KNOWN} AND NOT EXISTS (
        SELECT 1 FROM inventory_testid t WHERE t.test_id = r.test_id AND t.revision = r.revision)
"""  # noqa: S608
_UPDATE = f"""
    UPDATE inventory_testid AS t SET {{values}}
    FROM inventory_planrow r JOIN inventory_product p ON p.code = r.product
    WHERE t.test_id = r.test_id AND {_RANGE} AND {KNOWN} AND r.dropped = ''
"""  # noqa: S608
_TOLD = """
    'test_id.' || r.cause AS verb, r.oid AS oid, r.test_id AS test_id, r.product AS product,
    %s || CASE WHEN r.sheet <> '' THEN ', sheet ' || r.sheet ELSE '' END || ', row ' || r."row" AS source,
    '{"rule": "' || r.rule || '", "fields": ' || CAST(r.fields AS text)
        || ', "before": "' || r.before || '", "after": "' || r.after || '"}' AS detail
"""


def write_new(upload: Upload, *, after: int, through: int, moved: str, actor: Actor) -> int:
    """These rows of the plan, all new IDs. An ID that came to be known since is dropped as `moved`.

    Returns how many were written.
    """
    which = [upload.pk, Step.NEW, after, through]
    with connection.cursor() as cursor:
        cursor.execute(_DROP_KNOWN, [moved, *which])
        cursor.execute(*_inserting_new(upload, which))
        written = int(cursor.rowcount)
    _tell(upload, actor, _STANDS, which, written)
    return written


def write_known(upload: Upload, *, after: int, through: int, moved: str, actor: Actor) -> int:
    """Of these rows of the plan those of `KNOWN`. An ID whose row in the mirror moved since is dropped as `moved`.

    Returns how many were written.
    """
    which = [upload.pk, Step.MIRROR, after, through]
    values = dict(_said(upload))
    marks = ", ".join(f"{name} = {value}" for name, (value, _) in values.items())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # on SQLite this transaction is the only writer
            cursor.execute(_LOCK, which)
        cursor.execute(_DROP_MOVED, [moved, *which])
        cursor.execute(_UPDATE.format(values=marks), [*(one for _, given in values.values() for one in given), *which])
        written = int(cursor.rowcount)
    _tell(upload, actor, f"{_STANDS} AND {KNOWN}", which, written)
    return written


def rest(upload: Upload, *, after: int, through: int) -> QuerySet[PlanRow]:
    """Of these rows of the plan those that `write_known` leaves to be judged again."""
    rows = PlanRow.objects.filter(upload=upload, step=Step.MIRROR, pk__gt=after, pk__lte=through).order_by("pk")
    return rows.exclude(
        ~Q(cause__in=(Cause.UNCHANGED, Cause.INVALID)), revision__isnull=False, texts__isnull=True, row__isnull=False
    )


def _tell(upload: Upload, actor: Actor, stands: str, which: list[Any], written: int) -> None:
    told = audit.record_rows(
        actor=actor, rows=f"SELECT {_TOLD} {stands} ORDER BY r.id", values=[f"upload {upload.pk}", *which]
    )
    assert told == written, "each ID that was written has its story"


def _inserting_new(upload: Upload, which: list[Any]) -> tuple[str, list[Any]]:
    """One INSERT of the rows as the plan holds them. Columns that it does not name get what the model gives them."""
    assert upload.exported_at is not None
    blank = TestID(said_by=WordSource.EXPORT, said_at=upload.exported_at, created_at=timezone.now())
    own = {"test_id": "r.test_id", "product_id": "p.id", "standing": "r.after"} | {one: f"r.{one}" for one in _SAID}
    rest = {name: one.get_db_prep_save(one.pre_save(blank, True), connection) for name, one in _COLUMNS.items()}
    rest = {name: value for name, value in rest.items() if name not in own}
    marks = ", ".join(["%s"] * len(rest))
    columns = ", ".join((*own, *rest))
    return (
        f"INSERT INTO inventory_testid ({columns}) SELECT {', '.join(own.values())}, {marks} {_STANDS} ORDER BY r.id",
        [*rest.values(), *which],
    )


def _said(upload: Upload) -> Iterator[tuple[str, tuple[str, list[Any]]]]:
    """Column -> what it becomes, with the values of its marks. A column that the file lacks says nothing.

    A secret that the mirror has already does not stand in the plan.
    """
    assert upload.exported_at is not None
    said_at = _COLUMNS["said_at"].get_db_prep_value(upload.exported_at, connection)
    yield "standing", ("r.after", [])
    yield "said_by", ("%s", [str(WordSource.EXPORT)])
    yield "said_at", ("%s", [said_at])
    yield "product_id", ("p.id", [])
    yield "revision", ("t.revision + 1", [])
    yield from ((name, ("NULL", [])) for name in ("left_panel_at", "to_clear_since"))
    compared = set(upload.compared)
    plain = (Field.VALID_UNTIL, Field.PURCHASED_ON, Field.TRACKING_CODE)
    both = ["status_raw", "status"] if Field.STATUS in compared else []
    yield from ((name, (f"r.{name}", [])) for name in [*both, *(str(one) for one in plain if one in compared)])
    yield from _secret("assigned_to", "r.assigned_to <> '' OR r.assigned_to_digest = ''")
    yield from _secret("password", "r.password <> ''")
    if OTHER in compared:
        yield from _secret("other", "r.other IS NOT NULL OR r.other_digest = ''")


def _secret(name: str, is_new: str) -> Iterator[tuple[str, tuple[str, list[Any]]]]:
    for column in (name, f"{name}_digest"):
        yield column, (f"CASE WHEN {is_new} THEN r.{column} ELSE t.{column} END", [])

"""Writing an export's words into the mirror, in bulk. Claims are not touched here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.utils import timezone

from access.encryption import encrypt
from inventory.columns import Field
from inventory.judgement import Effect, Judgement
from inventory.models import PlanRow, Product, Scope, Standing, TestID, Upload, WordSource
from inventory.pairs import Pair, Staged
from inventory.planning import standing_after, times_of
from inventory.staging import insert

Applied = tuple[PlanRow, Pair, Judgement]
Written = tuple[Pair, dict[str, Any]]


_COLUMNS = {str(one.column): one for one in TestID._meta.concrete_fields if not one.primary_key}


def write_many(upload: Upload, rows: Iterable[Applied]) -> None:
    """New rows are inserted, known ones updated where their revision stands."""
    new: list[Written] = []
    known: list[Written] = []
    products = dict(Product.objects.values_list("code", "id"))
    for row, pair, judgement in rows:
        values = _values(upload, row, pair, judgement, products)
        (known if pair.mirrored else new).append((pair, values))
    _insert({"test_id": pair.test_id, **values} for pair, values in new)
    _update((pair, values) for pair, values in known if values)


def write_one(upload: Upload, row: PlanRow, pair: Pair, judgement: Judgement) -> None:
    """The same for one ID, whatever its revision is by now: its locks are held."""
    values = _values(upload, row, pair, judgement, dict(Product.objects.values_list("code", "id")))
    if pair.mirrored is None and not TestID.objects.filter(test_id=pair.test_id).exists():
        _insert([{"test_id": pair.test_id, **values}])
    elif values:
        _update([(pair, values)])


def touch(upload: Upload) -> None:
    """The export's word is the last one of every ID that it spoke of, also of those that it found unchanged or absent.

    Not of those that were dropped, and of none that is being called for.
    """
    when = _prepared("said_at", upload.exported_at)
    scope, scoped = ("", []) if upload.scope == Scope.ALL else (_IN_SCOPE, [upload.pk])
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_SAY}, left_panel_at = NULL WHERE EXISTS ({_STAGED} AND s.valid) {_REST}",
            [when, upload.pk, when, upload.pk],
        )
        cursor.execute(
            f"{_SAY} WHERE NOT EXISTS ({_STAGED}) {scope} {_REST}", [when, upload.pk, *scoped, when, upload.pk]
        )


_SAY = "UPDATE inventory_testid SET said_by = 'export', said_at = %s"
_STAGED = "SELECT 1 FROM inventory_stagedrow s WHERE s.upload_id = %s AND s.test_id = inventory_testid.test_id"
_IN_SCOPE = """
    AND product_id IN (SELECT p.id FROM inventory_product p JOIN inventory_stagedrow x ON x.product = p.code
        WHERE x.upload_id = %s)
"""
_REST = """
    AND said_at < %s
    AND (holder_id IS NULL OR holder_id NOT IN (SELECT id FROM inventory_claim WHERE state = 'calling'))
    AND NOT EXISTS (SELECT 1 FROM inventory_planrow r
        WHERE r.upload_id = %s AND r.test_id = inventory_testid.test_id AND r.dropped <> '')
"""


def _values(
    upload: Upload, row: PlanRow, pair: Pair, judgement: Judgement, products: Mapping[str, int]
) -> dict[str, Any]:
    """Column -> value, prepared for the database; {} where nothing is to be written."""
    values: dict[str, Any] = {}
    if Effect.LEFT_PANEL in judgement.effects:
        values["left_panel_at"] = _prepared("left_panel_at", upload.exported_at)
    if Effect.TO_CLEAR in judgement.effects:
        values["to_clear_since"] = _prepared("to_clear_since", timezone.now())
    if Effect.WITHDRAW in judgement.effects or Effect.WRITE in judgement.effects:
        values |= {"standing": str(standing_after(pair, judgement)), **_said(upload)}
    if Effect.WRITE in judgement.effects and pair.staged:
        values |= _fields(upload, pair.staged, row.values or {})
        values |= {"product_id": products[pair.staged.product], "left_panel_at": None}
        if values["standing"] != Standing.OURS:
            values["to_clear_since"] = None  # empty now, or somebody else's text, which nobody must clear
    # An older word never overwrites a newer one: only what it proves of a call is taken from it.
    return {} if pair.mirror is not None and times_of(upload).is_older_than(pair.mirror) else values


def _said(upload: Upload) -> dict[str, Any]:
    return {"said_by": str(WordSource.EXPORT), "said_at": _prepared("said_at", upload.exported_at)}


def _fields(upload: Upload, staged: Staged, secrets: Mapping[str, str]) -> dict[str, Any]:
    """The columns of the fields that the file has. A secret that the mirror has already is not in `secrets`."""
    has = {Field(one) for one in upload.compared}
    values: dict[str, Any] = {}
    if Field.STATUS in has:
        values |= {"status_raw": staged.status_raw, "status": staged.status}
    if "assigned_to" in secrets or staged.assigned_to_digest == "":
        text = secrets.get("assigned_to", "")
        values |= {"assigned_to": _encrypted(text), "assigned_to_digest": staged.assigned_to_digest}
    if "password" in secrets:
        values |= {"password": _encrypted(secrets["password"]), "password_digest": staged.password_digest}
    plain = (Field.VALID_UNTIL, Field.PURCHASED_ON, Field.TRACKING_CODE)
    return values | {str(one): getattr(staged, one) for one in plain if one in has}


def _encrypted(text: str) -> str:
    """As `EncryptedTextField` keeps it."""
    return encrypt(text.encode()).decode("ascii") if text else ""


def _prepared(column: str, value: Any) -> Any:
    return _COLUMNS[column].get_db_prep_value(value, connection)


def _insert(rows: Iterable[dict[str, Any]]) -> None:
    """Columns that a row does not name get what the model gives them, asked once for all."""
    blank = TestID()
    defaults = {name: one.get_db_prep_save(one.pre_save(blank, True), connection) for name, one in _COLUMNS.items()}
    insert("inventory_testid", tuple(defaults), (tuple((defaults | row).values()) for row in rows))


def _update(rows: Iterable[tuple[Pair, dict[str, Any]]]) -> None:
    """One statement per set of columns, sent with many values."""
    by_columns: dict[tuple[str, ...], list[list[Any]]] = {}
    for pair, values in rows:
        by_columns.setdefault(tuple(values), []).append([*values.values(), pair.test_id])
    for columns, many in by_columns.items():
        names = ", ".join(f"{one} = %s" for one in columns)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE inventory_testid SET {names}, revision = revision + 1 WHERE test_id = %s",  # noqa: S608
                many,
            )

"""Writing an export's words into the mirror, of rows that were judged again. Claims are not touched here.

`set_writing` does the same where nothing needs to be judged, without reading the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.utils import timezone

from access.encryption import encrypt
from inventory.columns import Field
from inventory.judgement import Effect, Judgement
from inventory.models import PlanRow, Product, Standing, TestID, Upload, WordSource
from inventory.pairs import OTHER, Pair
from inventory.planning import standing_after, terms_of
from inventory.staging import insert

Applied = tuple[PlanRow, Pair, Judgement]
Written = tuple[Pair, dict[str, Any]]


_COLUMNS = {str(one.column): one for one in TestID._meta.concrete_fields if not one.primary_key}


def write_many(upload: Upload, rows: Iterable[Applied]) -> None:
    """New rows are inserted, known ones updated where their revision stands."""
    new: list[Written] = []
    known: list[Written] = []
    products = dict(Product.objects.values_list("code", "id"))
    terms = terms_of(upload)
    for row, pair, judgement in rows:
        late = pair.mirror is not None and (
            terms.is_older_than(pair.mirror) or terms.applied_after(pair.mirror.product)
        )
        # An older word never overwrites a newer one: only what it proves of a call is taken from it.
        values = {} if late else _values(upload, row, pair, judgement, products)
        (known if pair.mirrored else new).append((pair, values))
    _insert({"test_id": pair.test_id, **values} for pair, values in new)
    _update((pair, values) for pair, values in known if values)


def write_one(upload: Upload, row: PlanRow, pair: Pair, judgement: Judgement) -> None:
    """The same for one ID, whatever its revision is by now: its locks are held."""
    if pair.mirrored is None and TestID.objects.filter(test_id=pair.test_id).exists():
        values = _values(upload, row, pair, judgement, dict(Product.objects.values_list("code", "id")))
        _update([(pair, values)])
    else:
        write_many(upload, [(row, pair, judgement)])


def _values(
    upload: Upload, row: PlanRow, pair: Pair, judgement: Judgement, products: Mapping[str, int]
) -> dict[str, Any]:
    """Column -> value, prepared for the database; {} where nothing is to be written."""
    values: dict[str, Any] = {}
    if Effect.LEFT_PANEL in judgement.effects:
        values["left_panel_at"] = _prepared("left_panel_at", upload.exported_at)
    if Effect.LISTED in judgement.effects:
        values["left_panel_at"] = None
    if Effect.TO_CLEAR in judgement.effects:
        values["to_clear_since"] = _prepared("to_clear_since", timezone.now())
    if Effect.WITHDRAW in judgement.effects or Effect.WRITE in judgement.effects:
        values |= {"standing": str(standing_after(pair, judgement)), "said_by": str(WordSource.EXPORT)}
        values["said_at"] = _prepared("said_at", upload.exported_at)
    if Effect.WRITE in judgement.effects and row.row is not None:
        values |= _fields(upload, row)
        values |= {"product_id": products[row.product], "left_panel_at": None}
        if values["standing"] != Standing.OURS:
            values["to_clear_since"] = None  # empty now, or somebody else's text, which nobody must clear
    return values


def _fields(upload: Upload, row: PlanRow) -> dict[str, Any]:
    """The columns of the fields that the file has. A secret that the mirror has already does not stand in the plan."""
    has = set(upload.compared)
    values: dict[str, Any] = {}
    if Field.STATUS in has:
        values |= {"status_raw": row.status_raw, "status": row.status}
    if row.assigned_to or row.assigned_to_digest == "":
        values |= {"assigned_to": _encrypted(row.assigned_to), "assigned_to_digest": row.assigned_to_digest}
    if row.password:
        values |= {"password": _encrypted(row.password), "password_digest": row.password_digest}
    if OTHER in has and (row.other or row.other_digest == ""):
        values |= {"other": _prepared("other", row.other), "other_digest": row.other_digest}
    plain = (Field.VALID_UNTIL, Field.PURCHASED_ON, Field.TRACKING_CODE)
    return values | {str(one): _prepared(one, getattr(row, one)) for one in plain if one in has}


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

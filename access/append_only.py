"""The audit trail is append-only, and the database says so.

Two changes of a row are allowed: its number is given once, and the words of `reason` are blanked when a person is
erased. Nothing is deleted, except inside `unlocked()`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

_SAME = (
    "id",
    "at",
    "actor_kind",
    "user_id",
    "client_id",
    "by",
    "verb",
    "oid",
    "test_id",
    "product",
    "subject",
    "source",
    "detail",
)
_TABLE = "access_auditentry"


def _forbidden(differs: str) -> str:
    """The condition under which an update is refused; `differs` compares two values, NULLs included."""
    changed = [f'NEW."{column}" {differs} OLD."{column}"' for column in _SAME]
    return " OR ".join(
        [
            *changed,
            f'(NEW."number" {differs} OLD."number" AND OLD."number" IS NOT NULL)',
            f'(NEW."reason" {differs} OLD."reason" AND NEW."reason" <> \'\')',
        ]
    )


_POSTGRESQL = (
    f"""
    CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF {_forbidden("IS DISTINCT FROM")} THEN
                RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    f"CREATE TRIGGER audit_rows_stay BEFORE UPDATE OR DELETE ON {_TABLE}"
    " FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
)
_SQLITE = (
    f"CREATE TRIGGER audit_rows_stay BEFORE UPDATE ON {_TABLE} FOR EACH ROW WHEN {_forbidden('IS NOT')}"
    " BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    f"CREATE TRIGGER audit_rows_are_kept BEFORE DELETE ON {_TABLE} FOR EACH ROW"
    " BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
)


def guard(database: BaseDatabaseWrapper) -> None:
    """Makes the triggers."""
    _execute(database, _POSTGRESQL if database.vendor == "postgresql" else _SQLITE)


def unguard(database: BaseDatabaseWrapper) -> None:
    """Removes the triggers."""
    if database.vendor == "postgresql":
        _execute(database, (f"DROP TRIGGER IF EXISTS audit_rows_stay ON {_TABLE}",))
    else:
        _execute(database, ("DROP TRIGGER IF EXISTS audit_rows_stay", "DROP TRIGGER IF EXISTS audit_rows_are_kept"))


@contextmanager
def unlocked() -> Iterator[None]:
    """Lets `start_clean` remove what was played. One transaction: the triggers are back, or never left."""
    with transaction.atomic():
        unguard(connection)
        yield
        guard(connection)


def _execute(database: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with database.cursor() as cursor:
        if database.vendor == "postgresql":  # it refuses to change a table with checks of foreign keys still to come
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for statement in statements:
            cursor.execute(statement)

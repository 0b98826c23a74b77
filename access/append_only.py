"""Tables that are append-only, and the database says so: the audit trail, and any room's own ledger.

Two changes of a row of the trail are allowed: its number is given once, and the words of `reason` are blanked when a
person is erased. Nothing is deleted, except inside `unlocked()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

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


def _every(differs: str) -> str:
    return "1 = 1"


@dataclass(frozen=True, slots=True)
class AppendOnly:
    """A table whose rows stay as they were written. `name` is that of its triggers, `words` stand in the refusal.

    `forbidden` gives the condition under which an update is refused, from the operator that compares two values.
    """

    table: str
    name: str
    words: str
    forbidden: Callable[[str], str] = _every

    def guard(self, database: BaseDatabaseWrapper) -> None:
        """Makes the triggers."""
        execute(database, self._on_postgresql() if database.vendor == "postgresql" else self._on_sqlite())

    def unguard(self, database: BaseDatabaseWrapper) -> None:
        """Removes the triggers."""
        if database.vendor == "postgresql":
            execute(database, [f"DROP TRIGGER IF EXISTS {self.name}_rows_stay ON {self.table}"])
        else:
            names = (f"{self.name}_rows_stay", f"{self.name}_rows_are_kept")
            execute(database, [f"DROP TRIGGER IF EXISTS {name}" for name in names])

    def _on_postgresql(self) -> list[str]:
        refuse = f"RAISE EXCEPTION '{self.words} is append-only' USING ERRCODE = 'integrity_constraint_violation'"
        return [
            f"""
            CREATE OR REPLACE FUNCTION {self.name}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'UPDATE' THEN
                    IF {self.forbidden("IS DISTINCT FROM")} THEN {refuse}; END IF;
                    RETURN NEW;
                END IF;
                {refuse};
            END $$
            """,
            f"CREATE TRIGGER {self.name}_rows_stay BEFORE UPDATE OR DELETE ON {self.table}"
            f" FOR EACH ROW EXECUTE FUNCTION {self.name}_is_append_only()",
        ]

    def _on_sqlite(self) -> list[str]:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{self.words} is append-only'); END"
        return [
            f"CREATE TRIGGER {self.name}_rows_stay BEFORE UPDATE ON {self.table}"
            f" FOR EACH ROW WHEN {self.forbidden('IS NOT')} {refuse}",
            f"CREATE TRIGGER {self.name}_rows_are_kept BEFORE DELETE ON {self.table} FOR EACH ROW {refuse}",
        ]


TRAIL = AppendOnly("access_auditentry", "audit", "the audit trail", _forbidden)


def guard(database: BaseDatabaseWrapper) -> None:
    """Makes the triggers of the audit trail."""
    TRAIL.guard(database)


def unguard(database: BaseDatabaseWrapper) -> None:
    """Removes the triggers of the audit trail."""
    TRAIL.unguard(database)


@contextmanager
def unlocked() -> Iterator[None]:
    """Lets `start_clean` remove what was played. One transaction: the triggers are back, or never left."""
    with transaction.atomic():
        unguard(connection)
        yield
        guard(connection)


def execute(database: BaseDatabaseWrapper, statements: Iterable[str]) -> None:
    """Runs statements that change a table's triggers."""
    with database.cursor() as cursor:
        if database.vendor == "postgresql":  # it refuses to change a table with checks of foreign keys still to come
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for statement in statements:
            cursor.execute(statement)

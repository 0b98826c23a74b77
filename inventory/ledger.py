"""The ledger of the stock is written by the database, so that no writer, of one row or of many, can forget it.

Triggers on the mirror and on claims write `StockMove` rows: on PostgreSQL an INSERT is counted by statement (one row
for each product and state), an UPDATE by row, and only where a column that makes the state differs; on SQLite all by
row. Only inserts: nobody waits for anybody's counter. Why so, and what it costs: docs/decisions/0009.

The state of an ID is `queries.STATE`, said once more here for the database; a test holds both equal.
"""

# ruff: noqa: S608 (every piece of this SQL stands in this file)

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from access.append_only import AppendOnly, execute

KEPT = AppendOnly("inventory_stockmove", "stock_moves", "the ledger of the stock")
# What of a row makes its state, besides its claim's state.
_COLUMNS = ("product_id", "standing", "set_aside_at", "holder_id", "holding")


def state_of(row: str, claim: str) -> str:
    """SQL that says the state of the mirror's `row`, whose holder is in the state that the SQL `claim` gives."""
    return f"""CASE
        WHEN {row}.standing = 'open' AND {row}.set_aside_at IS NULL AND {row}.holder_id IS NULL THEN 'available'
        WHEN {row}.holding = 'current' AND {claim} IN ('reserved', 'calling', 'unknown') THEN 'claimed'
        WHEN {row}.holding = 'current' AND {claim} = 'confirmed' THEN 'assigned'
        WHEN {row}.standing = 'ours' AND {row}.holder_id IS NOT NULL THEN 'assigned'
        WHEN {row}.standing = 'outside' THEN 'assigned_outside'
        WHEN {row}.standing = 'withdrawn' THEN 'withdrawn'
        ELSE 'unavailable' END"""


def _claim_of(row: str) -> str:
    return f"(SELECT c.state FROM inventory_claim c WHERE c.id = {row}.holder_id)"


def _differ(columns: tuple[str, ...], differs: str) -> str:
    return " OR ".join(f"NEW.{one} {differs} OLD.{one}" for one in columns)


_INTO = "INSERT INTO inventory_stockmove (product_id, row, from_state, to_state, number, at, opening)"


def _counted(table: str, now: str, *, leaves: bool = False, opening: bool = False) -> str:
    """Rows that came or left by one statement, counted; one alone is named."""
    state = state_of("t", _claim_of("t"))
    ends = "s.state, ''" if leaves else "'', s.state"
    return (
        f"{_INTO} SELECT s.product_id, CASE WHEN count(*) = 1 THEN min(s.id) END, {ends}, count(*), {now}, {opening}"
        f" FROM (SELECT t.id, t.product_id, {state} AS state FROM {table} t) s GROUP BY s.product_id, s.state"
    )


def _one(product: str, row: str, before: str, after: str, now: str) -> str:
    return f"({product}, {row}, {before}, {after}, 1, {now}, false)"


def _held(now: str) -> str:
    """The IDs of one claim, before and after its state changed."""
    old, new = state_of("t", "OLD.state"), state_of("t", "NEW.state")
    return (
        f"{_INTO} SELECT t.product_id, t.id, {old}, {new}, 1, {now}, false FROM inventory_testid t"
        f" WHERE t.holder_id = NEW.id AND {old} <> {new}"
    )


def _function(name: str, body: str, more: str = "", declare: str = "") -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {more} AS $$"
        f" {declare} BEGIN {body}; RETURN NULL; END $$"
    )


# Waits for whoever changes the claim just now, or each of the two would count from what the other leaves behind.
_CLAIM = """
    IF {row}.holder_id IS NOT NULL THEN
        SELECT c.state INTO {into} FROM inventory_claim c WHERE c.id = {row}.holder_id FOR SHARE;
    END IF;
"""
_MOVED = """
    {claims}
    old_state := {old};
    new_state := {new};
    IF NEW.product_id <> OLD.product_id THEN
        {into} VALUES {left}, {came};
    ELSIF new_state <> old_state THEN
        {into} VALUES {same};
    END IF
"""


def _on_postgresql() -> list[str]:
    now = "now()"  # the time at which the transaction began
    no_jit = "SET jit = off"  # compiling so short a statement takes longer than to run it over 100,000 rows
    moved = _MOVED.format(
        claims=_CLAIM.format(row="OLD", into="old_claim") + _CLAIM.format(row="NEW", into="new_claim"),
        old=state_of("OLD", "old_claim"),
        new=state_of("NEW", "new_claim"),
        into=_INTO,
        left=_one("OLD.product_id", "NEW.id", "old_state", "'elsewhere'", now),
        came=_one("NEW.product_id", "NEW.id", "'elsewhere'", "new_state", now),
        same=_one("NEW.product_id", "NEW.id", "old_state", "new_state", now),
    )
    declare = "DECLARE old_claim text; new_claim text; old_state text; new_state text;"
    differ = _differ(_COLUMNS, "IS DISTINCT FROM")
    return [
        _function("stock_test_ids_came", _counted("came", now), no_jit),
        "CREATE TRIGGER stock_test_ids_came AFTER INSERT ON inventory_testid REFERENCING NEW TABLE AS came"
        " FOR EACH STATEMENT EXECUTE FUNCTION stock_test_ids_came()",
        _function("stock_test_ids_went", _counted("went", now, leaves=True), no_jit),
        "CREATE TRIGGER stock_test_ids_went AFTER DELETE ON inventory_testid REFERENCING OLD TABLE AS went"
        " FOR EACH STATEMENT EXECUTE FUNCTION stock_test_ids_went()",
        _function("stock_test_id_moved", moved, declare=declare),
        "CREATE TRIGGER stock_test_id_moved AFTER UPDATE ON inventory_testid"
        f" FOR EACH ROW WHEN ({differ}) EXECUTE FUNCTION stock_test_id_moved()",
        _function("stock_claim_moved", _held(now)),
        "CREATE TRIGGER stock_claim_moved AFTER UPDATE ON inventory_claim"
        f" FOR EACH ROW WHEN ({_differ(('state',), 'IS DISTINCT FROM')}) EXECUTE FUNCTION stock_claim_moved()",
    ]


_SQLITE_NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


def _on_sqlite() -> list[str]:
    def trigger(name: str, when: str, *statements: str) -> str:
        return f"CREATE TRIGGER {name} {when} BEGIN {' '.join(f'{one};' for one in statements)} END"

    def one(product: str, row: str, before: str, after: str) -> str:
        return f"{_INTO} VALUES {_one(product, row, before, after, _SQLITE_NOW)}"

    old, new = state_of("OLD", _claim_of("OLD")), state_of("NEW", _claim_of("NEW"))
    came_now = ("NEW.product_id", "NEW.id", "''", new, "NEW.created_at")
    update = f"AFTER UPDATE OF {', '.join(_COLUMNS)} ON inventory_testid"
    same = f"WHEN NEW.product_id = OLD.product_id AND ({_differ(_COLUMNS[1:], 'IS NOT')}) AND {old} <> {new}"
    left = one("OLD.product_id", "NEW.id", old, "'elsewhere'")
    came = one("NEW.product_id", "NEW.id", "'elsewhere'", new)
    claim = f"AFTER UPDATE OF state ON inventory_claim WHEN {_differ(('state',), 'IS NOT')}"
    return [
        # Its own time of coming: to ask the clock for each row of an export would cost as much as the move.
        trigger("stock_test_ids_came", "AFTER INSERT ON inventory_testid", f"{_INTO} VALUES {_one(*came_now)}"),
        trigger("stock_test_ids_went", "AFTER DELETE ON inventory_testid", one("OLD.product_id", "OLD.id", old, "''")),
        trigger("stock_test_id_moved", f"{update} {same}", one("NEW.product_id", "NEW.id", old, new)),
        trigger("stock_test_id_changed_product", f"{update} WHEN NEW.product_id <> OLD.product_id", left, came),
        trigger("stock_claim_moved", claim, _held(_SQLITE_NOW)),
    ]


_TRIGGERS = {
    "stock_test_ids_came": "inventory_testid",
    "stock_test_ids_went": "inventory_testid",
    "stock_test_id_moved": "inventory_testid",
    "stock_test_id_changed_product": "inventory_testid",  # on SQLite only
    "stock_claim_moved": "inventory_claim",
}


def open_with_the_stock(database: BaseDatabaseWrapper) -> None:
    """The stock as it stands becomes the ledger's first lines: once, before the triggers are there."""
    now = "now()" if database.vendor == "postgresql" else _SQLITE_NOW
    execute(database, [_counted("inventory_testid", now, opening=True)])


def watch(database: BaseDatabaseWrapper) -> None:
    """Makes the triggers that write the ledger, and those that keep it."""
    unwatch(database)
    execute(database, _on_postgresql() if database.vendor == "postgresql" else _on_sqlite())
    KEPT.guard(database)


def unwatch(database: BaseDatabaseWrapper) -> None:
    """Removes them."""
    is_postgresql = database.vendor == "postgresql"
    on = {name: f" ON {table}" if is_postgresql else "" for name, table in _TRIGGERS.items()}
    execute(database, [f"DROP TRIGGER IF EXISTS {name}{where}" for name, where in on.items()])
    KEPT.unguard(database)


def watch_again(database: BaseDatabaseWrapper) -> None:
    """After migrations: SQLite changes a table by making it anew, and its triggers are gone with the old one."""
    if database.vendor != "sqlite" or KEPT.table not in database.introspection.table_names():
        return
    with database.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        there = {name for (name,) in cursor.fetchall()}
    if not there.issuperset(_TRIGGERS):
        watch(database)


@contextmanager
def unlocked() -> Iterator[None]:
    """Lets `start_clean` remove what was played, unrecorded. One transaction: the triggers are back, or never left."""
    with transaction.atomic():
        unwatch(connection)
        yield
        watch(connection)

"""Which IDs of a staged export are to be paired with the mirror, found set-wise.

`differing` gives only pairs of which the database cannot already say what the judgement would; a test holds that to the
judgement of every pair (`tests/inventory/test_pairs.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from inventory.columns import Field
from inventory.judgement import STARTED_OR_LATER
from inventory.models import PlanRow, Scope, Standing, Upload
from inventory.pairs import COMPARED, OTHER, Halves, InFile, Mirrored, Pair, Staged, concerned, paired

BATCH = 2_000  # pairs whose claims are asked for at once
RANGE = 20_000  # rows of the file that one statement joins with the mirror
_OF_FILE = ", ".join(
    f's."{name}"' for name in (*Staged._fields[: Staged._fields.index("claim_ids")], "claim_id", "more_claims")
)
_MIRRORED = ", ".join("p.code" if name == "product" else f't."{name}"' for name in Mirrored._fields)
_JOINED = """
    FROM staged s {concerned}
    LEFT JOIN inventory_testid t ON t.test_id = s.test_id
    LEFT JOIN inventory_product p ON p.id = t.product_id
    LEFT JOIN inventory_claim c ON c.id = t.holder_id
    WHERE s.valid
"""
_LATER = ", ".join(f"'{word}'" for word in sorted(STARTED_OR_LATER))
# What the judgement would call unchanged, without effect, whoever spoke last: see rows c, e, f and g.
_SURELY_UNCHANGED = """
    t.id IS NOT NULL AND p.code = s.product AND t.left_panel_at IS NULL AND {same}
    AND (s.status <> 'ready' OR t.progress NOT IN ({later}))
    AND (
        (t.holder_id IS NULL AND s.claim_id IS NULL AND (
            (t.standing = 'open' AND s.status = 'ready' AND s.assigned_to_digest = '')
            OR (t.standing = 'unavailable' AND s.status <> 'ready' AND s.assigned_to_digest = '')
            OR (t.standing = 'outside' AND s.assigned_to_digest <> '')))
        OR (t.holding = 'current' AND c.state = 'reserved' AND s.claim_id IS NULL
            AND t.standing = 'open' AND s.status = 'ready' AND s.assigned_to_digest = '')
        OR (t.holding = 'current' AND c.state = 'confirmed' AND s.claim_id = t.holder_id AND s.more_claims = ''
            AND t.standing = 'ours' AND c.conflict_at IS NULL)
    )
"""
# Not in the mirror, without a text or a password: added, and nothing else to judge (rows f and g).
_SURELY_NEW = """
    t.id IS NULL AND s.claim_id IS NULL
    AND s.assigned_to_digest = '' AND s.password_digest = '' AND s.other_digest = ''
"""
_LACKING = """
    INSERT INTO lacking SELECT t.id, COALESCE({may_leave}, {no})
    FROM inventory_testid t
    JOIN inventory_product p ON p.id = t.product_id
    LEFT JOIN inventory_claim c ON c.id = t.holder_id
    WHERE NOT EXISTS (SELECT 1 FROM staged s WHERE s.test_id = t.test_id) {scope}
"""
# All other absent IDs are unchanged whatever the time (row h).
_MAY_LEAVE = """
    ((t.holder_id IS NULL AND t.standing = 'open' AND t.set_aside_at IS NULL)
     OR (t.holding = 'current' AND c.state = 'reserved')
     OR (t.holding = 'current' AND c.state = 'confirmed' AND t.left_panel_at IS NULL))
"""
_ADD = """
    INSERT INTO inventory_planrow (upload_id, sheet, "row", test_id, product, cause, rule, step, fields, before, after,
        dropped, status_raw, status, assigned_to, assigned_to_digest, password, password_digest, valid_until,
        purchased_on, tracking_code, other_digest, ours, "column", expected)
    SELECT %s, SUBSTR(s.sheet, 1, 64), s."row", s.test_id, s.product, 'added',
        '{rule}', 0, '[]', '', '{standing}', '',
        s.status_raw, s.status, '', '', '', '', s.valid_until, s.purchased_on, s.tracking_code, '', 0, '', ''
    FROM concerned k JOIN staged s ON s.n = k.n
    WHERE k.is_new AND s.status {is_ready} AND k.n > %s AND k.n <= %s AND s.n > %s AND s.n <= %s {products}
    ORDER BY k.n
"""


def sort(upload: Upload, compared: Sequence[str]) -> None:
    """Sorts the staged file once for all, into two more tables that nobody else sees.

    `concerned`: its rows but those that surely change nothing. `lacking`: the IDs in scope that it lacks, and whether
    that may mean something.
    """
    surely, no = _SURELY_UNCHANGED.format(same=_same(compared), later=_LATER), _false()
    joined = _JOINED.format(concerned="")
    scope, scoped = _scope(upload)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE concerned (n integer PRIMARY KEY, is_new boolean NOT NULL)")
        cursor.execute(f"INSERT INTO concerned SELECT s.n, {_SURELY_NEW} {joined} AND NOT COALESCE({surely}, {no})")
        cursor.execute("CREATE TEMPORARY TABLE lacking (id bigint PRIMARY KEY, may_leave boolean NOT NULL)")
        if connection.vendor == "sqlite" and _any_in_scope(scope, scoped):  # a first export need not look each ID up
            cursor.execute("CREATE INDEX staged_test_ids ON staged (test_id)")
        cursor.execute(_LACKING.format(may_leave=_MAY_LEAVE, no=no, scope=scope), scoped)
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE concerned")


def _any_in_scope(scope: str, scoped: Sequence[Any]) -> bool:
    known = "SELECT 1 FROM inventory_testid t JOIN inventory_product p ON p.id = t.product_id WHERE 1 = 1"
    return bool(_fetch(f"{known} {scope} LIMIT 1", scoped))


# The range is said of both tables: PostgreSQL would read the other one whole for each range.
_NEW = (("f.new", Standing.OPEN, "= 'ready'"), ("g.new", Standing.UNAVAILABLE, "<> 'ready'"))


def plan_new(upload: Upload, *, after: int, through: int, later: Sequence[str]) -> dict[Standing, int]:
    """Plans the surely new IDs of these rows of the file as added, without reading them. Returns how many, by standing.

    `later`: products of which a later export was applied, so that an ID unknown here is no news (row b).
    """
    products = f"AND s.product NOT IN ({_marks(later)})" if later else ""
    found: dict[Standing, int] = {}
    with connection.cursor() as cursor:
        for rule, standing, is_ready in _NEW:
            statement = _ADD.format(rule=rule, standing=standing, is_ready=is_ready, products=products)
            cursor.execute(statement, [upload.pk, *(after, through) * 2, *later])
            found[standing] = int(cursor.rowcount)
    return found


def differing(compared: Sequence[str], *, after: int, through: int, new_too: bool = False) -> Iterator[Pair]:
    """Of these rows of the sorted file, the pairs that the database alone can judge neither unchanged nor new."""
    which = "" if new_too else "AND NOT k.is_new"
    yield from _in_file(compared, "JOIN concerned k ON k.n = s.n", which, after, through)


def absent(compared: Sequence[str]) -> Iterator[Pair]:
    """The IDs in scope that the sorted file lacks, and that may mean something by it."""
    yield from _absent(compared, "l.may_leave AND")


def every(compared: Sequence[str]) -> Iterator[Pair]:
    """Every pair, as the row-by-row judgement would have them."""
    yield from _in_file(compared, "", "", 0, staged_rows())
    yield from _absent(compared, "")


def some(rows: Sequence[PlanRow], compared: Sequence[str]) -> Iterator[Pair]:
    """The pairs of these rows of a plan, with the mirror as it is now."""
    marks = _marks(rows)
    select = f"""
        SELECT {_MIRRORED} FROM inventory_testid t JOIN inventory_product p ON p.id = t.product_id
        WHERE t.test_id IN ({marks})
    """  # noqa: S608
    now = {row[1]: Mirrored(*row) for row in _fetch(select, [one.test_id for one in rows])}
    halves: list[Halves] = [(_planned_half(one), now.get(one.test_id)) for one in rows]
    in_file = {claim_id: frozenset(test_ids) for one in rows for claim_id, test_ids in one.texts or ()}
    yield from paired([half for half in halves if any(half)], compared, in_file)


def staged_of(test_ids: Sequence[str]) -> dict[str, Staged]:
    """The staged rows of these IDs, as far as the file has them."""
    found: dict[str, Staged] = {}
    for start in range(0, len(test_ids), 500):
        some_ids = test_ids[start : start + 500]
        select = f"SELECT {_OF_FILE} FROM staged s WHERE s.valid AND s.test_id IN ({_marks(some_ids)})"  # noqa: S608
        found |= {one.test_id: one for one in map(_staged, _fetch(select, some_ids))}
    return found


def staged_rows() -> int:
    """How many rows of the file are staged."""
    return int(_fetch("SELECT COALESCE(MAX(n), 0) FROM staged", [])[0][0])


def absent_in_scope() -> int:
    """How many IDs in scope the sorted file lacks."""
    return int(_fetch("SELECT COUNT(*) FROM lacking", [])[0][0])


def _planned_half(one: PlanRow) -> Staged | None:
    if one.row is None:
        return None
    claim_ids = tuple(claim_id for claim_id, _ in one.texts or ())[: one.ours]
    return Staged._make((*(getattr(one, name) for name in Staged._fields[:-1]), claim_ids))


def _marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))


def _false() -> str:
    return "FALSE" if connection.vendor == "postgresql" else "0"


def _same(compared: Sequence[str]) -> str:
    same = "IS NOT DISTINCT FROM" if connection.vendor == "postgresql" else "IS"
    of = {
        Field.STATUS: "s.status = t.status AND (s.status <> '' OR LOWER(s.status_raw) = LOWER(t.status_raw))",
        Field.ASSIGNED_TO: "s.assigned_to_digest = t.assigned_to_digest",
        Field.PASSWORD: "(s.password_digest = '' OR s.password_digest = t.password_digest)",
        Field.VALID_UNTIL: f"s.valid_until {same} t.valid_until",
        Field.PURCHASED_ON: f"s.purchased_on {same} t.purchased_on",
        Field.TRACKING_CODE: "s.tracking_code = t.tracking_code",
        OTHER: "s.other_digest = t.other_digest",
    }
    return " AND ".join(of[one] for one in COMPARED if one in compared)


def _scope(upload: Upload) -> tuple[str, list[Any]]:
    if upload.scope == Scope.ALL:
        return "", []
    return f"AND p.code IN ({_marks(upload.products)})" if upload.products else "AND 1 = 0", list(upload.products)


def _in_file(compared: Sequence[str], concerned: str, which: str, after: int, through: int) -> Iterator[Pair]:
    joined = _JOINED.format(concerned=concerned)
    of_both = "AND k.n > %s AND k.n <= %s" if concerned else ""
    select = f"SELECT {_OF_FILE}, {_MIRRORED} {joined} {which} {of_both} AND s.n > %s AND s.n <= %s ORDER BY s.n"
    for start in range(after, through, RANGE):
        ends = (start, min(start + RANGE, through))
        rows = _fetch(select, ends * 2 if concerned else ends)
        for place in range(0, len(rows), BATCH):
            yield from _paired([_halves(row) for row in rows[place : place + BATCH]], compared)


def _halves(row: tuple[Any, ...]) -> Halves:
    width = len(Staged._fields) + 1  # claim_id and more_claims, for claim_ids
    return _staged(row[:width]), Mirrored(*row[width:]) if row[width] is not None else None


def _staged(row: Sequence[Any]) -> Staged:
    *kept, first, more = row
    claim_ids = (first, *map(int, filter(None, more.split(",")))) if first is not None else ()
    return Staged._make((*kept, claim_ids))


def _absent(compared: Sequence[str], which: str) -> Iterator[Pair]:
    select = f"""
        SELECT {_MIRRORED} FROM lacking l JOIN inventory_testid t ON t.id = l.id
        JOIN inventory_product p ON p.id = t.product_id
        WHERE {which} l.id > %s ORDER BY l.id LIMIT {BATCH}
    """  # noqa: S608
    last = 0
    while rows := _fetch(select, [last]):
        last = rows[-1][0]
        yield from _paired([(None, Mirrored(*row)) for row in rows], compared)


def _paired(halves: Sequence[Halves], compared: Sequence[str]) -> Iterator[Pair]:
    yield from paired(halves, compared, in_file(concerned(halves)))


def in_file(claim_ids: Iterable[int]) -> InFile:
    """Claim -> the IDs of the staged file that carry its text."""
    wanted = set(claim_ids)
    if not wanted:
        return {}
    found: dict[int, set[str]] = {}
    first = f"SELECT claim_id, '', test_id FROM staged WHERE valid AND claim_id IN ({_marks(list(wanted))})"  # noqa: S608
    more = "SELECT claim_id, more_claims, test_id FROM staged WHERE valid AND more_claims <> ''"
    for claim_id, others, test_id in [*_fetch(first, list(wanted)), *_fetch(more, [])]:
        for one in (claim_id, *map(int, filter(None, others.split(",")))):
            found.setdefault(one, set()).add(test_id)
    return {one: frozenset(found[one]) for one in wanted & found.keys()}


def _fetch(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

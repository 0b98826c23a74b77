"""Pairs of an export's row and a mirror's row as facts for the judgement, read set-wise.

`differing` gives only pairs of which the database cannot already say "unchanged"; a test holds that to the judgement of
every pair (`tests/inventory/test_pairs.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from access.models import AuditEntry
from inventory.columns import Field
from inventory.judgement import STARTED_OR_LATER, ClaimFacts, MirrorFacts, RowFacts
from inventory.models import Claim, ClaimState, Holding, Scope, StagedRow, Standing, TestID, Upload, WordSource

BATCH = 2_000
BY_EXPORT = "An export"  # how the reason of a conflict begins that an export found
COMPARED = (
    Field.STATUS,
    Field.ASSIGNED_TO,
    Field.PASSWORD,
    Field.VALID_UNTIL,
    Field.PURCHASED_ON,
    Field.TRACKING_CODE,
)


class Staged(NamedTuple):
    """The staged half of a pair. Days as ISO texts or dates, as the database gives them."""

    id: int
    valid: bool
    sheet: str
    row: int
    test_id: str
    product: str
    status_raw: str
    status: str
    assigned_to_digest: str
    password_digest: str
    valid_until: Any
    purchased_on: Any
    tracking_code: str
    claim_id: int | None
    more_claims: str

    @property
    def claim_ids(self) -> tuple[int, ...]:
        first = () if self.claim_id is None else (self.claim_id,)
        return (*first, *(int(one) for one in self.more_claims.split(",") if one))


class Mirrored(NamedTuple):
    """The mirror's half of a pair."""

    id: int
    test_id: str
    product: str
    status_raw: str
    status: str
    assigned_to_digest: str
    password_digest: str
    valid_until: Any
    purchased_on: Any
    tracking_code: str
    said_by: str
    said_at: Any
    standing: str
    left_panel_at: Any
    progress: str
    progress_at: Any
    holder_id: int | None
    holding: str
    set_aside_at: Any
    to_clear_since: Any
    revision: int


@dataclass(frozen=True, slots=True)
class Pair:
    """An ID with its two halves, as they are and as facts; `claim` is the one that applying would touch, if any."""

    test_id: str
    staged: Staged | None
    mirrored: Mirrored | None
    row: RowFacts | None
    mirror: MirrorFacts | None
    claim: Claim | None


_STAGED = ", ".join(f"s.{name}" for name in Staged._fields)
_MIRRORED = ", ".join("p.code" if name == "product" else f"t.{name}" for name in Mirrored._fields)
_JOINED = """
    FROM inventory_stagedrow s
    LEFT JOIN inventory_testid t ON t.test_id = s.test_id
    LEFT JOIN inventory_product p ON p.id = t.product_id
    LEFT JOIN inventory_claim c ON c.id = t.holder_id
    WHERE s.upload_id = %s AND s.valid
"""
_LATER = ", ".join(f"'{word}'" for word in sorted(STARTED_OR_LATER))
# What the judgement would call unchanged, without effect, whoever spoke last: see rows c, e, f and g.
_SURELY_UNCHANGED = """
    t.id IS NOT NULL AND p.code = s.product AND {same}
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
_ABSENT = """
    FROM inventory_testid t
    JOIN inventory_product p ON p.id = t.product_id
    LEFT JOIN inventory_claim c ON c.id = t.holder_id
    WHERE NOT EXISTS (SELECT 1 FROM inventory_stagedrow s WHERE s.upload_id = %s AND s.test_id = t.test_id)
"""
# All other absent IDs are unchanged whatever the time (row h).
_MAY_LEAVE = """
    ((t.holder_id IS NULL AND t.standing = 'open' AND t.set_aside_at IS NULL)
     OR (t.holding = 'current' AND c.state = 'reserved')
     OR (t.holding = 'current' AND c.state = 'confirmed' AND t.left_panel_at IS NULL))
"""


def differing(upload: Upload, fields: Sequence[Field], *, unplanned: bool = False) -> Iterator[Pair]:
    """Pairs that the database alone cannot call unchanged: first those of the file, then the absent ones in scope.

    `unplanned`: only those that the upload's plan does not name.
    """
    surely = _SURELY_UNCHANGED.format(same=_same(fields), later=_LATER)
    planned = "AND NOT EXISTS (SELECT 1 FROM inventory_planrow r WHERE r.upload_id = %s AND r.test_id = {}.test_id)"
    values = [upload.pk] if unplanned else []
    in_file = planned.format("s") if unplanned else ""
    yield from _in_file(upload, fields, f"AND NOT COALESCE({surely}, {_false()}) {in_file}", values)
    yield from _absent(upload, fields, f"AND {_MAY_LEAVE} {planned.format('t') if unplanned else ''}", values)


def every(upload: Upload, fields: Sequence[Field]) -> Iterator[Pair]:
    """Every pair, as the row-by-row judgement would have them."""
    yield from _in_file(upload, fields, "")
    yield from _absent(upload, fields, "")


def some(upload: Upload, fields: Sequence[Field], test_ids: Sequence[str]) -> Iterator[Pair]:
    """The pairs of these IDs, as they are now."""
    marks = ", ".join(["%s"] * len(test_ids))
    # Neither paged nor scoped: that would read the whole file again for each chunk of a plan.
    rows = _fetch(f"SELECT {_STAGED}, {_MIRRORED} {_JOINED} AND s.test_id IN ({marks})", [upload.pk, *test_ids])
    yield from _paired(upload, fields, [_halves(row) for row in rows])
    rows = _fetch(f"SELECT {_MIRRORED} {_ABSENT} AND t.test_id IN ({marks})", [upload.pk, *test_ids])
    yield from _paired(upload, fields, [(None, Mirrored(*row)) for row in rows])


def absent_in_scope(upload: Upload) -> int:
    """How many IDs in scope the file lacks."""
    scope, values = _scope(upload)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) {_ABSENT} {scope}", [upload.pk, *values])
        return int(cursor.fetchone()[0])


def _false() -> str:
    return "FALSE" if connection.vendor == "postgresql" else "0"


def _same(fields: Sequence[Field]) -> str:
    differs = "IS NOT DISTINCT FROM" if connection.vendor == "postgresql" else "IS"
    of = {
        Field.STATUS: "s.status = t.status AND (s.status <> '' OR LOWER(s.status_raw) = LOWER(t.status_raw))",
        Field.ASSIGNED_TO: "s.assigned_to_digest = t.assigned_to_digest",
        Field.PASSWORD: "(s.password_digest = '' OR s.password_digest = t.password_digest)",
        Field.VALID_UNTIL: f"s.valid_until {differs} t.valid_until",
        Field.PURCHASED_ON: f"s.purchased_on {differs} t.purchased_on",
        Field.TRACKING_CODE: "s.tracking_code = t.tracking_code",
    }
    return " AND ".join(of[one] for one in COMPARED if one in fields)


def _scope(upload: Upload) -> tuple[str, list[Any]]:
    if upload.scope == Scope.ALL:
        return "", []
    return "AND p.code IN (SELECT DISTINCT product FROM inventory_stagedrow WHERE upload_id = %s)", [upload.pk]


def _in_file(upload: Upload, fields: Sequence[Field], which: str, values: Sequence[Any] = ()) -> Iterator[Pair]:
    select = f"SELECT {_STAGED}, {_MIRRORED} {_JOINED} {which} AND s.id > %s ORDER BY s.id LIMIT {BATCH}"
    last = 0
    while rows := _fetch(select, [upload.pk, *values, last]):
        last = rows[-1][0]
        yield from _paired(upload, fields, [_halves(row) for row in rows])


def _halves(row: tuple[Any, ...]) -> tuple[Staged, Mirrored | None]:
    width = len(Staged._fields)
    return Staged(*row[:width]), Mirrored(*row[width:]) if row[width] is not None else None


def _absent(upload: Upload, fields: Sequence[Field], which: str, values: Sequence[Any] = ()) -> Iterator[Pair]:
    scope, scoped = _scope(upload)
    select = f"SELECT {_MIRRORED} {_ABSENT} {which} {scope} AND t.id > %s ORDER BY t.id LIMIT {BATCH}"
    last = 0
    while rows := _fetch(select, [upload.pk, *values, *scoped, last]):
        last = rows[-1][0]
        yield from _paired(upload, fields, [(None, Mirrored(*row)) for row in rows])


def _fetch(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _paired(
    upload: Upload, fields: Sequence[Field], halves: Sequence[tuple[Staged | None, Mirrored | None]]
) -> Iterator[Pair]:
    ids = {one for staged, _ in halves if staged for one in staged.claim_ids}
    ids |= {mirrored.holder_id for _, mirrored in halves if mirrored and mirrored.holder_id}
    concerned = _Claims(upload, ids) if ids else _Claims.none()
    for staged, mirrored in halves:
        yield concerned.pair(fields, staged, mirrored)


@dataclass(slots=True)
class _Claims:
    """The claims of a batch of pairs, each with its IDs and where in the file its text stands."""

    by_id: dict[int, Claim] = field(default_factory=dict)
    facts: dict[int, ClaimFacts] = field(default_factory=dict)
    replaced: dict[tuple[str, Any], datetime] = field(default_factory=dict)

    def __init__(self, upload: Upload, ids: Iterable[int]) -> None:
        wanted = list(ids)
        self.by_id = {one.pk: one for one in Claim.objects.filter(pk__in=wanted).select_related("product")}
        held: dict[int, list[tuple[str, str]]] = {}
        for claim_id, test_id, holding in TestID.objects.filter(holder_id__in=wanted).values_list(
            "holder_id", "test_id", "holding"
        ):
            held.setdefault(claim_id or 0, []).append((test_id, holding))
        in_file = _in_file_by_claim(upload, wanted)
        self.facts = {pk: _facts(one, held.get(pk, []), in_file.get(pk, set())) for pk, one in self.by_id.items()}
        self.replaced = _replaced([one for ids in held.values() for one, holding in ids if holding == Holding.EARLIER])

    @classmethod
    def none(cls) -> _Claims:
        empty = cls.__new__(cls)
        empty.by_id, empty.facts, empty.replaced = {}, {}, {}
        return empty

    def pair(self, fields: Sequence[Field], staged: Staged | None, mirrored: Mirrored | None) -> Pair:
        test_id = staged.test_id if staged else mirrored.test_id if mirrored else ""
        row = self._row(fields, staged) if staged else None
        mirror = self._mirror(fields, mirrored) if mirrored else None
        claim_id = (staged.claim_id if staged else None) or (mirrored.holder_id if mirrored else None)
        return Pair(test_id, staged, mirrored, row, mirror, self.by_id.get(claim_id or 0))

    def _row(self, fields: Sequence[Field], staged: Staged) -> RowFacts:
        ours = tuple(self.facts[one] for one in staged.claim_ids if one in self.facts)
        blank = staged.assigned_to_digest == ""
        return RowFacts(staged.product, staged.status == "ready", blank, _fields(fields, staged, of_file=True), ours)

    def _mirror(self, fields: Sequence[Field], mirrored: Mirrored) -> MirrorFacts:
        holder = self.facts.get(mirrored.holder_id or 0)
        return MirrorFacts(
            product=mirrored.product,
            standing=Standing(mirrored.standing),
            said_at=_time(mirrored.said_at) or datetime.min.replace(tzinfo=UTC),
            said_by=WordSource(mirrored.said_by),
            fields=_fields(fields, mirrored, of_file=False),
            holder=holder,
            told=holder is not None and self._told(mirrored, self.by_id[holder.id]),
            set_aside=mirrored.set_aside_at is not None,
            progress=mirrored.progress,
            progress_at=_time(mirrored.progress_at),
            left_panel=mirrored.left_panel_at is not None,
            to_clear=mirrored.to_clear_since is not None,
        )

    def _told(self, mirrored: Mirrored, holder: Claim) -> bool:
        """Whether anybody may know this ID. An earlier ID: only if its claim was told before it got another."""
        if holder.told_at is None or mirrored.holding != Holding.EARLIER:
            return holder.told_at is not None
        replaced = self.replaced.get((mirrored.test_id, holder.oid))
        return replaced is None or holder.told_at <= replaced


def _replaced(test_ids: Sequence[str]) -> dict[tuple[str, Any], datetime]:
    """When each earlier ID was replaced, as its story tells."""
    if not test_ids:
        return {}
    told = AuditEntry.objects.filter(test_id__in=test_ids, verb="test_id.replaced").order_by("id")
    return {(test_id, oid): at for test_id, oid, at in told.values_list("test_id", "oid", "at")}


def _in_file_by_claim(upload: Upload, ids: Sequence[int]) -> dict[int, set[str]]:
    """Claim -> the IDs of the file that carry its text."""
    found: dict[int, set[str]] = {}
    staged = StagedRow.objects.filter(upload=upload, valid=True)
    for claim_id, more, test_id in staged.filter(Q(claim_id__in=ids) | ~Q(more_claims="")).values_list(
        "claim_id", "more_claims", "test_id"
    ):
        for one in (claim_id or 0, *(int(other) for other in more.split(",") if other)):
            found.setdefault(one, set()).add(test_id)
    return found


def _facts(claim: Claim, held: Iterable[tuple[str, str]], in_file: set[str]) -> ClaimFacts:
    ids = list(held)
    return ClaimFacts(
        id=claim.pk,
        state=ClaimState(claim.state),
        current=next((one for one, holding in ids if holding == Holding.CURRENT), ""),
        earlier=frozenset(one for one, holding in ids if holding == Holding.EARLIER),
        called_at=claim.call_ended_at or claim.call_began_at,
        settles_from=claim.call_ended_at or claim.call_until or claim.call_began_at,
        in_file=frozenset(in_file),
        contradicted=claim.conflict_because.startswith(BY_EXPORT),
    )


def _fields(fields: Sequence[Field], half: Staged | Mirrored, *, of_file: bool) -> tuple[tuple[str, object], ...]:
    """The comparable values of one half. A blank password says nothing: it would take away what the candidate needs."""
    values = (
        (Field.STATUS, half.status or half.status_raw.casefold()),
        (Field.ASSIGNED_TO, half.assigned_to_digest),
        (Field.PASSWORD, half.password_digest),
        (Field.VALID_UNTIL, _day(half.valid_until)),
        (Field.PURCHASED_ON, _day(half.purchased_on)),
        (Field.TRACKING_CODE, half.tracking_code),
    )
    return tuple(
        (str(one), value)
        for one, value in values
        if one in fields and not (of_file and one == Field.PASSWORD and value == "")
    )


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _time(value: Any) -> datetime | None:
    """SQLite gives times in UTC without saying so, or as texts."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found

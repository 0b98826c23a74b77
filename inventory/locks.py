"""Every lock query of the room: products before claims before test IDs, each by id, so that no two wait for each other.

SQLite ignores FOR UPDATE; there a transaction is IMMEDIATE from its start, and so the only writer. All refuse outside a
transaction, where a lock would be gone before it is used. `no_key`: it must not keep others from pointing to the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from inventory.models import Claim, ClaimState, Holding, Product, TestID, Upload


@dataclass(slots=True)
class Around:
    """A claim with all that its next step may touch, locked: its IDs, the ID spoken of, and that one's holder."""

    claim: Claim
    holders: dict[int, Claim]
    rows: dict[str, TestID]

    @property
    def current(self) -> TestID | None:
        """The claim's one current ID."""
        mine = (row for row in self.rows.values() if row.holder_id == self.claim.pk)
        return next((row for row in mine if row.holding == Holding.CURRENT), None)


def _inside_transaction() -> None:
    assert connection.in_atomic_block, "a lock needs a transaction"


def product(*, product_id: int) -> Product:
    _inside_transaction()
    return Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product_id)


def products(*, ids: Iterable[int]) -> list[Product]:
    _inside_transaction()
    return list(Product.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(ids)).order_by("id"))


def claims(which: Q) -> list[Claim]:
    _inside_transaction()
    found = Claim.objects.select_for_update(of=("self",), no_key=True).select_related("product").filter(which)
    return list(found.order_by("id"))


def claim(*, oid: UUID) -> Claim:
    """Raises Claim.DoesNotExist."""
    found = claims(Q(oid=oid))
    if not found:
        raise Claim.DoesNotExist(f"no claim {oid}")
    return found[0]


def test_ids(which: Q) -> list[TestID]:
    _inside_transaction()
    found = TestID.objects.select_for_update(of=("self",), no_key=True).select_related("product").filter(which)
    return list(found.order_by("id"))


def first_waiting(*, product_id: int, number: int) -> list[Claim]:
    """The claims that have waited longest, in order. Waits for whoever changes one now, or the next in line would
    overtake it."""
    _inside_transaction()
    found = Claim.objects.select_for_update(of=("self",), no_key=True).select_related("product")
    return list(found.filter(product_id=product_id, state=ClaimState.WAITING).order_by("id")[:number])


def around(*, oid: UUID, test_id: str = "") -> Around:
    """Locks the claim, and what an answer about `test_id` touches. Raises Claim.DoesNotExist."""
    _inside_transaction()
    spoken_of = Q(test_id=test_id) if test_id else Q(pk__in=[])
    holder_ids = [pk for pk in TestID.objects.filter(spoken_of).values_list("holder_id", flat=True) if pk]
    locked = claims(Q(oid=oid) | Q(pk__in=holder_ids))
    mine = next((one for one in locked if one.oid == oid), None)
    if mine is None:
        raise Claim.DoesNotExist(f"no claim {oid}")
    rows = test_ids(spoken_of | Q(holder_id=mine.pk))
    known = {one.pk for one in locked}
    # A holder that came between the two queries is locked out of order: rare, and a deadlock would be retried.
    late = [row.holder_id for row in rows if row.holder_id and row.holder_id not in known]
    locked += claims(Q(pk__in=late)) if late else []
    return Around(mine, {one.pk: one for one in locked}, {row.test_id: row for row in rows})


@dataclass(frozen=True, slots=True)
class Taken:
    """The ID that a claim took: the key of its row, and the ID itself."""

    pk: int
    test_id: str


_AVAILABLE = "product_id = %s AND standing = 'open' AND set_aside_at IS NULL AND holder_id IS NULL"
# Three look-ups of one index entry each, instead of a sort of the whole stock: the one that expires first but outlives
# the deadline, else one without an expiry, else the oldest. `valid_until` in the second order keeps PostgreSQL from
# reading the primary key past all that were given before.
_TAKE = """
    UPDATE inventory_testid SET holder_id = %s, holding = 'current', revision = revision + 1
    WHERE id = COALESCE(
        (SELECT id FROM inventory_testid WHERE {available} AND valid_until >= %s
            ORDER BY valid_until, id LIMIT 1 {lock}),
        (SELECT id FROM inventory_testid WHERE {available} AND valid_until IS NULL
            ORDER BY valid_until, id LIMIT 1 {lock}),
        (SELECT id FROM inventory_testid WHERE {available} ORDER BY id LIMIT 1 {lock})
    )
    RETURNING id, test_id
"""


def take_test_id(*, claim_id: int, product_id: int, outlive: date | None) -> Taken | None:
    """Makes one available ID the claim's current one, in one statement; None where there is none.

    The ID that expires first but outlives the deadline's day (today, where there is none), else the oldest.
    """
    _inside_transaction()
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    statement = _TAKE.format(available=_AVAILABLE, lock=lock)
    day = connection.ops.adapt_datefield_value(outlive or timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute(statement, [claim_id, product_id, day, product_id, product_id])
        rows = cursor.fetchall()
    assert len(rows) <= 1, "one claim takes one ID"
    return Taken(*rows[0]) if rows else None


# As above for many claims at once, tier by tier: the first claim gets the first ID. The rows are chosen before they are
# paired, since a window cannot be asked to skip what others hold.
_TAKE_MANY = """
    WITH chosen AS MATERIALIZED (
        SELECT id, valid_until FROM inventory_testid WHERE {available} AND {tier} ORDER BY {order} LIMIT %s {lock}
    ), ids AS (SELECT id, ROW_NUMBER() OVER (ORDER BY {order}) AS place FROM chosen),
    takers AS (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM inventory_claim WHERE id IN ({claims}))
    UPDATE inventory_testid SET holder_id = taken.holder, holding = 'current', revision = revision + 1
    FROM (SELECT ids.id, takers.id AS holder FROM ids JOIN takers ON takers.place = ids.place) taken
    WHERE inventory_testid.id = taken.id
    RETURNING inventory_testid.id, inventory_testid.test_id, holder_id
"""
_TIERS = (
    ("valid_until >= %s", "valid_until, id"),
    ("valid_until IS NULL", "valid_until, id"),
    ("valid_until < %s", "id"),
)


def take_test_ids(*, claim_ids: Sequence[int], product_id: int, outlive: date | None) -> dict[int, Taken]:
    """As `take_test_id` for many claims of one product with one deadline, in the order of their ids: claim -> its ID.

    One statement, and one more for each kind of ID that is not enough. Claims for which none is left are not in it.
    """
    _inside_transaction()
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    day = connection.ops.adapt_datefield_value(outlive or timezone.localdate())
    found: dict[int, Taken] = {}
    for tier, order in _TIERS:
        left = sorted(set(claim_ids) - found.keys())
        if not left:
            break
        marks = ", ".join(["%s"] * len(left))
        statement = _TAKE_MANY.format(available=_AVAILABLE, tier=tier, order=order, lock=lock, claims=marks)
        with connection.cursor() as cursor:
            cursor.execute(statement, [product_id, *([day] if "%s" in tier else []), len(left), *left])
            found |= {holder: Taken(pk, test_id) for pk, test_id, holder in cursor.fetchall()}
    return found


_CALLS = 0x1CA115  # names the locks below among all advisory locks; the second number is the product, 0 for all calls


def stop_calls(*, product_id: int = 0) -> None:
    """Whoever pauses calls waits for those that are being begun; after that none begins until the pause is there.

    An advisory lock, shared by who begins: a lock on the row would keep workers from each other. Taken last, after any
    claim or product. SQLite has one writer at a time anyhow.
    """
    _inside_transaction()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_CALLS, product_id])


def begin_call(*, product_id: int) -> None:
    """What is read of pauses after this stays true until this transaction ends. See `stop_calls`."""
    _inside_transaction()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock_shared(%s, 0), pg_advisory_xact_lock_shared(%s, %s)",
                [_CALLS, _CALLS, product_id],
            )


def upload(*, upload_id: int) -> Upload:
    """Raises Upload.DoesNotExist."""
    _inside_transaction()
    found = Upload.objects.select_for_update(of=("self",), no_key=True)
    return found.get(pk=upload_id)


def mirror(*, test_ids: Iterable[str]) -> None:
    """Locks these rows without reading them: their secrets are not needed to judge them."""
    _inside_transaction()
    rows = TestID.objects.select_for_update(of=("self",), no_key=True).filter(test_id__in=list(test_ids))
    list(rows.order_by("id").values_list("pk"))

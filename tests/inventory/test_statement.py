"""The stock statement balances, after every verb and for every period."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product as combinations
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from access.actors import Actor
from inventory import claims, ledger, mirror, queries, statement, test_ids
from inventory.models import Claim, ClaimState, Holding, Product, Standing, StockMove, TestID
from inventory.statement import Flow, Period
from itep.client import Outcome
from tests.conftest import SEEN_AT, stock
from tests.inventory.conftest import TEXT, Desk, held
from tests.inventory.test_reconciliation import applied

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def moved(
    product: Product, old: str, new: str, number: int = 1, *, at: datetime = NOON, row: int | None = None
) -> None:
    StockMove.objects.create(product=product, from_state=old, to_state=new, number=number, at=at, row=row)


def balances() -> None:
    """The ledger agrees with the mirror, and every statement up to now closes at what the cards count."""
    assert statement.imbalance() == {}
    found = statement.statements(Period())
    for card in queries.stock_by_product():
        one = found[card.product.pk]
        closing = {line.state: line.closing for line in one.states}
        assert one.closing == card.available
        assert closing == {
            "available": card.available,
            "claimed": card.reserved,
            "assigned": card.assigned,
            "assigned_outside": card.outside,
            "unavailable": card.unavailable,
            "withdrawn": card.withdrawn,
        }


def test_the_database_and_the_pages_mean_the_same_by_every_state(called: Product) -> None:
    number = 0
    states = [None, *ClaimState.values]
    for standing, aside, state, holding in combinations(Standing.values, [None, SEEN_AT], states, Holding.values):
        holder = None
        if state:
            ended = SEEN_AT if state == "ended" else None
            times = {"call_began_at": SEEN_AT, "confirmed_at": SEEN_AT, "ended_at": ended}
            holder = Claim.objects.create(oid=uuid4(), product=called, source="inventory", state=state, **times)
        number += 1
        TestID.objects.create(
            test_id=f"X{number}", product=called, standing=standing, set_aside_at=aside, status="ready",
            holder=holder, holding=holding if holder else "", said_by="export", said_at=SEEN_AT,
        )  # fmt: skip
    by_row = dict(StockMove.objects.values_list("row", "to_state"))
    assert by_row == {row.pk: getattr(row, "state", None) for row in queries.test_ids(queries.Filters())}
    assert len(by_row) == number == 6 * 2 * 7 * 2


def test_it_balances_after_every_verb(desk: Desk, by_sam: Actor) -> None:
    test_ids.add(
        product=desk.product, lines=test_ids.read_list("\n".join(f"N{n}" for n in range(6))).good, actor=by_sam
    )
    balances()
    stock(desk.product, 12)
    balances()
    for state in (ClaimState.RESERVED, ClaimState.CALLING, ClaimState.UNKNOWN, ClaimState.CONFIRMED, ClaimState.ENDED):
        oid = desk.at(state)
        balances()
        claims.cancel(oid=oid, actor=by_sam, reason="ill")
        balances()
    oid = desk.open()
    for outcome in (Outcome.RETRY, Outcome.UNAVAILABLE):
        desk.begin(oid)
        desk.answer(oid, outcome)
        balances()
    desk.begin(oid)
    desk.answer(oid, Outcome.CONFIRMED, test_id="ANOTHER1")
    balances()
    claims.cancel(oid=oid, actor=by_sam, reason="ill")
    claims.cleared(test_id="ANOTHER1", actor=by_sam)
    balances()
    for row in TestID.objects.filter(holder__isnull=False, holder__state="ended"):
        claims.release(test_id=row.test_id, actor=by_sam, reason="mistake")
        balances()
    free = TestID.objects.available()[0].test_id
    claims.set_aside(test_id=free, actor=by_sam, reason="for the fair")
    balances()
    claims.take_back(test_id=free, actor=by_sam)
    balances()
    mirror.heard_by_webhook(test_id=free, status=None, status_raw="Started", at=timezone.now(), source="post 1")
    balances()


def test_it_balances_after_exports(desk: Desk, by_sam: Actor) -> None:
    stock(desk.product, 5)
    oids = {state: desk.at(state) for state in (ClaimState.RESERVED, ClaimState.UNKNOWN, ClaimState.CONFIRMED)}
    first = held(oids[ClaimState.UNKNOWN])
    applied(by_sam, (first, TEXT % oids[ClaimState.UNKNOWN]), ("NEW1", ""), ("BUSPLUS0005", "somebody else"))
    balances()
    applied(by_sam, ("BUSPLUS0005", ""), ("NEW1", "", "Started"), ("NEW2", ""), later=timedelta(hours=3))
    balances()


def test_many_rows_of_one_statement_are_counted_once_on_postgresql(called: Product) -> None:
    stock(called, 300)
    expected = 1 if connection.vendor == "postgresql" else 300
    assert StockMove.objects.count() == expected
    TestID.objects.filter(product=called).update(said_by="answer", revision=4)
    assert StockMove.objects.count() == expected
    balances()


def test_an_id_that_changes_its_product_leaves_one_and_comes_to_the_other(called: Product, academic: Product) -> None:
    stock(called, 2)
    TestID.objects.filter(test_id="BUSPLUS0001").update(product=academic)
    balances()
    last = StockMove.objects.filter(Q(from_state="elsewhere") | Q(to_state="elsewhere")).order_by("id")
    assert list(last.values_list("product__code", "from_state", "to_state", "number")) == [
        ("BUS-PLUS", "available", "elsewhere", 1),
        ("ACAD-PLUS", "elsewhere", "available", 1),
    ]


def test_what_left_the_table_leaves_the_ledger(called: Product) -> None:
    stock(called, 3)
    TestID.objects.filter(test_id="BUSPLUS0001").delete()
    balances()


def test_lines_say_why(called: Product) -> None:
    before = NOON - timedelta(days=1)
    moved(called, "", "available", 50, at=before)
    moved(called, "", "available", 10)
    moved(called, "available", "claimed", 4)
    moved(called, "claimed", "available", 1)
    moved(called, "claimed", "assigned", 3)
    moved(called, "available", "assigned_outside", 2)
    moved(called, "assigned_outside", "available", 1)
    moved(called, "available", "withdrawn", 5)
    moved(called, "available", "unavailable", 6)
    moved(called, "", "available", 7, at=NOON + timedelta(days=1))

    one = statement.statements(Period(NOON.date(), NOON.date()))[called.pk]

    assert (one.opening, one.closing) == (50, 45)
    assert {line: number for line, number in one.changes.items() if number} == {
        "added": 10, "freed": 1, "returned": 1, "given": -4, "assigned_outside": -2, "withdrawn": -5, "unavailable": -6,
    }  # fmt: skip
    assert [(line.state, line.opening, line.closing) for line in one.states if line.closing] == [
        ("available", 50, 45),
        ("assigned", 0, 3),
        ("assigned_outside", 0, 1),
        ("unavailable", 0, 6),
        ("withdrawn", 0, 5),
    ]


def test_a_state_that_was_passed_through_is_no_line(called: Product) -> None:
    moved(called, "claimed", "unavailable", row=1)
    moved(called, "unavailable", "available", row=1, at=NOON + timedelta(milliseconds=300))
    moved(called, "available", "claimed", row=1, at=NOON + timedelta(minutes=3))
    moved(called, "claimed", "unavailable", row=2)
    flows = statement._flows(Period())
    assert sorted((one.from_state, one.to_state, one.number) for one in flows) == [
        ("available", "claimed", 1),
        ("claimed", "available", 1),
        ("claimed", "unavailable", 1),
    ]


def test_the_stock_that_stood_when_the_ledger_began_is_the_opening(called: Product) -> None:
    with ledger.unlocked():
        stock(called, 4)
    with transaction.atomic():
        ledger.open_with_the_stock(connection)
    balances()
    one = statement.statements(Period())[called.pk]
    assert (one.opening, one.changes["added"], one.closing) == (4, 0, 4)
    assert statement.began_at() is not None


def test_the_ledger_is_append_only(called: Product) -> None:
    stock(called, 1)
    for act in (lambda: StockMove.objects.update(number=9), lambda: StockMove.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()
    balances()


def test_triggers_that_a_migration_lost_are_back(called: Product) -> None:
    if connection.vendor == "sqlite":  # PostgreSQL changes a table in its place
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER stock_test_ids_came")
    ledger.watch_again(connection)
    stock(called, 2)
    balances()


def test_sums_of_several_products() -> None:
    one = statement.drawn_up({"available": 3}, [Flow(1, "", "available", 2)])
    both = statement.of_all([one, one])
    assert (both.opening, both.changes["added"], both.closing) == (6, 4, 10)

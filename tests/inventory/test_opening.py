"""A request gets an ID at once, or a place in the line."""

from datetime import date
from types import SimpleNamespace

import pytest
from pytest_django import Settings

from access.models import AuditEntry
from inventory import claims, products
from inventory.errors import NoInventory
from inventory.models import Claim, ClaimSource, ClaimState, Product, Source, Standing, TestID
from itep.client import Outcome
from tests.conftest import stock
from tests.inventory.conftest import Desk, claim_of, held, row_of, told_to_serve


def test_a_request_takes_an_id_and_says_so(desk: Desk) -> None:
    stock(desk.product, 2)
    oid = desk.open()
    assert claim_of(oid).state == ClaimState.RESERVED
    assert held(oid) == "BUSPLUS0001"
    assert row_of("BUSPLUS0001").revision == 1
    assert TestID.objects.available().count() == 1
    entry = AuditEntry.objects.get(verb="claim.reserved")
    assert (entry.oid, entry.test_id, entry.user, entry.product) == (oid, "BUSPLUS0001", desk.actor.user, "BUS-PLUS")


@pytest.mark.parametrize(
    ("deadline", "taken"),
    [
        (date(2026, 12, 1), "BUSPLUS0003"),  # of those that outlive it, the first to expire
        (date(2027, 2, 1), "BUSPLUS0002"),
        (date(2027, 6, 1), "BUSPLUS0004"),  # none is known to outlive it, but one does not expire
        (None, "BUSPLUS0003"),
    ],
)
def test_the_id_that_expires_first_but_outlives_the_deadline(desk: Desk, deadline: date | None, taken: str) -> None:
    stock(desk.product, 4)
    expiries = {1: date(2026, 1, 1), 2: date(2027, 3, 1), 3: date(2027, 1, 1), 4: None}
    for number, day in expiries.items():
        TestID.objects.filter(test_id=f"BUSPLUS000{number}").update(valid_until=day)
    assert held(desk.open(outlive=deadline)) == taken


def test_else_the_oldest(desk: Desk) -> None:
    stock(desk.product, 2)
    TestID.objects.filter(test_id="BUSPLUS0001").update(valid_until=date(2027, 2, 1))
    TestID.objects.filter(test_id="BUSPLUS0002").update(valid_until=date(2027, 1, 1))
    assert held(desk.open(outlive=date(2028, 1, 1))) == "BUSPLUS0001"


@pytest.mark.parametrize(
    "unlike",
    [
        {"standing": Standing.OUTSIDE},
        {"standing": Standing.REFUSED},
        {"standing": Standing.WITHDRAWN},
        {"set_aside_at": "2026-11-20T00:00Z"},
    ],
)
def test_only_what_is_available_is_taken(desk: Desk, unlike: dict[str, str]) -> None:
    stock(desk.product, 1)
    TestID.objects.update(**unlike)
    oid = desk.open()
    assert claim_of(oid).state == ClaimState.WAITING
    assert held(oid) == ""
    assert told_to_serve() == 1  # stock that came meanwhile would find it


def test_another_products_stock_is_not_touched(desk: Desk, academic: Product) -> None:
    stock(academic, 1)
    assert held(desk.open()) == ""


def test_who_does_not_want_to_wait_leaves_nothing_behind(desk: Desk) -> None:
    with pytest.raises(NoInventory) as refused:
        desk.open(wait=False)
    assert (refused.value.product, refused.value.available) == ("BUS-PLUS", 0)
    assert Claim.objects.count() == 0
    assert AuditEntry.objects.count() == 0
    assert told_to_serve() == 0


def test_a_new_request_never_overtakes_one_that_waits(desk: Desk) -> None:
    first = desk.open()
    stock(desk.product, 2)
    second = desk.open()
    assert held(second) == ""
    with pytest.raises(NoInventory) as refused:
        desk.open(wait=False)
    assert refused.value.available == 2
    assert claims.serve_waiting(product=desk.product, actor=desk.actor) == [first, second]
    assert (held(first), held(second)) == ("BUSPLUS0001", "BUSPLUS0002")
    assert claim_of(first).state == ClaimState.RESERVED


def test_serving_ends_with_the_stock_and_with_its_limit(desk: Desk) -> None:
    line = [desk.open() for _ in range(3)]
    stock(desk.product, 2)
    assert claims.serve_waiting(product=desk.product, actor=desk.actor, limit=1) == line[:1]
    assert claims.serve_waiting(product=desk.product, actor=desk.actor) == line[1:2]
    assert claims.serve_waiting(product=desk.product, actor=desk.actor) == []
    assert claim_of(line[2]).state == ClaimState.WAITING
    assert claim_of(line[2]).revision == 0


def test_a_paused_product_waits(desk: Desk) -> None:
    stock(desk.product, 1)
    products.pause(product=desk.product, because="a look at the stock", actor=desk.actor)
    oid = desk.open()
    assert claim_of(oid).state == ClaimState.WAITING
    assert claims.serve_waiting(product=desk.product, actor=desk.actor) == []
    products.resume(product=desk.product, actor=desk.actor)
    assert claims.serve_waiting(product=desk.product, actor=desk.actor) == [oid]


def test_a_sale_needs_no_stock(desk: Desk) -> None:
    desk.product.source = Source.SALE
    desk.product.save()
    oid = desk.open()
    claim = claim_of(oid)
    assert (claim.source, claim.state, claim.current) == (ClaimSource.SALE, ClaimState.RESERVED, None)


def test_where_itep_picks_only_as_many_are_asked_for_as_are_available(desk: Desk, settings: Settings) -> None:
    settings.ITEP_DIALECT = SimpleNamespace(request=SimpleNamespace(test_id=""))
    stock(desk.product, 2)
    line = [desk.open() for _ in range(3)]
    assert [claim_of(oid).state for oid in line] == ["reserved", "reserved", "waiting"]
    assert [claim_of(oid).source for oid in line] == ["itep_picks"] * 3
    assert TestID.objects.available().count() == 2
    claims.cancel(oid=line[0], actor=desk.actor, reason="not needed")
    assert claims.serve_waiting(product=desk.product, actor=desk.actor) == [line[2]]


def test_where_itep_picks_whoever_waits_hears_of_a_call_that_is_not_made(desk: Desk, settings: Settings) -> None:
    """Found by the state machine: stock that was kept for a cancelled call found nobody."""
    settings.ITEP_DIALECT = SimpleNamespace(request=SimpleNamespace(test_id=""))
    stock(desk.product, 1)
    oid, waiting = desk.open(), desk.open()
    assert claim_of(waiting).state == ClaimState.WAITING
    before = told_to_serve()

    claims.cancel(oid=oid, actor=desk.actor, reason="not needed")

    assert told_to_serve() == before + 1


def test_where_itep_picks_an_id_never_seen_leaves_one_for_who_waits(desk: Desk, settings: Settings) -> None:
    settings.ITEP_DIALECT = SimpleNamespace(request=SimpleNamespace(test_id=""))
    stock(desk.product, 1)
    oid, waiting = desk.open(), desk.open()
    desk.begin(oid)
    before = told_to_serve()

    desk.answer(oid, Outcome.CONFIRMED, test_id="NEW1")

    assert told_to_serve() == before + 1
    assert claims.serve_waiting(product=desk.product, actor=desk.actor) == [waiting]


def test_a_person_at_itep_needs_an_id_even_where_itep_would_pick(hand: Desk, settings: Settings) -> None:
    settings.ITEP_DIALECT = SimpleNamespace(request=SimpleNamespace(test_id=""))
    stock(hand.product, 1)
    assert held(hand.open()) == "ACADPLUS0001"

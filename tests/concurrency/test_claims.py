"""Many at once: no test ID is given twice, nobody overtakes, and an answer is recorded once.

The suite runs these on SQLite and on PostgreSQL (tests/run).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from access.actors import Actor
from inventory import claims, locks
from inventory.errors import NoInventory
from inventory.models import Calls, Claim, ClaimState, Holding, Product, TestID
from itep.client import Answer, Outcome
from tests.concurrency.conftest import together
from tests.conftest import stock

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 16
IDS = 500
ROBOT = Actor.system("race")


@pytest.fixture
def product(db: None, settings: Settings) -> Product:
    settings.ITEP_BASE_URL = "http://itep.test"
    return Product.objects.create(code="RACE", calls=Calls.API)


def _open(product: Product) -> UUID:
    oid = uuid4()
    claims.open_claim(oid=oid, product=product, outlive=None, actor=ROBOT, wait=False)
    return oid


def _claim_all(product: Product) -> list[UUID]:
    """Claims until there is nothing left."""
    mine: list[UUID] = []
    while True:
        try:
            mine.append(_open(product))
        except NoInventory:
            return mine


def test_sixteen_threads_share_five_hundred_ids_without_sharing_one(product: Product) -> None:
    stock(product, IDS)
    taken = [oid for mine in together([partial(_claim_all, product)] * THREADS) for oid in mine]
    assert len(taken) == IDS
    held = list(TestID.objects.filter(holding=Holding.CURRENT).values_list("holder__oid", flat=True))
    assert sorted(held) == sorted(taken)
    assert Claim.objects.filter(state=ClaimState.RESERVED).count() == IDS
    assert Claim.objects.count() == IDS


def _naively(product: Product, looked: Barrier) -> str:
    """What a claim would be without a lock: look for an ID, then save it. Here all look before anybody saves."""
    claim = Claim.objects.create(oid=uuid4(), product=product, source="inventory", state=ClaimState.RESERVED)
    row = TestID.objects.available().filter(product=product).order_by("id")[0]
    looked.wait(timeout=30)
    row.holder, row.holding = claim, Holding.CURRENT
    row.save()
    return row.test_id


def test_the_control_without_a_lock_gives_one_id_to_all(product: Product) -> None:
    stock(product, IDS)
    given = together([partial(_naively, product, Barrier(THREADS))] * THREADS)
    assert Counter(given) == {"RACE0001": THREADS}
    assert TestID.objects.filter(holder__isnull=False).count() == 1


def test_several_who_serve_the_line_serve_each_once_and_in_order(product: Product) -> None:
    line = [uuid4() for _ in range(40)]
    for oid in line:
        claims.open_claim(oid=oid, product=product, outlive=None, actor=ROBOT)
    stock(product, 30)
    served = together([partial(claims.serve_waiting, product=product, actor=ROBOT)] * 4)
    assert sorted(oid for one in served for oid in one) == sorted(line[:30])
    assert list(Claim.objects.filter(state="waiting").order_by("id").values_list("oid", flat=True)) == line[30:]
    assert TestID.objects.filter(holding="current").count() == 30


def _take_many(line: list[Claim], product: Product) -> list[str]:
    """For 20 claims at a time, as a batch or the line does."""
    mine: list[str] = []
    for start in range(0, len(line), 20):
        with transaction.atomic():
            some = [one.pk for one in line[start : start + 20]]
            found = locks.take_test_ids(claim_ids=some, product_id=product.pk, outlive=None)
        mine += [one.test_id for one in found.values()]
    return mine


def test_eight_batches_at_once_share_the_stock_without_sharing_an_id(product: Product) -> None:
    stock(product, IDS)
    lines = [
        Claim.objects.bulk_create(
            Claim(oid=uuid4(), product=product, source="inventory", state=ClaimState.WAITING) for _ in range(80)
        )
        for _ in range(8)
    ]
    taken = [one for mine in together([partial(_take_many, line, product) for line in lines]) for one in mine]
    assert len(taken) == len(set(taken)) == IDS
    assert TestID.objects.filter(holding=Holding.CURRENT).count() == IDS


def _begin(oid: UUID) -> int:
    until = timezone.now() + timedelta(seconds=60)
    return claims.begin_call(oid=oid, text=str(oid), until=until, source="call").revision


def test_answers_that_name_each_others_ids_do_not_lock_each_other_out(product: Product) -> None:
    stock(product, 16)
    pairs = [(_open(product), _open(product)) for _ in range(8)]
    acts = []
    for one, other in pairs:
        named = {oid: Claim.objects.get(oid=oid).current for oid in (one, other)}
        for mine, theirs in ((one, other), (other, one)):
            row, revision = named[theirs], _begin(mine)
            assert row is not None
            answer = Answer(Outcome.CONFIRMED, test_id=row.test_id)
            acts.append(partial(claims.record_answer, oid=mine, revision=revision, answer=answer, source="call"))
    recorded = together(acts)
    # Whoever comes first meets a call that runs, whoever comes second one that is unknown: a conflict both times.
    assert Counter((one.state, one.conflict) for one in recorded) == {(ClaimState.UNKNOWN, True): 16}
    assert TestID.objects.filter(holding="current").count() == 16


def test_an_answer_and_a_webhook_at_once_confirm_once(product: Product) -> None:
    stock(product, 8)
    acts: list[Callable[[], object]] = []
    oids = [_open(product) for _ in range(8)]
    for oid in oids:
        revision, row = _begin(oid), Claim.objects.get(oid=oid).current
        assert row is not None
        answer = Answer(Outcome.CONFIRMED, test_id=row.test_id)
        acts.append(partial(claims.record_answer, oid=oid, revision=revision, answer=answer, source="call"))
        acts.append(partial(_by_webhook, oid, row.test_id))
    together(acts)
    assert set(Claim.objects.values_list("state", "revision")) == {("confirmed", 2)}


def _by_webhook(oid: UUID, test_id: str) -> None:
    assert not claims.confirm_by_webhook(oid=oid, test_id=test_id, at=timezone.now(), source="post").conflict


def test_a_cancel_and_a_call_at_once_end_in_one_of_two_ways(product: Product) -> None:
    stock(product, 8)
    oids = [_open(product) for _ in range(8)]
    acts = [partial(_try_to_begin, oid) for oid in oids]
    acts += [partial(_cancel, oid) for oid in oids]
    together(acts)
    for claim in Claim.objects.all():
        begun = claim.state == ClaimState.CALLING and claim.cancel_wanted_at is not None and claim.current is not None
        freed = claim.state == ClaimState.ENDED and claim.current is None and claim.call_began_at is None
        assert begun is not freed


def _try_to_begin(oid: UUID) -> None:
    try:
        _begin(oid)
    except claims.ClaimMoved:
        pass


def _cancel(oid: UUID) -> None:
    claims.cancel(oid=oid, actor=ROBOT, reason="not needed")

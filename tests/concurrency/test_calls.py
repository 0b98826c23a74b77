"""Many workers call at once: at iTEP's pace, held back together, one alarm; and never a call beside a person's hand.

Real threads on both databases; each promise with the control that shows the harm without what keeps it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from access.actors import Actor
from fulfillment import provisioning
from fulfillment.candidates import Candidate
from fulfillment.models import Fulfillment, Origin
from inventory import claims, products
from inventory.claims import moves
from inventory.errors import ClaimMoved
from inventory.models import Calls, Claim, ClaimState, Product
from itep.dialect import Dialect
from outbox import alarms, locks, running, ways
from outbox.locks import seconds_from_now
from outbox.models import Attempt, Entry, EntryState, Pace, Way
from outbox.registry import Reach
from tests.concurrency.conftest import together
from tests.conftest import stock
from tests.fulfillment.pretend_itep import PretendItep, Reply

pytestmark = pytest.mark.django_db(transaction=True)
ROBOT = Actor.system("race")
WORKERS = 4


@pytest.fixture
def product(db: None) -> Product:
    made = Product(code="RACE", calls=Calls.API)
    made.set_api_key("race-key")
    made.save()
    return made


def serve(settings: Settings, per_second: float) -> PretendItep:
    itep = PretendItep()
    settings.ITEP_BASE_URL, dialect = itep.url, Dialect()
    settings.ITEP_DIALECT = replace(dialect, behavior=replace(dialect.behavior, per_second=per_second))
    return itep


def give(product: Product, count: int) -> list[Fulfillment]:
    stock(product, count)
    return [
        provisioning.give(
            product=product, candidate=Candidate(f"Person {n}", "", f"hr-{n}"), actor=ROBOT, origin=Origin.STAFF,
            delivery="none",
        )
        for n in range(count)
    ]  # fmt: skip


def work_until_done(seconds: float = 30) -> None:
    """A worker that sweeps every few milliseconds, until no call waits any more."""
    until = time.monotonic() + seconds
    while Entry.objects.filter(state=EntryState.PENDING).exists() and time.monotonic() < until:
        if not running.run_due(limit=1):
            time.sleep(0.01)


def test_the_pace_of_a_key_is_kept_by_all_workers_together(product: Product, settings: Settings) -> None:
    itep = serve(settings, per_second=20)
    give(product, 30)
    together([work_until_done] * WORKERS)
    itep.stop()
    begun = sorted(Attempt.objects.filter(entry__kind="fulfillment.call").values_list("begun_at", flat=True))
    assert len(begun) == len(itep.asked) == 30
    assert begun[-1] - begun[0] >= timedelta(seconds=29 / 20) - timedelta(milliseconds=100)
    # Each takes its turn 50 ms after the one before at the earliest, and is written as begun some time later.
    second = timedelta(seconds=1)
    assert all(sum(one <= other < one + second for other in begun) <= 20 + WORKERS for one in begun)


def test_one_turn_a_hundred_seconds_is_one_call(product: Product, settings: Settings) -> None:
    itep = serve(settings, per_second=0.01)
    give(product, 8)
    together([partial(running.run_due, 20)] * WORKERS)
    itep.stop()
    assert len(itep.asked) == 1


def test_control_without_turns_all_are_called(product: Product, settings: Settings) -> None:
    itep = serve(settings, per_second=0.01)
    give(product, 8)
    with patch.object(locks, "take_turn", lambda name, per_second: True):
        together([partial(running.run_due, 20)] * WORKERS)
    itep.stop()
    assert len(itep.asked) == 8


def test_told_to_hold_back_all_workers_do(product: Product, settings: Settings) -> None:
    itep = serve(settings, per_second=0)
    itep.replies.extend([Reply(status=429, headers={"Retry-After": "60"})] * 40)
    give(product, 40)
    together([partial(running.run_due, 60)] * WORKERS)
    itep.stop()
    assert len(itep.asked) <= WORKERS  # what had left already when the first was told
    assert Pace.objects.get().next_at > timezone.now() + timedelta(seconds=30)
    assert Entry.objects.filter(state=EntryState.PENDING, tries=0, lease_token=None).count() == 40


def test_a_bad_key_is_one_alarm_however_many_workers_meet_it(product: Product, settings: Settings, ada: object) -> None:
    itep = serve(settings, per_second=0)
    itep.replies.extend([Reply(status=401)] * 40)
    other = Product(code="RACE2", calls=Calls.API)
    other.set_api_key("race-key")
    other.save()
    give(product, 20)
    give(other, 20)
    together([partial(running.run_due, 60)] * WORKERS)
    itep.stop()
    assert len(itep.asked) <= WORKERS
    assert Product.objects.filter(paused_at__isnull=False).count() == 2
    assert Entry.objects.filter(kind=alarms.KIND).count() == 1
    assert Claim.objects.exclude(state=ClaimState.RESERVED).count() == 0


def test_one_worker_knocks(product: Product, settings: Settings) -> None:
    itep = serve(settings, per_second=0)
    give(product, 6)
    Way.objects.create(name="itep", failures=4, failing_since=timezone.now(), held_until=seconds_from_now(-1))
    [way] = ways.held()
    leased = together([lambda: ways.lease_to_knock(way)] * WORKERS)
    assert sum(one is not None for one in leased) == 1
    itep.stop()


def test_control_without_the_knock_all_of_them_do(product: Product, settings: Settings) -> None:
    itep = serve(settings, per_second=0)
    give(product, 6)
    Way.objects.create(name="itep", failures=4, failing_since=timezone.now(), held_until=seconds_from_now(-1))
    [way] = ways.held()
    with patch.object(locks, "knock", lambda name, seconds: True):
        leased = together([lambda: ways.lease_to_knock(way)] * WORKERS)
    assert sum(one is not None for one in leased) == WORKERS
    itep.stop()


def test_failures_that_meet_are_counted_once_each_or_not_at_all(product: Product) -> None:
    def fail() -> bool:
        with transaction.atomic():
            return ways.heard("itep", Reach.NEVER_LEFT, "gone", knocked=True)

    together([fail] * WORKERS)
    assert Way.objects.get().failures == WORKERS


# A call, and a person who goes on by hand, at the same moment.


def _begin(one: Fulfillment) -> str:
    try:
        claims.begin_call(oid=one.oid, text="{}", until=timezone.now() + timedelta(seconds=60), source="call")
    except ClaimMoved:
        return ""
    return "call"


def _take(one: Fulfillment) -> str:
    try:
        claims.text_taken(oid=one.oid, text="{}", actor=ROBOT)
    except ClaimMoved:
        return ""
    return "hand"


def _race(product: Product, count: int) -> list[set[str]]:
    given = give(product, count)
    products.go_by_hand(products=[product], actor=ROBOT)
    products.go_by_calls(products=[product], actor=ROBOT)
    acts: list[Callable[[], str]] = [partial(act, one) for one in given for act in (_begin, _take)]
    found = together(acts)
    return [{*found[2 * n : 2 * n + 2]} - {""} for n in range(count)]


def test_never_both_a_call_and_a_hand_for_one_id(product: Product, settings: Settings) -> None:
    settings.ITEP_BASE_URL = "http://itep.test"
    served = _race(product, 8)
    assert all(len(by) == 1 for by in served), served


def test_control_without_lock_and_revision_both_happen(product: Product, settings: Settings) -> None:
    """A call that begins between a person's look and their writing: without what guards it, the ID is given twice."""
    settings.ITEP_BASE_URL = "http://itep.test"
    [one] = give(product, 1)
    began: list[str] = []

    def unguarded(claim: Claim, **changes: Any) -> None:
        if not began:
            began.append("call")
            Claim.objects.filter(pk=claim.pk).update(state=ClaimState.CALLING, call_began_at=timezone.now())
        Claim.objects.filter(pk=claim.pk).update(**changes)

    with patch.object(moves, "move", unguarded):
        assert [*began, _take(one), *began] == ["hand", "call"]


def test_a_call_that_began_before_by_hand_ends_by_itself_and_is_no_hand_work(
    product: Product, settings: Settings
) -> None:
    settings.ITEP_BASE_URL = "http://itep.test"
    [one] = give(product, 1)
    assert _begin(one) == "call"
    products.go_by_hand(products=[product], actor=ROBOT)
    assert _take(one) == ""
    assert Claim.objects.get().state == ClaimState.CALLING

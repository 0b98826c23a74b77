"""A pause holds from the instant at which it is there: no worker begins a call after it, each with its control.

The suite runs these on SQLite and on PostgreSQL (tests/run). SQLite has one writer: there the second act comes after.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Event
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from access.actors import Actor
from inventory import claims, pauses, products
from inventory.errors import ClaimMoved
from inventory.models import Calls, Claim, ClaimState, Product
from tests.concurrency.conftest import interleaves, together
from tests.conftest import stock

pytestmark = pytest.mark.django_db(transaction=True)

ROBOT = Actor.system("race")
Stop = Callable[[Product], object]


@pytest.fixture
def product(db: None, settings: Settings) -> Product:
    settings.ITEP_BASE_URL = "http://itep.test"
    return Product.objects.create(code="RACE", calls=Calls.API)


def _all(product: Product) -> object:
    return pauses.pause_all(because="why", actor=ROBOT)


def _its_own(product: Product) -> object:
    return products.pause(product=product, because="why", actor=ROBOT)


def _reserved(product: Product) -> UUID:
    stock(product, 1)
    oid = uuid4()
    claims.open_claim(oid=oid, product=product, outlive=None, actor=ROBOT)
    return oid


def _begin(oid: UUID) -> None:
    until = timezone.now() + timedelta(seconds=60)
    claims.begin_call(oid=oid, text=str(oid), until=until, source="call")


def _which_commits_first(product: Product, stop: Stop) -> list[str]:
    oid, begun, order = _reserved(product), Event(), []

    def begin_slowly() -> None:
        with transaction.atomic():
            _begin(oid)
            begun.set()
            Event().wait(0.5)
            transaction.on_commit(lambda: order.append("begun"))

    def pause() -> None:
        assert begun.wait(timeout=30)
        stop(product)
        order.append("paused")

    together([begin_slowly, pause])
    return order


@pytest.mark.parametrize("stop", [_all, _its_own])
def test_a_pause_waits_for_the_calls_that_are_being_begun(product: Product, stop: Stop) -> None:
    assert _which_commits_first(product, stop) == ["begun", "paused"]


@pytest.mark.parametrize("stop", [_all, _its_own])
def test_the_control_without_the_lock_begins_after_the_pause(product: Product, stop: Stop) -> None:
    with patch("inventory.locks.begin_call"):
        order = _which_commits_first(product, stop)
    assert order == (["paused", "begun"] if interleaves() else ["begun", "paused"])


def _begins_while_a_pause_commits(product: Product, stop: Stop) -> str:
    """The state of a claim whose call is begun while a pause has done its work and not committed."""
    oid, paused = _reserved(product), Event()

    def pause_slowly() -> None:
        with transaction.atomic():
            stop(product)
            paused.set()
            Event().wait(0.5)

    def begin() -> None:
        assert paused.wait(timeout=30)
        try:
            _begin(oid)
        except ClaimMoved:
            pass

    together([pause_slowly, begin])
    return Claim.objects.get().state


@pytest.mark.parametrize("stop", [_all, _its_own])
def test_a_call_waits_for_a_pause_that_is_being_made(product: Product, stop: Stop) -> None:
    assert _begins_while_a_pause_commits(product, stop) == ClaimState.RESERVED


def test_the_control_without_the_lock_does_not_see_the_pause(product: Product) -> None:
    with patch("inventory.locks.begin_call"):
        state = _begins_while_a_pause_commits(product, _all)
    assert state == (ClaimState.CALLING if interleaves() else ClaimState.RESERVED)


def test_workers_do_not_keep_each_other_from_beginning(product: Product) -> None:
    stock(product, 8)
    oids = [uuid4() for _ in range(8)]
    for oid in oids:
        claims.open_claim(oid=oid, product=product, outlive=None, actor=ROBOT)
    together([partial(_begin, oid) for oid in oids])
    assert Claim.objects.filter(state=ClaimState.CALLING).count() == 8

"""A batch is undone while the first of its calls begins: exactly one of the two wins, and the other finds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Event
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from pytest_django import Settings

from access.actors import Actor
from fulfillment import batch_files, batches, calling, undoing
from fulfillment.errors import CannotUndo
from fulfillment.models import Batch, BatchState
from fulfillment.settling import CALL
from fulfillment.sheet_requests import Same
from inventory import locks
from inventory.models import Calls, Claim, ClaimState, Product, TestID
from outbox.models import Entry
from tests.concurrency.conftest import interleaves, together
from tests.conftest import stock

pytestmark = pytest.mark.django_db(transaction=True)

ROBOT = Actor.system("race")
ROWS = b"name,email\nAna,ana@example.org\nBen,ben@example.org\n"


@pytest.fixture
def batch(settings: Settings) -> Batch:
    """Given, its minute over, its calls due."""
    settings.ITEP_BASE_URL = "http://itep.test"
    settings.BATCH_UNDO_SECONDS = 0
    product = Product.objects.create(code="RACE", calls=Calls.API)
    stock(product, 2)
    one = batch_files.keep(content=ROWS, file_name="a.csv", same=Same(product), actor=ROBOT)
    batches.confirm(batch_id=one.pk, actor=ROBOT)
    with transaction.atomic():
        batches.run(Entry.objects.get(kind=batches.KIND))
    return one


def _undo(batch: Batch) -> bool:
    try:
        undoing.undo(batch_id=batch.pk, actor=ROBOT)
    except CannotUndo:
        return False
    return True


def _begin(looked: Event, begun: Event) -> bool:
    """The worker's first call, as far as its transaction goes. Whether it would be made."""
    assert looked.wait(timeout=30)
    entry = Entry.objects.filter(kind=CALL).order_by("pk")[0]
    with transaction.atomic():
        work = calling.prepare(entry, timezone.now() + timedelta(seconds=30))
    begun.set()
    return work is not None


@dataclass(frozen=True, slots=True)
class _Slowly:
    """The undo's own locks: it has looked at its claims, and waits a moment before it writes."""

    looked: Event
    begun: Event
    claims: Callable[[Q], list[Claim]] = locks.claims

    def test_ids(self, which: Q) -> list[TestID]:
        self.looked.set()
        self.begun.wait(timeout=1)
        return locks.test_ids(which)


def _unlocked(which: Q) -> list[Claim]:
    return list(Claim.objects.select_related("product").filter(which))


def _race(batch: Batch, claims: Callable[[Q], list[Claim]] = locks.claims) -> tuple[bool, bool]:
    """Whether it was undone, and whether a call began."""
    looked, begun = Event(), Event()
    acts: list[Any] = [partial(_undo, batch), partial(_begin, looked, begun)]
    with patch("inventory.claims.undoing.locks", _Slowly(looked, begun, claims)):
        undone, called = together(acts)
    return undone, called


def test_an_undo_that_came_first_is_found_by_the_call(batch: Batch) -> None:
    assert _race(batch) == (True, False)
    assert set(Claim.objects.values_list("state", flat=True)) == {ClaimState.ENDED}
    assert TestID.objects.available().count() == 2


def test_a_call_that_came_first_is_found_by_the_undo(batch: Batch) -> None:
    looked = Event()
    looked.set()
    assert (_begin(looked, Event()), _undo(batch)) == (True, False)
    batch.refresh_from_db()
    assert (batch.state, TestID.objects.available().count()) == (BatchState.CONFIRMED, 0)


def test_the_control_without_the_lock_undoes_what_is_being_called(batch: Batch) -> None:
    assert _race(batch, _unlocked) == (True, interleaves())
    states = {ClaimState.ENDED, ClaimState.CALLING} if interleaves() else {ClaimState.ENDED}
    assert set(Claim.objects.values_list("state", flat=True)) == states

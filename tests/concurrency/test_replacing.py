"""An ID is replaced while something else speaks of it: an export, a webhook, an answer, a second replacing.

The suite runs these on SQLite and on PostgreSQL (tests/run). SQLite has one writer: there one comes after the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Barrier
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import progress, provisioning, settling
from fulfillment import replacing as room
from fulfillment.candidates import Candidate
from fulfillment.errors import NotNow
from fulfillment.models import Fulfillment, Origin
from inventory import claims, reconciliation, uploads
from inventory.errors import ClaimMoved
from inventory.locks import Around
from inventory.models import Calls, Claim, ClaimState, Holding, Product, TestID
from itep.client import Answer, Outcome
from itep.webhook import read_data
from tests.concurrency.conftest import interleaves, together
from tests.conftest import stock
from tests.inventory import exports
from webhooks import matching

pytestmark = pytest.mark.django_db(transaction=True)

ROBOT = Actor.system("race")
HEADER = ["Test ID", "Product", "Status", "Assigned-to"]
COUNT = 6


@pytest.fixture
def product(db: None, settings: Settings) -> Product:
    settings.ITEP_BASE_URL = "http://itep.test"
    return Product.objects.create(code="RACE", calls=Calls.API)


def _confirmed(product: Product) -> dict[UUID, tuple[str, int]]:
    """Requests that are confirmed: oid -> its ID, and the revision of its call. As many IDs are left."""
    stock(product, 2 * COUNT)
    found = {}
    for _ in range(COUNT):
        oid = uuid4()
        claim = claims.open_claim(oid=oid, product=product, outlive=None, actor=ROBOT)
        assert claim.current is not None
        until, text = timezone.now() + timedelta(seconds=60), f'{{"oid": "{oid}"}}'
        revision = claims.begin_call(oid=oid, text=text, until=until, source="call").revision
        test_id = claim.current.test_id
        claims.record_answer(
            oid=oid, revision=revision, answer=Answer(Outcome.CONFIRMED, test_id=test_id), source="call"
        )
        found[oid] = (test_id, revision)
    return found


def _replace(oid: UUID) -> bool:
    try:
        claims.replace(oid=oid, actor=ROBOT, reason="spoiled")
    except ClaimMoved:
        return False
    return True


def _everybody_has_another_one(before: dict[UUID, tuple[str, int]]) -> None:
    for oid, (old, _) in before.items():
        claim = Claim.objects.get(oid=oid)
        row = TestID.objects.get(test_id=old)
        assert claim.current is not None
        assert (claim.state, claim.current.test_id == old) == (ClaimState.RESERVED, False)
        assert (row.holder_id, row.holding, row.is_available) == (claim.pk, Holding.EARLIER, False)
    assert TestID.objects.filter(holding=Holding.CURRENT).values("holder").distinct().count() == COUNT


def test_an_export_applied_at_the_same_moment_brings_none_back(product: Product) -> None:
    before = _confirmed(product)
    lines = [[old, "RACE", "Ready", f'{{"oid": "{oid}"}}'] for oid, (old, _) in before.items()]
    lines += [[one.test_id, "RACE", "Ready", ""] for one in TestID.objects.available()]
    now, content = timezone.now(), exports.as_csv(lines, header=HEADER)
    upload = uploads.keep(content=content, file_name="x.csv", actor=ROBOT, exported_at=now)
    reconciliation.plan(upload_id=upload.pk)

    def apply() -> None:
        reconciliation.apply(upload_id=upload.pk, actor=ROBOT, accept_mass_change=True)

    acts: list[Callable[[], object]] = [apply, *(partial(_replace, oid) for oid in before)]
    together(acts)

    _everybody_has_another_one(before)


def test_a_webhook_about_the_old_one_at_the_same_moment_brings_it_not_back(product: Product) -> None:
    before = _confirmed(product)
    acts: list[Callable[[], object]] = [partial(_replace, oid) for oid in before]
    for oid, (old, _) in before.items():
        acts.append(partial(claims.confirm_by_webhook, oid=oid, test_id=old, at=timezone.now(), source="post"))
    together(acts)
    _everybody_has_another_one(before)


def test_an_answer_that_comes_again_at_the_same_moment_brings_it_not_back(product: Product) -> None:
    before = _confirmed(product)
    acts: list[Callable[[], object]] = [partial(_replace, oid) for oid in before]
    for oid, (old, revision) in before.items():
        answer = Answer(Outcome.CONFIRMED, test_id=old)
        acts.append(partial(claims.record_answer, oid=oid, revision=revision, answer=answer, source="call"))
    together(acts)
    _everybody_has_another_one(before)


def _twice(oid: UUID) -> int:
    """How many IDs the request gives up where two people replace its ID at the same moment."""
    together([partial(_replace, oid)] * 2)
    return AuditEntry.objects.filter(verb="test_id.replaced", oid=oid).count()


def test_two_who_replace_it_replace_it_once(product: Product) -> None:
    assert _twice(next(iter(_confirmed(product)))) == 1


def test_the_control_without_the_lock_fails_at_the_revision_and_writes_nothing_twice(product: Product) -> None:
    """Both look before anybody writes. The compare-and-set of the revision is the second net (DESIGN.md section 5)."""
    one, looked = next(iter(_confirmed(product))), Barrier(2)

    def look(*, oid: UUID, test_id: str = "") -> Around:
        claim = Claim.objects.select_related("product").get(oid=oid)
        around = Around(claim, {claim.pk: claim}, {one.test_id: one for one in TestID.objects.filter(holder=claim)})
        if interleaves():
            looked.wait(timeout=30)
        return around

    with patch("inventory.locks.around", look):
        assert _twice(one) == 1


def _given(product: Product, count: int) -> list[Fulfillment]:
    stock(product, 2 * count)
    found = []
    for number in range(count):
        person = Candidate(f"Ana {number}", f"ana{number}@example.org")
        one = provisioning.give(product=product, candidate=person, actor=ROBOT, origin=Origin.STAFF)
        claims.done_at_itep(oid=one.oid, actor=ROBOT)
        found.append(settling.settle(oid=one.oid))
    return found


def _give_up(oid: UUID) -> None:
    try:
        room.replace(oid=oid, actor=ROBOT, reason="spoiled")
    except NotNow:
        pass


@transaction.atomic
def _finished(oid: UUID, test_id: str) -> None:
    """As a post of iTEP is judged."""
    said = read_data(json.dumps({"OID": str(oid), "TestID": test_id, "Status": "Finished"}))
    if isinstance(matching.place(said, test_id=test_id, at=timezone.now(), source="webhook 1"), matching.Ours):
        progress.seen(oid=oid, status_raw="Finished", at=timezone.now(), by="webhook")


def test_a_test_that_is_finished_at_the_same_moment_is_either_kept_or_set_apart(product: Product) -> None:
    ones = _given(product, COUNT)
    old = {one.oid: TestID.objects.get(holder=one.claim).test_id for one in ones}
    acts: list[Callable[[], object]] = [partial(_give_up, oid) for oid in old]
    acts += [partial(_finished, oid, test_id) for oid, test_id in old.items()]
    together(acts)
    for one in Fulfillment.objects.select_related("claim"):
        current = one.claim.current
        assert current is not None
        was_kept = (current.test_id, one.itep_status) == (old[one.oid], "finished")
        was_replaced = current.test_id != old[one.oid] and one.itep_status == ""
        assert was_kept is not was_replaced

"""Acts that meet at the worst moment: led there step by step, with the control that shows the harm of no guard.

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
from access.models import AuditEntry
from fulfillment import acts, provisioning, settling
from fulfillment.candidates import Candidate
from fulfillment.models import Fulfillment, Mail, Origin, State
from inventory import claims, reconciliation, uploads
from inventory.claims import opening
from inventory.errors import ClaimMoved
from inventory.models import Calls, Claim, ClaimState, Product, TestID, Upload
from inventory.models.uploads import UploadState
from itep.client import Answer, Outcome
from tests.concurrency.conftest import interleaves, together
from tests.conftest import stock
from tests.inventory import exports

pytestmark = pytest.mark.django_db(transaction=True)

ROBOT = Actor.system("race")
HEADER = ["Test ID", "Product", "Status", "Assigned-to"]


@pytest.fixture
def product(db: None, settings: Settings) -> Product:
    settings.ITEP_BASE_URL = "http://itep.test"
    return Product.objects.create(code="RACE", calls=Calls.API)


# A cancel commits while a settling of the same fulfillment waits for it.


def _confirmed(product: Product) -> Fulfillment:
    stock(product, 1)
    person = Candidate("Ana Silva", "ana@example.org")
    one = provisioning.give(product=product, candidate=person, actor=ROBOT, origin=Origin.STAFF)
    claims.done_at_itep(oid=one.oid, actor=ROBOT)  # not settled yet: its entry waits in the outbox
    return one


def _cancel_slowly(oid: UUID, cancelled: Event) -> None:
    with transaction.atomic():
        acts.cancel(oid=oid, actor=ROBOT, reason="not needed")
        cancelled.set()
        Event().wait(0.5)  # the other one waits for our lock by now


def _settle_after(oid: UUID, cancelled: Event) -> None:
    assert cancelled.wait(timeout=30)
    settling.settle(oid=oid)


def _race_of_cancel_and_settle(product: Product) -> Fulfillment:
    one, cancelled = _confirmed(product), Event()
    together([partial(_cancel_slowly, one.oid, cancelled), partial(_settle_after, one.oid, cancelled)])
    assert Claim.objects.get().state == ClaimState.ENDED
    return Fulfillment.objects.get()


def test_who_waited_for_a_cancel_sees_that_it_is_cancelled(product: Product) -> None:
    assert _race_of_cancel_and_settle(product).state == State.CANCELLED
    assert Mail.objects.count() == 0


def _joined(oid: UUID) -> Fulfillment:
    """The lock in one statement, as it reads well and works wrongly."""
    rows = Fulfillment.objects.select_for_update(of=("self",))
    return rows.select_related("claim", "product", "payer").get(oid=oid)


def test_the_control_in_one_statement_settles_by_a_claim_of_before(product: Product) -> None:
    with patch("fulfillment.locks.fulfillment", _joined):
        one = _race_of_cancel_and_settle(product)
    assert (one.state, Mail.objects.count()) == ((State.ASSIGNED, 1) if interleaves() else (State.CANCELLED, 0))


# Somebody begins to wait, and stock arrives, while a later request has looked and not taken yet.


def _race_of_line_and_newcomer(product: Product) -> tuple[str, str]:
    """States of the first and of the newcomer, whose look the first one's commit and new stock follow."""
    first, newcomer, looked, queued = uuid4(), uuid4(), Event(), Event()
    take = opening._take_for

    def wait_here(claim: Claim) -> str:
        if claim.oid == newcomer and interleaves():
            looked.set()
            assert queued.wait(timeout=30)
        return take(claim)

    def first_comes() -> None:
        with transaction.atomic():
            claims.open_claim(oid=first, product=product, outlive=None, actor=ROBOT)
            begun.set()
            assert looked.wait(timeout=30) or not interleaves()
        stock(product, 1)
        queued.set()

    def newcomer_comes() -> None:
        assert begun.wait(timeout=30)
        if not interleaves():
            assert queued.wait(timeout=30)
        claims.open_claim(oid=newcomer, product=product, outlive=None, actor=ROBOT)

    begun = Event()
    if not interleaves():
        looked.set()
    with patch.object(opening, "_take_for", wait_here):
        together([first_comes, newcomer_comes])
    claims.serve_waiting(product=product, actor=ROBOT)
    return Claim.objects.get(oid=first).state, Claim.objects.get(oid=newcomer).state


def test_a_newcomer_never_overtakes_one_who_began_to_wait_since_it_looked(product: Product) -> None:
    assert _race_of_line_and_newcomer(product) == (ClaimState.RESERVED, ClaimState.WAITING)


def test_the_control_that_looks_once_overtakes(product: Product) -> None:
    with patch.object(opening, "_take_in_turn", lambda claim: opening._take_for(claim)):
        states = _race_of_line_and_newcomer(product)
    overtaken = (ClaimState.WAITING, ClaimState.RESERVED)
    assert states == (overtaken if interleaves() else overtaken[::-1])


# An export confirms what an answer confirms, at the same moment.


def _calling(product: Product, count: int) -> dict[UUID, tuple[str, int]]:
    """Requests whose call runs: oid -> its ID, and the revision of its call."""
    stock(product, count)
    found = {}
    for _ in range(count):
        oid = uuid4()
        claim = claims.open_claim(oid=oid, product=product, outlive=None, actor=ROBOT)
        assert claim.current is not None
        until = timezone.now() + timedelta(seconds=60)
        begun = claims.begin_call(oid=oid, text=f'{{"oid": "{oid}"}}', until=until, source="call")
        found[oid] = (claim.current.test_id, begun.revision)
    return found


def _planned(calling: dict[UUID, tuple[str, int]], *more: str) -> Upload:
    lines = [[test_id, "RACE", "Ready", f'{{"oid": "{oid}"}}'] for oid, (test_id, _) in calling.items()]
    lines += [[test_id, "RACE", "Ready", ""] for test_id in more]
    content = exports.as_csv(lines, header=HEADER)
    upload = uploads.keep(content=content, file_name="x.csv", actor=ROBOT, exported_at=timezone.now())
    return reconciliation.plan(upload_id=upload.pk)


def _apply(upload: Upload) -> None:
    reconciliation.apply(upload_id=upload.pk, actor=ROBOT, accept_mass_change=True)


def _answer(oid: UUID, revision: int, answer: Answer) -> bool:
    return claims.record_answer(oid=oid, revision=revision, answer=answer, source="call").moved


@pytest.mark.parametrize("outcome", [Outcome.CONFIRMED, Outcome.UNAVAILABLE, Outcome.RETRY])
def test_an_export_applied_in_mid_call_wins_once(product: Product, outcome: Outcome) -> None:
    """Whoever is first. An answer that came first may refuse: then the row is dropped, since the claim has moved."""
    calling = _calling(product, 8)
    upload = _planned(calling)
    acts_: list[Callable[[], object]] = [partial(_apply, upload)]
    for oid, (test_id, revision) in calling.items():
        named = test_id if outcome == Outcome.CONFIRMED else None
        acts_.append(partial(_answer, oid, revision, Answer(outcome, test_id=named)))
    together(acts_)

    for oid, (test_id, revision) in calling.items():
        claim = Claim.objects.get(oid=oid)
        dropped = upload.plan.get(test_id=test_id).dropped
        if claim.state == ClaimState.CONFIRMED:
            assert claim.revision == revision + 1
            assert AuditEntry.objects.filter(oid=oid, verb="claim.confirmed").count() == 1
        else:
            assert (outcome != Outcome.CONFIRMED, dropped) == (True, "changed since the preview")
    assert TestID.objects.filter(holding="current").values("holder").distinct().count() == len(
        TestID.objects.filter(holding="current")
    )


def test_four_who_apply_the_same_upload_apply_it_once(product: Product) -> None:
    calling = _calling(product, 4)
    upload = _planned(calling, *(f"NEW{number}" for number in range(40)))

    together([partial(_apply, upload)] * 4)

    assert Upload.objects.get().state == UploadState.APPLIED
    assert AuditEntry.objects.filter(verb="test_id.added").count() == 40
    assert AuditEntry.objects.filter(verb="claim.confirmed").count() == 4
    assert AuditEntry.objects.filter(verb="upload.applied").count() == 1
    assert set(Claim.objects.values_list("state", "revision")) == {("confirmed", 2)}


# A call begins between the plan and its application.


def _begin(oid: UUID) -> bool:
    try:
        claims.begin_call(oid=oid, text=str(oid), until=timezone.now() + timedelta(seconds=60), source="call")
    except ClaimMoved:
        return False
    return True


def test_a_call_that_begins_while_its_id_is_withdrawn_keeps_it_or_never_begins(product: Product) -> None:
    stock(product, 24)
    oids = [uuid4() for _ in range(8)]
    for oid in oids:
        claims.open_claim(oid=oid, product=product, outlive=None, actor=ROBOT)
    held = {oid: Claim.objects.get(oid=oid).current for oid in oids}
    free = TestID.objects.available().values_list("test_id", flat=True)
    content = exports.as_csv([[test_id, "RACE", "Ready", ""] for test_id in free], header=HEADER)
    upload = uploads.keep(content=content, file_name="x.csv", actor=ROBOT, exported_at=timezone.now())
    reconciliation.plan(upload_id=upload.pk)

    both: list[Callable[[], object]] = [partial(_apply, upload), *(partial(_begin, oid) for oid in oids)]
    together(both)

    for oid in oids:
        claim, row = Claim.objects.get(oid=oid), held[oid]
        assert row is not None
        now = claim.current
        assert claim.state == ClaimState.CALLING
        assert now is not None
        text = claim.assigned_to_records.get()
        assert text.test_id == now.test_id  # what iTEP is asked for is what the claim holds
        assert upload.plan.get(test_id=row.test_id).dropped == ("changed since the preview" if now == row else "")

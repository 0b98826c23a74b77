"""Exports that are applied chunk by chunk, while calls, cancels, webhooks and new requests go on beside them.

Hypothesis chooses who comes in after which chunk; on PostgreSQL they truly overlap. `FULL=1` runs many more.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from threading import Event
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError
from django.db.models import QuerySet
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from access.actors import Actor
from access.append_only import unlocked
from access.models import AuditEntry
from inventory import claims, reconciliation, uploads
from inventory.claims import confirming, moves
from inventory.errors import ClaimMoved
from inventory.models import Arrival, Calls, Claim, ClaimState, Holding, PlanRow, Product, Standing, TestID, Upload
from inventory.models.uploads import UploadState
from itep.client import Answer, Outcome
from outbox.models import Entry
from tests.concurrency.conftest import interleaves, together
from tests.conftest import stock
from tests.inventory import exports

pytestmark = pytest.mark.django_db(transaction=True)

FULL = os.environ.get("FULL") == "1"
ROBOT = Actor.system("overlap")
HEADER = ["Test ID", "Product", "Status", "Assigned-to"]
CHUNKS = 6  # after so many everybody has come in
DONE = Counter[str]()


class Act(StrEnum):
    CONFIRMED = "its call is answered: confirmed"
    UNAVAILABLE = "its call is answered: unavailable"
    UNKNOWN = "its call has no answer"
    CANCEL = "cancelled"
    WEBHOOK = "a webhook confirms it"
    ANOTHER = "one more request comes"
    SERVE = "who waits is served"


class Shown(StrEnum):
    """What the export says of a request's ID."""

    OURS = "our text"
    FREE = "free"
    OUTSIDE = "somebody else's"
    STARTED = "not Ready"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Part:
    """A request whose call is begun or not, what the file shows of its ID, and what happens to it after which chunk."""

    begun: bool
    shown: Shown
    act: Act
    after: int


PARTS = st.lists(
    st.builds(Part, st.booleans(), st.sampled_from(Shown), st.sampled_from(Act), st.integers(0, CHUNKS - 1)),
    min_size=3,
    max_size=4,
)


@pytest.fixture
def product(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Product:
    settings.ITEP_BASE_URL = "http://itep.test"
    monkeypatch.setattr("inventory.plan_chunks.MIRROR_CHUNK", 1)
    monkeypatch.setattr("inventory.plan_chunks.CLAIM_CHUNK", 1)
    return Product.objects.create(code="RACE", calls=Calls.API)


@hypothesis_settings(
    max_examples=600 if FULL else 12,
    deadline=None,
    derandomize=not FULL,
    database=None,
    print_blob=True,
    phases=(Phase.generate,),  # what threads do is not the same twice: no shrinking
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(parts=PARTS)
def test_an_apply_and_all_that_goes_on_beside_it(product: Product, parts: list[Part]) -> None:
    _clear()
    stock(product, 6)
    oids = [_opened(product, begun=one.begun) for one in parts]
    held = [_current(oid) for oid in oids]
    upload = _planned(dict(zip(held, zip(oids, parts, strict=True), strict=True)))
    gates = [Event() for _ in range(CHUNKS)]

    together(
        [
            partial(_apply, upload, gates),
            *(partial(_comes, product, oid, one, gates) for oid, one in zip(oids, parts, strict=True)),
        ]
    )

    _rules_hold(upload)


def _clear() -> None:
    with unlocked():
        for model in (TestID, Arrival, Upload, Claim, Entry, AuditEntry):
            model._default_manager.all().delete()
    Product.objects.update(paused_at=None, refusals_in_a_row=0)


def _opened(product: Product, *, begun: bool) -> UUID:
    oid = uuid4()
    claims.open_claim(oid=oid, product=product, outlive=None, actor=ROBOT)
    if begun:
        _begin(oid)
    return oid


def _begin(oid: UUID) -> int | None:
    until = timezone.now() + timedelta(seconds=60)
    try:
        return claims.begin_call(oid=oid, text=_text(oid), until=until, source="call 1").revision
    except ClaimMoved:
        return None


def _text(oid: UUID) -> str:
    return f'{{"oid": "{oid}"}}'


def _current(oid: UUID) -> str:
    current = Claim.objects.get(oid=oid).current
    return current.test_id if current else ""


def _planned(of: dict[str, tuple[UUID, Part]]) -> Upload:
    """An export of all IDs, each as its part says."""
    lines = []
    for test_id in TestID.objects.order_by("id").values_list("test_id", flat=True):
        oid, part = of.get(test_id, (None, None))
        shown = part.shown if part else Shown.FREE
        text = {Shown.OURS: _text(oid) if oid else "", Shown.OUTSIDE: "Ben"}.get(shown, "")
        if shown != Shown.GONE:
            lines.append([test_id, "RACE", "Started" if shown == Shown.STARTED else "Ready", text])
    lines += [[f"NEW{number}", "RACE", "Ready", ""] for number in range(2)]
    content = exports.as_csv(lines, header=HEADER)
    upload = uploads.keep(content=content, file_name="x.csv", actor=ROBOT, exported_at=timezone.now())
    return reconciliation.plan(upload_id=upload.pk)


def _apply(upload: Upload, gates: list[Event]) -> None:
    """Lets the next one in after each chunk, and waits for nobody. The worker does as much after a deadlock."""
    try:
        reconciliation.begin(upload_id=upload.pk, actor=ROBOT, accept_mass_change=True)
        for number in range(1_000):
            if number < CHUNKS:
                gates[number].set()
            if not _retried(partial(reconciliation.go_on, upload_id=upload.pk, actor=ROBOT)):
                return
    finally:
        for gate in gates:
            gate.set()


def _retried(act: Callable[[], Any]) -> Any:
    """A deadlock rolls back as a whole, and the outbox performs it again."""
    for _ in range(5):
        try:
            return act()
        except OperationalError as error:
            if "deadlock" not in str(error):
                raise
            DONE["deadlocks"] += 1
    raise AssertionError("it deadlocked again and again")


def _comes(product: Product, oid: UUID, part: Part, gates: list[Event]) -> None:
    assert gates[part.after].wait(timeout=60)
    DONE[part.act] += 1
    match part.act:
        case Act.CONFIRMED | Act.UNAVAILABLE | Act.UNKNOWN:
            _retried(partial(_call, oid, part.act))
        case Act.CANCEL:
            _retried(partial(claims.cancel, oid=oid, actor=ROBOT, reason="no"))
        case Act.WEBHOOK:
            test_id = _current(oid)
            if test_id:
                about = {"oid": oid, "test_id": test_id, "at": timezone.now(), "source": "post 1"}
                _retried(partial(claims.confirm_by_webhook, **about))  # type: ignore[arg-type]
        case Act.ANOTHER:
            _retried(partial(claims.open_claim, oid=uuid4(), product=product, outlive=None, actor=ROBOT))
        case Act.SERVE:
            _retried(partial(claims.serve_waiting, product=product, actor=ROBOT))


def _call(oid: UUID, act: Act) -> None:
    """Begins it if nobody has, and records its answer."""
    claim = Claim.objects.get(oid=oid)
    revision = claim.revision if claim.state == ClaimState.CALLING else _begin(oid)
    if revision is None:
        return
    asked = Claim.objects.get(oid=oid).assigned_to_records.latest("id").test_id
    outcome = {Act.CONFIRMED: Outcome.CONFIRMED, Act.UNAVAILABLE: Outcome.UNAVAILABLE}.get(act, Outcome.UNKNOWN)
    answer = Answer(outcome, test_id=asked if outcome == Outcome.CONFIRMED else None)
    claims.record_answer(oid=oid, revision=revision, answer=answer, source="call 1")


def _rules_hold(upload: Upload) -> None:
    """Rules 1, 2, 5 and 10 at the end, and no update lost."""
    upload.refresh_from_db()
    assert upload.state == UploadState.APPLIED
    assert upload.rows_done == upload.rows_total == PlanRow.objects.filter(upload=upload).count()
    for claim in Claim.objects.prefetch_related("held"):
        verbs = Counter(AuditEntry.objects.filter(oid=claim.oid).values_list("verb", flat=True))
        current = [row for row in claim.held.all() if row.holding == Holding.CURRENT]
        assert len(current) <= 1
        assert verbs["claim.confirmed"] <= 1, f"confirmed twice: {verbs}"
        assert verbs["claim.cancelled"] == (claim.state == ClaimState.ENDED), verbs
        assert bool(verbs["claim.confirmed"]) == (claim.confirmed_at is not None), verbs
        assert bool(current) == (claim.state != ClaimState.WAITING) or claim.state == ClaimState.ENDED, claim
        if claim.state in (ClaimState.CALLING, ClaimState.UNKNOWN):  # iTEP is asked for what the claim holds
            assert claim.assigned_to_records.latest("id").test_id == current[0].test_id
        if claim.state == ClaimState.CONFIRMED:
            assert current[0].standing != Standing.REFUSED
    for row in TestID.objects.available():
        assert (row.status, row.assigned_to, row.holder_id) == ("ready", "", None)
    taken = AuditEntry.objects.filter(verb="claim.reserved").values_list("oid", "test_id")
    assert len(taken) == len(set(taken)), "an ID was taken twice for one request"


# The control: an answer and an export confirm the same call at the same moment.


@contextmanager
def _without_guards() -> Iterator[None]:
    """No row is locked, and no revision compared."""

    def move(claim: Claim, **changes: Any) -> None:
        moves.note(claim, revision=claim.revision + 1, **changes)

    with (
        patch.object(QuerySet, "select_for_update", lambda self, *_args, **_more: self),
        patch.object(moves, "move", move),
    ):
        yield


def _race_of_answer_and_export(product: Product) -> int:
    """How often the same call was confirmed."""
    stock(product, 1)
    oid = _opened(product, begun=True)
    upload = _planned({_current(oid): (oid, Part(True, Shown.OURS, Act.CONFIRMED, 0))})
    inside = [Event(), Event()]
    take_over = confirming._take_over

    def slowly(*about: Any) -> None:
        mine, others = inside if not inside[0].is_set() else inside[::-1]
        mine.set()
        others.wait(0.5)  # under the lock nobody else comes in
        take_over(*about)

    with patch.object(confirming, "_take_over", slowly):
        together([partial(_apply, upload, [Event() for _ in range(CHUNKS)]), partial(_call, oid, Act.CONFIRMED)])
    return AuditEntry.objects.filter(verb="claim.confirmed", oid=oid).count()


def test_an_answer_and_an_export_confirm_once(product: Product) -> None:
    assert _race_of_answer_and_export(product) == 1


def test_the_control_without_lock_and_revision_confirms_twice(product: Product) -> None:
    with _without_guards():
        confirmed = _race_of_answer_and_export(product)
    assert confirmed == (2 if interleaves() else 1)

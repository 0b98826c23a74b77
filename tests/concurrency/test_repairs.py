"""A person repairs an unexplained difference while an export, or a second person, changes it.

The most dangerous one: *free* gives an ID to the stock that an export, at that moment, shows as its candidate's after
all. The stamp of what the person saw decides, under the locks; the control without it frees what somebody has.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from pytest_django import Settings

from access.actors import Actor
from fulfillment import adopting
from fulfillment.candidates import Candidate
from inventory import claims, reconciliation, repairs, unexplained, uploads
from inventory.claims import repairing
from inventory.errors import NotPossible
from inventory.models import Calls, Claim, ClaimState, Product, TestID, Upload
from inventory.repairs import Repair
from tests.concurrency.conftest import together
from tests.concurrency.test_races import HEADER, ROBOT
from tests.conftest import stock
from tests.inventory import exports

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = "RACE0001"


@pytest.fixture
def lost(db: None, settings: Settings) -> UUID:
    """Assigned here, and free at iTEP by the last export."""
    settings.ITEP_BASE_URL = "http://itep.test"
    product = Product.objects.create(code="RACE", calls=Calls.API)
    stock(product, 6)
    oid = uuid4()
    claims.open_claim(oid=oid, product=product, outlive=None, actor=ROBOT)
    claims.done_at_itep(oid=oid, actor=ROBOT)
    _apply(_planned(oid, shown=False))
    assert unexplained.test_ids() == [FIRST]
    return oid


def _planned(oid: UUID, *, shown: bool) -> Upload:
    rows = [[row.test_id, "RACE", "Ready", ""] for row in TestID.objects.order_by("id")]
    rows[0][3] = f'{{"oid": "{oid}"}}' if shown else ""
    upload = uploads.keep(
        content=exports.as_csv(rows, header=HEADER), file_name="x.csv", actor=ROBOT, exported_at=timezone.now()
    )
    return reconciliation.plan(upload_id=upload.pk)


def _apply(upload: Upload) -> None:
    reconciliation.apply(upload_id=upload.pk, actor=ROBOT, accept_mass_change=True)


def _try(act: Callable[[], object]) -> bool:
    try:
        act()
    except NotPossible:
        return False
    return True


def _seen() -> str:
    found = unexplained.one(FIRST)
    assert found is not None
    return found.seen


def _export_overtakes(oid: UUID, seen: str) -> tuple[bool, bool]:
    """The export is applied between the person's look and their yes: whether it was freed, and is available."""
    _apply(_planned(oid, shown=True))
    freed = _try(partial(repairing.free, test_id=FIRST, actor=ROBOT, reason="nobody has it", seen=seen))
    return freed, TestID.objects.get(test_id=FIRST).is_available


def test_what_an_export_explained_meanwhile_is_not_freed(lost: UUID) -> None:
    assert _export_overtakes(lost, _seen()) == (False, False)
    assert Claim.objects.get().state == ClaimState.CONFIRMED


def test_the_control_that_asks_nothing_ends_a_request_that_stands_at_itep(lost: UUID) -> None:
    seen = _seen()
    with (
        patch.object(unexplained, "stamp", lambda *_: seen),
        patch.object(unexplained, "one", lambda _: True),
        patch.object(repairs, "why_not", lambda _: dict.fromkeys(Repair, "")),
    ):
        freed, _ = _export_overtakes(lost, seen)
    assert (freed, Claim.objects.get().state) == (True, ClaimState.ENDED)


def test_of_two_who_repair_at_once_one_does(lost: UUID) -> None:
    seen = _seen()
    freed, given_up, written = together(
        [
            partial(_try, partial(repairing.free, test_id=FIRST, actor=ROBOT, reason="x", seen=seen)),
            partial(_try, partial(repairing.accept, test_id=FIRST, actor=ROBOT, reason="x", seen=seen)),
            partial(_try, partial(repairing.write_again, test_id=FIRST, actor=ROBOT, seen=seen)),
        ]
    )
    assert [freed, given_up, written].count(True) == 1
    assert Claim.objects.get().state == (ClaimState.ENDED if freed else ClaimState.RESERVED)
    assert unexplained.number() == 0


def test_an_export_and_a_repair_at_the_same_moment_leave_one_truth(lost: UUID) -> None:
    """Whoever is first stands; the repair is refused, or the row of the export is dropped and named."""
    upload, seen = _planned(lost, shown=True), _seen()
    free = partial(repairing.free, test_id=FIRST, actor=ROBOT, reason="nobody has it", seen=seen)
    acts: list[Callable[[], object]] = [partial(_apply, upload), partial(_try, free)]
    _, freed = together(acts)

    row, claim = TestID.objects.get(test_id=FIRST), Claim.objects.get()
    assert claim.state == (ClaimState.ENDED if freed else ClaimState.CONFIRMED)
    dropped = upload.plan.filter(test_id=FIRST).values_list("dropped", flat=True).get()
    assert (row.holder_id is None, bool(dropped)) == (freed, freed)


def _adopted(test_id: str) -> bool:
    return _try(partial(adopting.adopt, test_id=test_id, candidate=Candidate("Ben"), actor=Actor.system("race")))


def test_of_four_who_adopt_one_id_one_does(lost: UUID) -> None:
    TestID.objects.filter(test_id="RACE0002").update(standing="outside", assigned_to="Ben", assigned_to_digest="d")
    assert together([partial(_adopted, "RACE0002")] * 4).count(True) == 1
    assert Claim.objects.exclude(oid=lost).count() == 1

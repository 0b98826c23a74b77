"""Every cell of the table in DESIGN.md section 5 end to end: a world, a real file, its plan, what applying made."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory import pairing, staging, uploads
from inventory.judgement import judge
from inventory.models import Cause, PlanRow, Upload
from inventory.planning import codes_of, terms_of
from inventory.reasons import REASONS
from tests.inventory import cells_a_to_d, cells_e_to_i
from tests.inventory.conftest import Desk, claim_of, held, row_of
from tests.inventory.section_five import CELLS, FIRST, SECOND, THIRD, Prepare, Scene

pytestmark = pytest.mark.django_db
assert cells_a_to_d, cells_e_to_i  # importing them registers their cells


@pytest.fixture
def scene(desk: Desk) -> Scene:
    """Three IDs, known by an export of yesterday."""
    scene = Scene(desk)
    for test_id in (FIRST, SECOND, THIRD):
        scene.show(test_id)
    scene.apply(scene.export(timezone.now() - timedelta(days=1)))
    return scene


@pytest.mark.parametrize(("rule", "prepare"), CELLS, ids=[f"{rule}-{one.__name__}" for rule, one in CELLS])
def test_the_cell_end_to_end(scene: Scene, rule: str, prepare: Prepare) -> None:
    came = prepare(scene)
    upload = scene.export(timezone.now() + scene.later)
    assert _judged(upload, came.of) == (rule, came.cause)
    assert upload.counts[came.cause] >= 1
    before = PlanRow.objects.filter(upload=upload).count()

    scene.apply(upload)

    assert PlanRow.objects.filter(upload=upload, dropped="").count() == before  # as shown, so done
    if came.standing is not None:
        row = row_of(came.of)
        assert (row.standing, row.is_available) == (came.standing, came.available)
    if scene.oid is not None:
        claim = claim_of(scene.oid)
        assert (claim.state, held(scene.oid), claim.conflict_at is not None) == (came.state, came.holds, came.conflict)


def _judged(upload: Upload, test_id: str) -> tuple[str, Cause]:
    """By the plan, and where that has no row for the ID, by the judgement of its pair."""
    shown = PlanRow.objects.filter(upload=upload, test_id=test_id).first()
    if shown is not None:
        return shown.rule, Cause(shown.cause)
    contents = uploads.contents(upload)
    with staging.staged(contents=contents, codes=codes_of(contents)):
        pairing.sort(upload, upload.compared)
        found = next(pair for pair in pairing.every(upload.compared) if pair.test_id == test_id)
    judgement = judge(found.test_id, found.row, found.mirror, terms_of(upload))
    assert not judgement.effects
    return judgement.rule, judgement.cause


def test_no_cell_of_the_table_is_left_out() -> None:
    """`REASONS` has words for each cell: the preview would not know one that it lacks."""
    assert {rule for rule, _ in CELLS} == set(REASONS)

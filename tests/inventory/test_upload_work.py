"""Who plans and applies an upload when: a page that is out of date cannot undo what was done meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from access.actors import Actor
from inventory import planning, proving, reconciliation, upload_work
from inventory.models import PlanRow, Product, Upload
from inventory.models.uploads import UploadState
from inventory.uploads import CannotApply
from outbox import running
from outbox.models import Entry, EntryState
from tests.conftest import stock
from tests.inventory.test_reconciliation import FREE, kept

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _stock(called: Product) -> None:
    stock(called, 3)


def plan_again(upload: Upload, by: Actor, *, rows: int = 10) -> None:
    upload_work.plan(upload_id=upload.pk, rows=rows, columns=[], default_product="", ready_only=True, actor=by)


def begun(upload: Upload, by: Actor) -> None:
    reconciliation.begin(upload_id=upload.pk, actor=by)


def done(upload: Upload, by: Actor) -> None:
    reconciliation.apply(upload_id=upload.pk, actor=by)


def discarded(upload: Upload, by: Actor) -> None:
    upload_work.discard(upload_id=upload.pk, actor=by)


@pytest.mark.parametrize("rows", [10, upload_work.SMALL + 1], ids=["at once", "by the worker"])
@pytest.mark.parametrize("before", [begun, done, discarded])
def test_what_is_applied_or_given_up_is_not_planned_again(
    called: Product, by_sam: Actor, before: Any, rows: int
) -> None:
    upload = kept(by_sam, *FREE, ("NEW1", ""))
    before(upload, by_sam)
    was = Upload.objects.values().get(pk=upload.pk)
    plan = list(PlanRow.objects.filter(upload=upload).values())

    with pytest.raises(CannotApply):
        plan_again(upload, by_sam, rows=rows)

    assert Upload.objects.values().get(pk=upload.pk) == was
    assert list(PlanRow.objects.filter(upload=upload).values()) == plan
    assert not Entry.objects.filter(kind=upload_work.PLAN).exists()


def test_the_worker_plans_once_more_what_it_read_at_the_same_moment_as_another(
    called: Product, by_sam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = kept(by_sam, *FREE, ("NEW1", ""))
    shown_by = proving.shown_by

    def overtaken(one: Upload) -> dict[str, dict[str, str]]:
        monkeypatch.setattr(proving, "shown_by", shown_by)
        planning._take_plan_away(one.pk)  # another begins to plan it
        return shown_by(one)

    monkeypatch.setattr(proving, "shown_by", overtaken)
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.UPLOADED)
    plan_again(upload, by_sam, rows=upload_work.SMALL + 1)
    running.run_due(limit=20)
    work = Entry.objects.get(kind=upload_work.PLAN)
    assert (work.state, Upload.objects.get(pk=upload.pk).state) == (EntryState.PENDING, UploadState.PLANNING)

    Entry.objects.filter(pk=work.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    running.run_due(limit=20)
    assert Upload.objects.get(pk=upload.pk).state == UploadState.PLANNED
    assert PlanRow.objects.filter(upload=upload).count() == 1


def test_who_planned_before_another_writes_nothing_more(
    called: Product, by_sam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stalled after reading with other columns: its rows would not clash with those of the finished plan."""
    upload = kept(by_sam, *FREE, ("NEW1", ""))
    read = planning._read

    def stalled(one: Upload) -> Any:
        monkeypatch.setattr(planning, "_read", read)
        found = read(one)
        found.rows["STALE1"] = found.rows.pop("NEW1")._replace(test_id="STALE1")
        reconciliation.plan(upload_id=one.pk)
        return found

    monkeypatch.setattr(planning, "_read", stalled)
    with pytest.raises(planning.ReadTwice):
        reconciliation.plan(upload_id=upload.pk)

    assert list(PlanRow.objects.filter(upload=upload).values_list("test_id", flat=True)) == ["NEW1"]
    assert Upload.objects.get(pk=upload.pk).state == UploadState.PLANNED

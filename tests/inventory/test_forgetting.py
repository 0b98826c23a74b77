"""Plans that nobody applied do not keep people and passwords for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry
from inventory import reconciliation, uploads
from inventory.models import PlanRow, Product, Upload
from inventory.models.uploads import UploadState
from inventory.tasks import forget_plans
from tests.inventory import exports

pytestmark = pytest.mark.django_db
HEADER = ["Test ID", "Product", "Status", "Assigned-to"]


def _planned(by: Actor) -> Upload:
    content = exports.as_csv([["A1", "ACAD-PLUS", "Ready", "Ben Costa"], ["", "ACAD-PLUS", "Ready", ""]], header=HEADER)
    upload = uploads.keep(content=content, file_name="x.csv", actor=by, exported_at=timezone.now())
    return reconciliation.plan(upload_id=upload.pk)


def _month_old(upload: Upload) -> None:
    then = timezone.now() - timedelta(days=31)
    Upload.objects.filter(pk=upload.pk).update(created_at=then, planned_at=then)


def test_a_plan_that_nobody_applied_goes_after_a_month(academic: Product, by_sam: Actor) -> None:
    old, fresh = _planned(by_sam), _planned(by_sam)
    _month_old(old)

    assert forget_plans() == 1

    old.refresh_from_db()
    assert (old.state, old.content) == (UploadState.DISCARDED, None)
    assert set(PlanRow.objects.values_list("upload", flat=True)) == {fresh.pk}
    assert AuditEntry.objects.filter(verb="upload.discarded", subject=f"upload {old.pk}").count() == 1
    assert forget_plans() == 0


def test_of_an_applied_one_only_the_unusable_cells_go(academic: Product, by_sam: Actor) -> None:
    upload = _planned(by_sam)
    reconciliation.apply(upload_id=upload.pk, actor=by_sam)
    assert PlanRow.objects.exclude(value=None).count() == 1
    _month_old(upload)

    forget_plans()

    assert (PlanRow.objects.count(), PlanRow.objects.exclude(value=None).count()) == (2, 0)
    assert Upload.objects.get().state == UploadState.APPLIED

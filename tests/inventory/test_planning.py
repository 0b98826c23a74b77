"""Two read one upload at once, or it is given up meanwhile: one plan stands, whole, or none."""

from __future__ import annotations

from typing import Any

import pytest

from access.actors import Actor
from inventory import planning, proving, reconciliation, upload_work, uploads
from inventory.models import PlanRow, Product, Upload
from inventory.models.uploads import UploadState
from inventory.sheets import UnreadableFile
from inventory.uploads import CannotApply
from tests.conftest import stock
from tests.inventory.test_reconciliation import FREE, kept

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _stock(called: Product) -> None:
    stock(called, 3)


def test_who_was_overtaken_by_one_that_was_killed_leaves_no_plan_with_holes(
    by_sam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan that another began meanwhile took this one's rows away: what is left must not count as a plan."""
    upload = kept(by_sam, *FREE, ("NEW1", ""))
    real = proving.shown_by

    def overtaken(*asked: Any, **more: Any) -> Any:
        monkeypatch.setattr(proving, "shown_by", real)
        planning._take_plan_away(upload.pk)
        return real(*asked, **more)

    monkeypatch.setattr(proving, "shown_by", overtaken)
    with pytest.raises(CannotApply, match="twice at the same moment"):
        reconciliation.plan(upload_id=upload.pk)

    assert Upload.objects.get(pk=upload.pk).state == UploadState.UPLOADED
    assert not PlanRow.objects.filter(upload=upload).exists()
    reconciliation.plan(upload_id=upload.pk)
    assert PlanRow.objects.filter(upload=upload).count() == 1


def test_what_was_given_up_while_it_was_read_does_not_come_back_as_failed(
    by_sam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = kept(by_sam, *FREE)

    def given_up(_: Upload) -> None:
        upload_work.discard(upload_id=upload.pk, actor=by_sam)
        raise UnreadableFile("The file cannot be read.")

    monkeypatch.setattr(uploads, "contents", given_up)
    with pytest.raises(UnreadableFile):
        reconciliation.plan(upload_id=upload.pk)

    assert Upload.objects.get(pk=upload.pk).state == UploadState.DISCARDED

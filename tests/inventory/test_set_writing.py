"""Written set-wise or judged row by row again, a plan comes to the same mirror and the same stories."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry
from inventory import plan_chunks, reconciliation, set_writing, uploads
from inventory.models import PlanRow, Product, Scope, TestID, Upload
from inventory.plan_chunks import Judged, OfMirror
from tests.inventory import exports

pytestmark = pytest.mark.django_db
HEADER = ["Test ID", "Product", "Status", "Assigned-to", "Password", "Valid Until", "Tracking Code", "Shelf"]
BEFORE = [
    ["A1", "BUS-PLUS", "Ready", "", "", "2027-01-31", "", ""],
    ["A2", "BUS-PLUS", "Ready", "", "same", "2027-01-31", "T1", "left"],
    ["A3", "BUS-PLUS", "Ready", "for Ana", "", "", "", ""],
    ["A4", "BUS-PLUS", "Started", "", "old", "", "", "left"],
    ["A5", "BUS-PLUS", "Ready", "for Eva", "", "", "", ""],
    ["A6", "BUS-PLUS", "Ready", "", "", "", "", ""],
    ["A7", "BUS-PLUS", "Ready", "", "", "", "", ""],
]
AFTER = [
    ["A1", "BUS-PLUS", "Started", "", "", "2027-02-28", "", ""],
    ["A2", "BUS-PLUS", "Ready", "", "same", "2027-01-31", "T2", "right"],
    ["A3", "BUS-PLUS", "Ready", "", "", "", "", ""],
    ["A4", "BUS-PLUS", "Ready", "", "new", "2027-03-31", "", ""],
    ["A5", "BUS-PLUS", "Ready", "for Eva, again", "", "", "", ""],
    ["A6", "ACAD-PLUS", "Ready", "", "", "", "", ""],
    ["A8", "BUS-PLUS", "Ready", "", "", "", "", ""],
]
CHANGED = {"A1", "A2", "A3", "A4", "A5", "A6"}  # A7 leaves the list, A8 is new: neither is of this step's set


def kept(by: Actor, rows: list[list[str]], *, later: timedelta) -> Upload:
    content = exports.as_csv(rows, header=HEADER)
    upload = uploads.keep(content=content, file_name="x.csv", actor=by, scope=Scope.FILE)
    Upload.objects.filter(pk=upload.pk).update(exported_at=timezone.now() + later)
    return reconciliation.plan(upload_id=upload.pk)


@pytest.fixture
def planned(called: Product, academic: Product, by_sam: Actor) -> Upload:
    """A second export that changes each kind of ID."""
    first = kept(by_sam, BEFORE, later=timedelta(hours=1))
    reconciliation.apply(upload_id=first.pk, actor=by_sam)
    return kept(by_sam, AFTER, later=timedelta(hours=2))


def outcome(upload: Upload, by: Actor) -> Any:
    """What applying comes to, taken back afterwards."""
    with transaction.atomic():
        last = AuditEntry.objects.order_by("pk").values_list("pk", flat=True).last() or 0
        reconciliation.apply(upload_id=upload.pk, actor=by, accept_mass_change=True)
        told = AuditEntry.objects.filter(pk__gt=last, verb__startswith="test_id.").order_by("test_id")
        found: Any = {
            "mirror": list(TestID.objects.order_by("test_id").values()),
            "told": list(told.values("verb", "oid", "test_id", "product", "source", "detail", "by", "actor_kind")),
            "dropped": list(PlanRow.objects.filter(upload=upload).exclude(dropped="").values_list("test_id")),
        }
        transaction.set_rollback(True)
    for row in found["mirror"]:
        del row["id"], row["created_at"]
    return found


def test_both_ways_write_the_same(planned: Upload, by_sam: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    set_wise = outcome(planned, by_sam)

    def judged(self: OfMirror, upload: Upload, actor: Actor) -> None:
        Judged(upload, list(PlanRow.objects.filter(upload=upload, step=self.step))).write(upload, actor)

    monkeypatch.setattr(OfMirror, "write", judged)
    row_by_row = outcome(planned, by_sam)

    assert {one["test_id"] for one in set_wise["told"]} >= CHANGED
    assert set_wise == row_by_row


def test_those_that_no_claim_concerns_are_never_read(planned: Upload, by_sam: Actor) -> None:
    reconciliation.begin(upload_id=planned.pk, actor=by_sam, accept_mass_change=True)
    reconciliation.go_on(upload_id=planned.pk, actor=by_sam)  # the new one
    planned.refresh_from_db()
    chunk = plan_chunks.next_chunk(planned)
    assert isinstance(chunk, OfMirror)
    assert [one.test_id for one in set_writing.rest(planned, after=0, through=chunk.last)] == ["A7"]

    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        written = set_writing.write_known(planned, after=0, through=chunk.last, moved="moved", actor=by_sam)

    assert written == len(CHANGED)
    assert not [one for one in queries.captured_queries if "claim" in one["sql"]]


def test_an_id_that_moved_since_the_preview_is_dropped(planned: Upload, by_sam: Actor) -> None:
    TestID.objects.filter(test_id="A2").update(revision=F("revision") + 1)

    found = outcome(planned, by_sam)

    assert found["dropped"] == [("A2",)]
    assert {one["test_id"] for one in found["told"]} == {*CHANGED, "A7", "A8"} - {"A2"}
    assert next(one["tracking_code"] for one in found["mirror"] if one["test_id"] == "A2") == "T1"


def test_after_a_later_export_each_is_judged_again(planned: Upload, by_sam: Actor) -> None:
    later = kept(by_sam, BEFORE, later=timedelta(hours=3))
    reconciliation.begin(upload_id=planned.pk, actor=by_sam, accept_mass_change=True)
    reconciliation.apply(upload_id=later.pk, actor=by_sam, accept_mass_change=True)
    planned.refresh_from_db()

    assert isinstance(plan_chunks.next_chunk(planned), Judged)
    while reconciliation.go_on(upload_id=planned.pk, actor=by_sam):
        pass

    assert list(TestID.objects.filter(test_id="A2").values_list("tracking_code", flat=True)) == ["T1"]


def test_a_column_that_the_file_lacks_says_nothing(planned: Upload, by_sam: Actor) -> None:
    content = exports.as_csv([["A2", "Started", ""]], header=["Test ID", "Status", "Assigned-to"])
    upload = uploads.keep(content=content, file_name="y.csv", actor=by_sam, default_product="BUS-PLUS")
    Upload.objects.filter(pk=upload.pk).update(exported_at=timezone.now() + timedelta(hours=4))
    reconciliation.plan(upload_id=upload.pk)
    reconciliation.apply(upload_id=upload.pk, actor=by_sam, accept_mass_change=True)

    row = TestID.objects.get(test_id="A2")
    assert (row.status, row.password, row.tracking_code) == ("started", "same", "T1")
    assert str(row.valid_until) == "2027-01-31"

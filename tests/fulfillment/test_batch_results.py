"""An earlier result that counts, in a batch: skipped, reused without an ID, or given anyway."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import batch_files, batches, earlier_results
from fulfillment.candidates import Candidate
from fulfillment.earlier_results import EarlierResult
from fulfillment.models import Batch, Decision, Found, Fulfillment, RowState
from fulfillment.provisioning import set_person
from fulfillment.sheet_requests import Same
from inventory.models import Claim, Product, TestID
from tests.conftest import stock
from tests.fulfillment.conftest import work
from tests.given import given

pytestmark = pytest.mark.django_db


@pytest.fixture
def graded(academic: Product, monkeypatch: pytest.MonkeyPatch) -> Fulfillment:
    """Ana has a result that counts until 2099; results of this product count for two years."""
    Product.objects.filter(pk=academic.pk).update(result_valid_months=24)
    one = given(academic, "OLD1")
    set_person(one, Candidate("Ana", "ana@example.org", "77"))
    one.itep_status = "completed"
    one.save()
    result = EarlierResult(one.oid, "OLD1", Decimal("3.5"), "B1", date(2026, 3, 1), date(2099, 1, 1))
    monkeypatch.setattr(
        earlier_results,
        "_finders",
        [lambda *, candidates, **_: {at: result for at, who in enumerate(candidates) if who.external_id == "77"}],
    )
    return one


def drafted(actor: Actor) -> Batch:
    product = Product.objects.get(code="ACAD-PLUS")
    stock(product, 3)
    content = b"own number,name,email,reference\n77,Ana,ana@example.org,r1\n78,Ben,ben@example.org,=1+1\n"
    return batch_files.keep(content=content, file_name="a.csv", same=Same(product), actor=actor)


@pytest.mark.parametrize(
    ("decision", "state", "spent"),
    [(Decision.SKIP, RowState.SKIPPED, 1), (Decision.REUSE, RowState.REUSED, 1), (Decision.GIVE, RowState.GIVEN, 2)],
)
def test_as_decided(
    sam_browser: Client, by_sam: Actor, graded: Fulfillment, decision: Decision, state: RowState, spent: int
) -> None:
    batch = drafted(by_sam)
    page = f"/candidates/batches/{batch.pk}/"
    shown = sam_browser.get(page).content.decode()
    assert ("Has a result that counts" in shown, "B1, " in shown, "Reuse the result" in shown) == (True, True, True)
    batches.decide_all(batch_id=batch.pk, decision=decision, actor=by_sam)
    batches.confirm(batch_id=batch.pk, actor=by_sam)
    work()
    ana, ben = batch.rows.all()
    assert (ana.state, ben.state, Claim.objects.count()) == (state, RowState.GIVEN, spent + 1)
    assert TestID.objects.filter(holder__isnull=False).exclude(test_id="OLD1").count() == spent
    if decision == Decision.REUSE:
        assert (ana.fulfillment, ana.found) == (graded, Found.RESULT)
        assert f"/candidates/{graded.oid}/" in sam_browser.get(page).content.decode()


def test_a_result_that_came_since_the_preview_is_not_overlooked(
    by_sam: Actor, academic: Product, graded: Fulfillment
) -> None:
    batch = drafted(by_sam)
    batch.rows.update(found=Found.NOTHING, found_oid=None, found_result=None)  # as it was when somebody looked
    batches.confirm(batch_id=batch.pk, actor=by_sam)
    work()
    ana = batch.rows.all()[0]
    assert (ana.state, ana.found, ana.found_oid) == (RowState.SKIPPED, Found.RESULT, graded.oid)


def test_give_anyway_is_a_yes_to_what_was_shown_alone(by_sam: Actor, academic: Product, graded: Fulfillment) -> None:
    """Shown was the result; an open test came since."""
    batch = drafted(by_sam)
    batches.decide_all(batch_id=batch.pk, decision=Decision.GIVE, actor=by_sam)
    since = given(academic, None)
    set_person(since, Candidate("Ana", "ana@example.org", "77"))
    since.save()
    batches.confirm(batch_id=batch.pk, actor=by_sam)
    work()
    ana = batch.rows.all()[0]
    assert (ana.state, ana.found, ana.found_oid) == (RowState.SKIPPED, Found.OPEN, since.oid)


def test_each_rows_outcome_as_a_list(sam_browser: Client, by_sam: Actor, graded: Fulfillment) -> None:
    batch = drafted(by_sam)
    batches.decide_all(batch_id=batch.pk, decision=Decision.REUSE, actor=by_sam)
    batches.confirm(batch_id=batch.pk, actor=by_sam)
    work()
    new = batch.all.get()
    answer = sam_browser.get(f"/candidates/batches/{batch.pk}/rows.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer)), data_only=False).worksheets[0]
    header, ana, ben = ([str(cell.value) for cell in row] for row in sheet.iter_rows())
    assert header[:4] == ["external_id", "reference", "name", "email"]
    assert "test_id" not in header
    assert ana[:2] + ana[5:6] == ["77", "r1", "Earlier result reused"]
    assert ana[8].endswith(f"/candidates/{graded.oid}/")
    assert ben[:7] == ["78", "=1+1", "Ben", "ben@example.org", "ACAD-PLUS", "Given", "Reserved, telling iTEP"]
    assert (sheet["B3"].data_type, ben[-1]) == ("s", str(new.oid))
    lines = b"".join(sam_browser.get(f"/candidates/batches/{batch.pk}/rows.csv?show=given")).decode().splitlines()
    assert (len(lines), lines[1].startswith("78,'=1+1,Ben,")) == (2, True)


def test_test_ids_leave_the_portal_by_a_post_alone_and_count_as_told(
    sam_browser: Client, academic: Product, by_sam: Actor, graded: Fulfillment
) -> None:
    batch = drafted(by_sam)
    batches.confirm(batch_id=batch.pk, actor=by_sam)
    work()
    page = f"/candidates/batches/{batch.pk}/rows.csv"
    assert "ACADPLUS0001" not in b"".join(sam_browser.get(page)).decode()
    assert "ACADPLUS0001" not in b"".join(sam_browser.post(page)).decode()  # nobody knows yet whether it is theirs
    claim = Claim.objects.get(oid=batch.all.get().oid)
    assert claim.told_at is None
    Claim.objects.filter(pk=claim.pk).update(state="confirmed", confirmed_at=claim.created_at)
    assert "ACADPLUS0001" in b"".join(sam_browser.post(page)).decode()
    claim.refresh_from_db()
    told = list(AuditEntry.objects.filter(verb="batch.test_ids_taken").values_list("detail", flat=True))
    assert (claim.told_at is not None, told) == (True, [{"test_ids": 0}, {"test_ids": 1}])


def test_tiles_filter_and_a_search_finds(sam_browser: Client, by_sam: Actor, graded: Fulfillment) -> None:
    batch = drafted(by_sam)
    page = f"/candidates/batches/{batch.pk}/"
    for query, found in (("", ["Ana", "Ben"]), ("show=result", ["Ana"]), ("show=give", ["Ben"]), ("q=BEN@", ["Ben"])):
        shown = sam_browser.get(f"{page}?{query}")
        assert [row.asked["name"] for row in shown.context["page"].object_list] == found
    tiles = sam_browser.get(page).context["tiles"]
    assert [(str(one.label), one.number) for one in tiles] == [
        ("to give", 1),
        ("have a result that counts", 1),
        ("given no new test", 1),
    ]
    assert "No row fits." in sam_browser.get(f"{page}?q=nobody").content.decode()

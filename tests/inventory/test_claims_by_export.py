"""What an export must not do to claims: each case was found by a reviewer, and broke a rule of DESIGN.md once."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry
from inventory import claims, mirror, planning, reconciliation, staging, upload_work, uploads
from inventory.models import Claim, ClaimState, Holding, PlanRow, Product, Scope, Standing, TestID, Upload
from inventory.models.uploads import UploadState
from inventory.reconciliation import PlanMoved
from inventory.uploads import CannotApply
from itep.client import Outcome
from itep.statuses import Status
from outbox import running
from outbox.models import Entry
from tests.conftest import stock
from tests.inventory import exports
from tests.inventory.conftest import TEXT, Desk, claim_of, held, row_of, told_to_settle
from tests.inventory.test_reconciliation import FIRST, FREE, HEADER, SECOND, THIRD, applied, kept

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _stock(called: Product) -> None:
    stock(called, 3)


def test_a_call_whose_text_stands_on_anothers_id_is_not_repeated(desk: Desk, by_sam: Actor) -> None:
    lost, other = desk.at(ClaimState.UNKNOWN), desk.at(ClaimState.CONFIRMED)

    assert applied(by_sam, (FIRST, ""), (SECOND, TEXT % lost), (THIRD, "")) == {SECOND: "c.other_holder"}

    claim = claim_of(lost)
    assert (claim.state, claim.conflict_at is not None, held(lost)) == (ClaimState.UNKNOWN, True, FIRST)
    assert held(other) == SECOND


@pytest.mark.parametrize("shown", ["another's text", "not Ready"])
def test_while_it_is_calling_neither_the_row_nor_the_claim_is_written(desk: Desk, by_sam: Actor, shown: str) -> None:
    oid = desk.open()
    revision = desk.begin(oid)
    for _ in range(2):
        desk.open()
    row = (FIRST, TEXT % desk.at(ClaimState.WAITING)) if shown == "another's text" else (FIRST, "", "Started")
    before = TestID.objects.filter(test_id=FIRST).values().get()

    found = applied(by_sam, row, *FREE[1:])

    assert found == {FIRST: "c.other_holder" if shown == "another's text" else "g.unavailable"}
    assert TestID.objects.filter(test_id=FIRST).values().get() == before
    assert (claim_of(oid).state, claim_of(oid).revision) == (ClaimState.CALLING, revision)
    assert desk.answer(oid, Outcome.CONFIRMED).state == ClaimState.CONFIRMED


def test_a_minute_after_a_call_the_export_is_written_as_its_cause_says(desk: Desk, by_sam: Actor) -> None:
    oid = desk.open()
    desk.begin(oid)
    desk.answer(oid, Outcome.UNAVAILABLE)
    assert row_of(FIRST).standing == Standing.REFUSED

    assert applied(by_sam, *FREE, later=timedelta(seconds=-60)) == {FIRST: "f.returned"}
    assert row_of(FIRST).is_available


def test_a_contradiction_and_its_explanation_both_reach_the_fulfillment(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.CONFIRMED)
    before = told_to_settle(oid)

    applied(by_sam, *FREE)
    assert told_to_settle(oid) == before + 1
    applied(by_sam, (FIRST, TEXT % oid), *FREE[1:], later=timedelta(hours=2))
    assert told_to_settle(oid) == before + 2


def test_an_id_that_somebody_started_is_not_given_before_a_person_takes_it_back(desk: Desk, by_sam: Actor) -> None:
    now = timezone.now()
    mirror.heard_by_webhook(test_id=FIRST, status=Status.STARTED, status_raw="Started", at=now, source="webhook 1")

    assert applied(by_sam, *FREE) == {FIRST: "d.in_doubt"}
    assert (row_of(FIRST).standing, row_of(FIRST).is_available) == (Standing.OPEN, False)
    assert AuditEntry.objects.filter(test_id=FIRST, verb="test_id.set_aside").count() == 1
    assert Entry.objects.get(kind="results.doubt").payload["test_id"] == FIRST

    claims.take_back(test_id=FIRST, actor=by_sam)
    applied(by_sam, *FREE, later=timedelta(hours=2))
    assert row_of(FIRST).is_available


def test_nobody_is_told_to_clear_somebody_elses_text(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.CONFIRMED)
    claims.cancel(oid=oid, actor=by_sam, reason="no")
    assert row_of(FIRST).to_clear_since is not None

    assert applied(by_sam, (FIRST, "Ben Costa"), *FREE[1:]) == {FIRST: "e.free"}
    assert row_of(FIRST).to_clear_since is None


def test_an_id_that_was_called_and_then_joined_elsewhere_is_not_free_at_once(desk: Desk, by_sam: Actor) -> None:
    oid = desk.open()
    desk.begin(oid)
    desk.answer(oid, Outcome.RETRY)

    applied(by_sam, (FIRST, "", "Ready"), (SECOND, TEXT % oid), (THIRD, ""))

    assert (held(oid), row_of(FIRST).holding) == (SECOND, Holding.EARLIER)


def test_what_was_merely_reserved_is_free_when_its_claim_is_joined_elsewhere(desk: Desk, by_sam: Actor) -> None:
    oid = desk.open()

    applied(by_sam, FREE[0], (SECOND, TEXT % oid), FREE[2])

    assert (held(oid), row_of(FIRST).is_available) == (SECOND, True)


def test_whoever_applies_may_be_killed_and_the_worker_takes_it_to_its_end(desk: Desk, by_sam: Actor) -> None:
    upload = kept(by_sam, *FREE, ("NEW1", ""))
    reconciliation.begin(upload_id=upload.pk, actor=by_sam)

    running.run_due(limit=20)

    assert Upload.objects.get(pk=upload.pk).state == UploadState.APPLIED
    assert row_of("NEW1").is_available


def test_a_plan_that_is_made_anew_cannot_be_applied_meanwhile(
    desk: Desk, by_sam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = kept(by_sam, *FREE, ("NEW1", ""))
    staged = staging.staged
    refused: list[str] = []

    def meanwhile(**asked: Any) -> AbstractContextManager[None]:
        with pytest.raises(CannotApply) as found:
            reconciliation.begin(upload_id=upload.pk, actor=by_sam)
        refused.append(str(found.value))
        return staged(**asked)

    monkeypatch.setattr(staging, "staged", meanwhile)
    reconciliation.plan(upload_id=upload.pk)

    assert len(refused) == 1
    assert Upload.objects.get(pk=upload.pk).state == UploadState.PLANNED
    assert PlanRow.objects.filter(upload=upload).count() == 1


@pytest.mark.parametrize("rows", [[*FREE, ("NEW1", "")], [*FREE[:2]]], ids=["new", "withdrawn"])
def test_read_twice_at_the_same_moment_one_plan_stands(
    desk: Desk, by_sam: Actor, monkeypatch: pytest.MonkeyPatch, rows: list[tuple[str, str]]
) -> None:
    upload = kept(by_sam, *rows)
    staged = staging.staged

    def meanwhile(**asked: Any) -> AbstractContextManager[None]:
        monkeypatch.setattr(staging, "staged", staged)
        reconciliation.plan(upload_id=upload.pk)
        return staged(**asked)

    monkeypatch.setattr(staging, "staged", meanwhile)
    with pytest.raises(CannotApply, match="twice at the same moment"):
        reconciliation.plan(upload_id=upload.pk)

    assert Upload.objects.get(pk=upload.pk).state == UploadState.PLANNED
    assert PlanRow.objects.filter(upload=upload).count() == 1


def test_a_plan_of_what_was_discarded_meanwhile_does_not_come_back(
    desk: Desk, by_sam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = kept(by_sam, *FREE)
    staged = staging.staged

    def meanwhile(**asked: Any) -> AbstractContextManager[None]:
        upload_work.discard(upload_id=upload.pk, actor=by_sam)
        return staged(**asked)

    monkeypatch.setattr(staging, "staged", meanwhile)
    with pytest.raises(CannotApply):
        reconciliation.plan(upload_id=upload.pk)

    assert Upload.objects.get(pk=upload.pk).state == UploadState.DISCARDED
    assert PlanRow.objects.count() == 0


def test_an_export_of_all_products_is_a_word_about_those_that_it_lacks(desk: Desk, by_sam: Actor) -> None:
    content = exports.as_csv([["A1", "ACAD-PLUS", "Ready", ""]], header=HEADER)
    upload = uploads.keep(content=content, file_name="x.csv", actor=by_sam, scope=Scope.ALL)
    Upload.objects.filter(pk=upload.pk).update(exported_at=timezone.now() + timedelta(hours=1))
    reconciliation.plan(upload_id=upload.pk)
    reconciliation.apply(upload_id=upload.pk, actor=by_sam, accept_mass_change=True)

    assert applied(by_sam, *FREE, ("OLD1", ""), later=timedelta(minutes=30)) == {}
    assert not TestID.objects.filter(test_id="OLD1").exists()
    assert Claim.objects.count() == 0


def test_who_takes_a_next_id_takes_none_that_the_same_file_shows_taken(desk: Desk, by_sam: Actor) -> None:
    confirmed, moved = desk.at(ClaimState.CONFIRMED), desk.at(ClaimState.RESERVED)
    assert held(moved) == SECOND
    text = TEXT % confirmed  # somebody copied it to both

    found = applied(by_sam, (FIRST, text), (SECOND, text), (THIRD, text), ("N1", ""))

    assert found[THIRD] == "c.another_id"
    assert held(moved) == "N1"


def test_a_plan_made_anew_between_the_yes_and_the_apply_wants_its_own_yes(
    desk: Desk, by_sam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = kept(by_sam, *FREE, ("NEW1", ""))
    moved_since = planning.moved_since

    def meanwhile(one: Upload) -> list[str]:
        monkeypatch.setattr(planning, "moved_since", moved_since)
        found = moved_since(one)
        reconciliation.plan(upload_id=upload.pk)
        return found

    monkeypatch.setattr(planning, "moved_since", meanwhile)
    with pytest.raises(PlanMoved, match="once more"):
        reconciliation.begin(upload_id=upload.pk, actor=by_sam)
    assert Upload.objects.get(pk=upload.pk).state == UploadState.PLANNED

    reconciliation.apply(upload_id=upload.pk, actor=by_sam)
    assert row_of("NEW1").is_available


def test_a_product_that_is_made_in_other_letters_meanwhile_is_not_made_twice(by_sam: Actor) -> None:
    content = exports.as_csv([["NEW1", "toefl-x", "Ready", ""]], header=HEADER)
    upload = uploads.keep(content=content, file_name="x.csv", actor=by_sam, exported_at=timezone.now())
    reconciliation.plan(upload_id=upload.pk)
    Product.objects.create(code="TOEFL-X")

    with pytest.raises(PlanMoved, match="TOEFL-X"):
        reconciliation.apply(upload_id=upload.pk, actor=by_sam)
    assert not Product.objects.filter(code="toefl-x").exists()

    reconciliation.plan(upload_id=upload.pk)
    reconciliation.apply(upload_id=upload.pk, actor=by_sam)
    assert row_of("NEW1").product.code == "TOEFL-X"


def test_of_two_products_that_differ_in_case_alone_the_file_means_the_one_that_it_names(by_sam: Actor) -> None:
    for code in ("toefl-x", "TOEFL-X"):
        Product.objects.create(code=code)
    for test_id, code in (("LOW1", "toefl-x"), ("HIGH1", "TOEFL-X")):
        content = exports.as_csv([[test_id, code, "Ready", ""]], header=HEADER)
        upload = uploads.keep(content=content, file_name="x.csv", actor=by_sam, exported_at=timezone.now())
        reconciliation.plan(upload_id=upload.pk)
        assert reconciliation.apply(upload_id=upload.pk, actor=by_sam).products == [code]
        assert row_of(test_id).product.code == code

"""What a person said to have done at iTEP waits for the export that proves it, or shows as unexplained."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry
from inventory import claims, proving, queries, reconciliation, uploads
from inventory.claims import adopting
from inventory.errors import NotPossible, ReasonNeeded
from inventory.models import AssignedToRecord, ClaimState, TestID, Upload
from inventory.models.claims import SEEN_BY_A_PERSON
from tests.conftest import stock
from tests.inventory import exports
from tests.inventory.conftest import TEXT, Desk, claim_of, row_of, told_to_settle

pytestmark = pytest.mark.django_db
FIRST, SECOND = "ACADPLUS0001", "ACADPLUS0002"
HEADER = ["Test ID", "Product", "Status", "Assigned-to"]


@pytest.fixture(autouse=True)
def _stock(hand: Desk) -> None:
    stock(hand.product, 2)


def done(hand: Desk) -> str:
    """A request whose text Sam says to have written; the text."""
    oid = hand.open()
    claims.text_taken(oid=oid, text=TEXT % oid, actor=hand.actor)
    claims.done_at_itep(oid=oid, actor=hand.actor)
    return TEXT % oid


def export(by: Actor, texts: dict[str, str], *, at: datetime | None = None) -> Upload:
    rows = [[test_id, "ACAD-PLUS", "Ready", texts.get(test_id, "")] for test_id in (FIRST, SECOND)]
    kept = uploads.keep(content=exports.as_csv(rows, header=HEADER), file_name="x.csv", actor=by)
    Upload.objects.filter(pk=kept.pk).update(exported_at=at or timezone.now() + timedelta(hours=1))
    reconciliation.plan(upload_id=kept.pk)
    return reconciliation.apply(upload_id=kept.pk, actor=by, accept_mass_change=True)


def test_what_was_adopted_needs_no_proof_since_itep_showed_it(hand: Desk) -> None:
    export(hand.actor, {FIRST: "Ben Costa"})
    adopting.adopt(oid=uuid4(), test_id=FIRST, actor=hand.actor)
    assert AssignedToRecord.objects.get().written_by == "adopted"
    assert proving.waiting_for_proof() == []


def test_an_export_that_shows_the_text_proves_it(hand: Desk) -> None:
    text = done(hand)
    (said,) = proving.waiting_for_proof(product="ACAD-PLUS")
    assert (said.test_id, said.who, said.is_clearing, said.doubt) == (FIRST, "Sam Staff", False, "")
    assert proving.waiting_for_proof(product="OTHER") == []

    upload = export(hand.actor, {FIRST: text})

    assert proving.waiting_for_proof() == []
    record = AssignedToRecord.objects.get()
    assert record.confirmed_by == f"upload {upload.pk}, row 2"
    entry = AuditEntry.objects.get(verb="text.proved")
    assert (entry.test_id, entry.source, entry.user) == (FIRST, f"upload {upload.pk}, row 2", hand.actor.user)


def test_a_later_export_leaves_the_proof_as_it_is(hand: Desk) -> None:
    text = done(hand)
    first = export(hand.actor, {FIRST: text})
    export(hand.actor, {FIRST: text}, at=timezone.now() + timedelta(hours=2))
    assert AssignedToRecord.objects.get().confirmed_by == f"upload {first.pk}, row 2"
    assert AuditEntry.objects.filter(verb="text.proved").count() == 1


def test_an_export_that_contradicts_it_is_an_unexplained_difference(hand: Desk) -> None:
    done(hand)
    upload = export(hand.actor, {})
    assert upload.counts["assignment_lost"] == 1
    assert [(need.kind, need.test_id) for need in queries.needs_a_person()] == [("conflict", FIRST)]
    (said,) = proving.waiting_for_proof()
    assert said.doubt == "An export shows its test ID free."
    assert AssignedToRecord.objects.get().confirmed_by == SEEN_BY_A_PERSON


def test_the_text_on_another_id_proves_nothing(hand: Desk) -> None:
    text = done(hand)
    export(hand.actor, {SECOND: text})
    assert AssignedToRecord.objects.get().confirmed_by == SEEN_BY_A_PERSON
    assert len(proving.waiting_for_proof()) == 1


def test_a_plan_that_is_not_applied_proves_nothing(hand: Desk) -> None:
    text = done(hand)
    content = exports.as_csv([[FIRST, "ACAD-PLUS", "Ready", text]], header=HEADER)
    kept = uploads.keep(content=content, file_name="x.csv", actor=hand.actor)
    Upload.objects.filter(pk=kept.pk).update(exported_at=timezone.now() + timedelta(hours=1))
    reconciliation.plan(upload_id=kept.pk)
    assert len(proving.waiting_for_proof()) == 1


def test_clearing_is_proved_by_an_empty_field_and_contradicted_by_our_text(hand: Desk) -> None:
    text = done(hand)
    claims.told(oid=AssignedToRecord.objects.get().claim.oid)
    claims.cancel(oid=AssignedToRecord.objects.get().claim.oid, actor=hand.actor, reason="ill")
    claims.cleared(test_id=FIRST, actor=hand.actor)
    (said,) = proving.waiting_for_proof(test_id=FIRST)
    assert (said.test_id, said.who, said.is_clearing) == (FIRST, "Sam Staff", True)

    export(hand.actor, {FIRST: text})
    assert proving.waiting_for_proof() == []
    assert row_of(FIRST).to_clear_since is not None  # it still stands there: on the list again

    claims.cleared(test_id=FIRST, actor=hand.actor)
    # The first export was of an hour from now, and so is later than this word.
    upload = export(hand.actor, {}, at=timezone.now() + timedelta(hours=2))
    assert upload.counts["conflict"] == 0
    assert proving.waiting_for_proof() == []


def test_an_empty_field_proves_that_it_was_cleared(hand: Desk) -> None:
    done(hand)
    claims.told(oid=AssignedToRecord.objects.get().claim.oid)
    claims.cancel(oid=AssignedToRecord.objects.get().claim.oid, actor=hand.actor, reason="ill")
    claims.cleared(test_id=FIRST, actor=hand.actor)
    upload = export(hand.actor, {})
    assert proving.waiting_for_proof() == []
    assert AuditEntry.objects.get(verb="test_id.clear_proved").source == f"upload {upload.pk}, row 2"


def test_done_is_taken_back_with_a_reason(hand: Desk) -> None:
    text = done(hand)
    oid = AssignedToRecord.objects.get().claim.oid
    settled = told_to_settle(oid)
    with pytest.raises(ReasonNeeded):
        claims.done_was_wrong(oid=oid, actor=hand.actor, reason=" ")
    assert claim_of(oid).state == ClaimState.CONFIRMED

    claims.done_was_wrong(oid=oid, actor=hand.actor, reason="the wrong line")

    claim, row = claim_of(oid), row_of(FIRST)
    assert (claim.state, claim.by_hand) == (ClaimState.UNKNOWN, True)
    assert (row.standing, row.assigned_to, row.holder_id) == ("open", "", claim.pk)
    assert [(one.oid, one.text) for one in queries.todo_at_itep().assign] == [(oid, text)]
    assert proving.waiting_for_proof() == []
    assert AuditEntry.objects.get(verb="done.taken_back").reason == "the wrong line"
    assert told_to_settle(oid) == settled + 1

    claims.done_at_itep(oid=oid, actor=hand.actor)
    assert claim_of(oid).state == ClaimState.CONFIRMED


def test_what_an_export_contradicted_is_explained_by_taking_it_back(hand: Desk) -> None:
    done(hand)
    oid = AssignedToRecord.objects.get().claim.oid
    export(hand.actor, {})
    said_at = row_of(FIRST).said_at
    claims.done_was_wrong(oid=oid, actor=hand.actor, reason="the wrong line")
    assert (claim_of(oid).state, claim_of(oid).conflict_at) == (ClaimState.UNKNOWN, None)
    assert (row_of(FIRST).standing, row_of(FIRST).said_at) == ("open", said_at)  # the export's word stands
    assert queries.needs_a_person() == []


@pytest.mark.parametrize("how", ["told", "proved", "ended", "outside", "started"])
def test_done_stands_once_others_rely_on_it(hand: Desk, how: str) -> None:
    text = done(hand)
    oid = AssignedToRecord.objects.get().claim.oid
    if how == "told":
        claims.told(oid=oid)
    elif how == "proved":
        export(hand.actor, {FIRST: text})
    elif how == "outside":
        export(hand.actor, {FIRST: "Ben Costa"})
    elif how == "started":
        TestID.objects.filter(test_id=FIRST).update(progress="started", progress_at=timezone.now())
    else:
        claims.cancel(oid=oid, actor=hand.actor, reason="ill")
    before = claim_of(oid).revision
    with pytest.raises(NotPossible):
        claims.done_was_wrong(oid=oid, actor=hand.actor, reason="the wrong line")
    assert claim_of(oid).revision == before


def test_many_are_done_at_once_and_what_cannot_be_is_named(hand: Desk) -> None:
    first, second = hand.open(), hand.open()
    claims.done_at_itep(oid=second, actor=hand.actor)
    refused = claims.all_done_at_itep(oids=[first, second], actor=hand.actor)
    assert refused == {second: "The request is confirmed: there is nothing to confirm."}
    assert {claim_of(one).state for one in (first, second)} == {ClaimState.CONFIRMED}


def test_an_export_does_not_overwrite_a_later_word_of_the_person_whose_clearing_it_showed(hand: Desk) -> None:
    done(hand)
    oid = AssignedToRecord.objects.get().claim.oid
    claims.told(oid=oid)
    claims.cancel(oid=oid, actor=hand.actor, reason="ill")
    claims.cleared(test_id=FIRST, actor=hand.actor)
    kept = uploads.keep(
        content=exports.as_csv([[one, "ACAD-PLUS", "Ready", ""] for one in (FIRST, SECOND)], header=HEADER),
        file_name="x.csv",
        actor=hand.actor,
        exported_at=timezone.now(),
    )
    assert reconciliation.plan(upload_id=kept.pk).proofs["cleared"] == {FIRST: f"upload {kept.pk}, row 2"}
    later = timezone.now() + timedelta(minutes=5)
    TestID.objects.filter(test_id=FIRST).update(said_at=later)  # looked at once more, and cleared again
    AuditEntry.objects.create(verb=proving.CLEARED, test_id=FIRST, actor_kind="system", at=later)

    reconciliation.apply(upload_id=kept.pk, actor=hand.actor, accept_mass_change=True)

    row = row_of(FIRST)
    assert (row.said_by, row.said_at) == ("person", later)

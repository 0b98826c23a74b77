"""What applying an export does to claims: each effect of the judgement, against real claims."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError
from django.db.models import F
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry
from inventory import claims, reconciliation, set_writing, uploads
from inventory.models import Claim, ClaimState, Holding, PlanRow, Product, Scope, Standing, TestID, Upload
from inventory.reconciliation import PlanMoved
from itep.client import Outcome
from outbox.models import Entry
from tests.conftest import stock
from tests.inventory import exports
from tests.inventory.conftest import TEXT, Desk, claim_of, held, row_of, told_to_settle

pytestmark = pytest.mark.django_db
HEADER = ["Test ID", "Product", "Status", "Assigned-to"]
FIRST, SECOND, THIRD = "BUSPLUS0001", "BUSPLUS0002", "BUSPLUS0003"


@pytest.fixture(autouse=True)
def _stock(called: Product) -> None:
    stock(called, 3)


def kept(by: Actor, *rows: tuple[str, str] | tuple[str, str, str], later: timedelta = timedelta(hours=1)) -> Upload:
    """An export of BUS-PLUS, downloaded `later` than now; (ID, Assigned-to) or (ID, Assigned-to, status)."""
    lines = [[one[0], "BUS-PLUS", one[2] if len(one) > 2 else "Ready", one[1]] for one in rows]
    content = exports.as_csv(lines, header=HEADER)
    upload = uploads.keep(content=content, file_name="x.csv", actor=by, scope=Scope.FILE)
    Upload.objects.filter(pk=upload.pk).update(exported_at=timezone.now() + later)
    return reconciliation.plan(upload_id=upload.pk)


def applied(
    by: Actor, *rows: tuple[str, str] | tuple[str, str, str], later: timedelta = timedelta(hours=1)
) -> dict[str, str]:
    """Applies such an export; ID -> the rule of its plan row."""
    upload = kept(by, *rows, later=later)
    return apply(upload, by)


def apply(upload: Upload, by: Actor) -> dict[str, str]:
    reconciliation.apply(upload_id=upload.pk, actor=by, accept_mass_change=True)
    return dict(PlanRow.objects.filter(upload=upload, dropped="").values_list("test_id", "rule"))


FREE = [(FIRST, ""), (SECOND, ""), (THIRD, "")]


@pytest.mark.parametrize("state", [ClaimState.CALLING, ClaimState.UNKNOWN])
def test_our_text_confirms_an_open_call(desk: Desk, by_sam: Actor, state: ClaimState) -> None:
    oid = desk.at(state)

    assert applied(by_sam, (FIRST, TEXT % oid), *FREE[1:]) == {FIRST: f"c.{state}"}

    assert claim_of(oid).state == ClaimState.CONFIRMED
    assert held(oid) == FIRST
    assert (row_of(FIRST).standing, row_of(FIRST).assigned_to) == (Standing.OURS, TEXT % oid)
    assert told_to_settle(oid) >= 1
    assert applied(by_sam, (FIRST, TEXT % oid), *FREE[1:], later=timedelta(hours=2)) == {}


def test_an_answer_that_comes_after_the_export_changes_nothing(desk: Desk, by_sam: Actor) -> None:
    oid = desk.open()
    revision = desk.begin(oid)
    applied(by_sam, (FIRST, TEXT % oid), *FREE[1:])

    from itep.client import Answer

    claims.record_answer(oid=oid, revision=revision, answer=Answer(Outcome.UNAVAILABLE), source="call 1")
    assert (claim_of(oid).state, held(oid)) == (ClaimState.CONFIRMED, FIRST)


def test_free_and_surely_later_did_not_arrive(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.UNKNOWN)

    assert applied(by_sam, *FREE, later=timedelta(minutes=14)) == {}
    assert applied(by_sam, *FREE, later=timedelta(minutes=16)) == {FIRST: "f.unknown"}
    assert (claim_of(oid).state, held(oid)) == (ClaimState.RESERVED, FIRST)


def test_a_pending_cancel_is_carried_out_once_it_did_not_arrive(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.UNKNOWN)
    claims.cancel(oid=oid, actor=by_sam, reason="no")

    applied(by_sam, *FREE)

    assert claim_of(oid).state == ClaimState.ENDED
    assert row_of(FIRST).is_available


@pytest.mark.parametrize(
    ("row", "rule"), [((FIRST, "Ben"), "e.reserved"), ((FIRST, "", "Started"), "g.reserved"), (None, "h.reserved")]
)
def test_a_reserved_id_that_is_gone_makes_its_claim_take_the_next(
    desk: Desk, by_sam: Actor, row: tuple[str, str] | None, rule: str
) -> None:
    oid = desk.at(ClaimState.RESERVED)
    rows = [row] if row else []

    found = applied(by_sam, *rows, (SECOND, "Carla"), (THIRD, ""))

    assert found == {FIRST: rule, SECOND: "e.free"}
    assert held(oid) == THIRD  # not the second, which the same file takes away
    assert row_of(FIRST).holder_id is None


def test_a_claim_joins_another_id_and_its_call_becomes_earlier_never_repeated(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.UNKNOWN)

    assert applied(by_sam, (FIRST, ""), (SECOND, TEXT % oid), (THIRD, "")) == {SECOND: "c.joined"}
    assert (claim_of(oid).state, held(oid)) == (ClaimState.CONFIRMED, SECOND)
    assert row_of(FIRST).holding == Holding.EARLIER
    assert not row_of(FIRST).is_available


def test_an_earlier_id_that_nobody_was_told_returns(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.UNKNOWN)
    applied(by_sam, (FIRST, ""), (SECOND, TEXT % oid), (THIRD, ""))
    claims.told(oid=oid)  # of the second

    found = applied(by_sam, (FIRST, ""), (SECOND, TEXT % oid), (THIRD, ""), later=timedelta(hours=2))

    assert found == {FIRST: "f.ended"}
    assert row_of(FIRST).is_available


def test_an_id_never_seen_is_added_and_joined(desk: Desk, by_sam: Actor) -> None:
    for _ in range(3):
        desk.open()
    waiting = desk.at(ClaimState.WAITING)

    assert applied(by_sam, *FREE, ("NEW1", TEXT % waiting)) == {"NEW1": "c.joined"}
    assert (claim_of(waiting).state, held(waiting)) == (ClaimState.CONFIRMED, "NEW1")


def test_who_reserved_an_id_that_is_somebody_elses_goes_on(desk: Desk, by_sam: Actor) -> None:
    first = desk.open()
    for _ in range(2):
        desk.open()
    waiting = desk.at(ClaimState.WAITING)

    applied(by_sam, (FIRST, TEXT % waiting), *FREE[1:])

    assert held(waiting) == FIRST
    assert claim_of(first).state == ClaimState.WAITING


def test_a_lost_assignment_is_kept_and_asks_for_a_person(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.CONFIRMED)

    assert applied(by_sam, *FREE) == {FIRST: "f.confirmed"}
    claim = claim_of(oid)
    assert (claim.state, held(oid), claim.conflict_because) == (
        ClaimState.CONFIRMED,
        FIRST,
        "An export shows its test ID free.",
    )
    assert not row_of(FIRST).is_available

    assert applied(by_sam, (FIRST, TEXT % oid), *FREE[1:], later=timedelta(hours=2)) == {FIRST: "c.confirmed"}
    assert claim_of(oid).conflict_at is None


def test_the_text_of_an_ended_request_is_to_be_cleared(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.CONFIRMED)
    claims.cancel(oid=oid, actor=by_sam, reason="no")
    TestID.objects.update(to_clear_since=None)

    assert applied(by_sam, (FIRST, TEXT % oid), *FREE[1:]) == {FIRST: "c.ended"}
    assert row_of(FIRST).to_clear_since is not None

    assert applied(by_sam, *FREE, later=timedelta(hours=2)) == {FIRST: "f.ended"}
    assert (row_of(FIRST).is_available, row_of(FIRST).to_clear_since) == (True, None)


def test_a_told_id_is_only_freed_by_a_person(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.CONFIRMED)
    claims.told(oid=oid)
    claims.cancel(oid=oid, actor=by_sam, reason="no")

    applied(by_sam, *FREE)

    assert not row_of(FIRST).is_available
    assert row_of(FIRST).holder == claim_of(oid)


def test_a_confirmed_id_that_left_the_panel_is_noted_and_comes_back(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.CONFIRMED)

    assert applied(by_sam, *FREE[1:]) == {FIRST: "h.confirmed"}
    assert row_of(FIRST).left_panel_at is not None
    assert applied(by_sam, *FREE[1:], later=timedelta(hours=2)) == {}

    applied(by_sam, (FIRST, TEXT % oid), *FREE[1:], later=timedelta(hours=3))
    assert row_of(FIRST).left_panel_at is None


def test_one_text_on_two_ids_is_a_conflict_on_both(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.UNKNOWN)

    found = applied(by_sam, (FIRST, TEXT % oid), (SECOND, TEXT % oid), (THIRD, ""))

    assert found == {FIRST: "c.second_id", SECOND: "c.second_id"}
    assert (claim_of(oid).state, claim_of(oid).conflict_at is not None) == (ClaimState.UNKNOWN, True)


def test_a_text_is_ours_by_its_record_too_if_one_claim_alone_wrote_it(desk: Desk, by_sam: Actor) -> None:
    text = "Ana Silva, by phone"
    one, two = desk.open(), desk.open()
    until = timezone.now() + timedelta(seconds=60)
    claims.begin_call(oid=one, text=text, until=until, source="call 1")

    assert applied(by_sam, (FIRST, text), *FREE[1:]) == {FIRST: "c.calling"}

    claims.begin_call(oid=two, text=text, until=until, source="call 2")
    found = applied(by_sam, (FIRST, text), (SECOND, text), (THIRD, ""), later=timedelta(hours=2))
    assert found == {FIRST: "e.confirmed"}  # nobody's now; and for the second, which is calling, nothing is said


def test_what_moved_since_the_preview_is_dropped_and_named(desk: Desk, by_sam: Actor) -> None:
    upload = kept(by_sam, (SECOND, ""), (THIRD, ""))
    oid = desk.open()  # takes the first, which the file lacks
    assert held(oid) == FIRST

    apply(upload, by_sam)

    assert list(PlanRow.objects.values_list("test_id", "dropped")) == [(FIRST, "changed since the preview")]
    assert held(oid) == FIRST


def test_a_change_that_was_not_shown_is_refused(desk: Desk, by_sam: Actor) -> None:
    upload = kept(by_sam, *FREE)
    TestID.objects.filter(test_id=FIRST).update(standing=Standing.WITHDRAWN, revision=F("revision") + 1)

    with pytest.raises(PlanMoved, match=FIRST):
        apply(upload, by_sam)
    assert row_of(FIRST).standing == Standing.WITHDRAWN


def test_killed_in_the_middle_it_goes_on(desk: Desk, by_sam: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inventory.plan_chunks.NEW_CHUNK", 1)
    upload = kept(by_sam, *FREE, ("N1", ""), ("N2", ""), ("N3", ""))
    reconciliation.begin(upload_id=upload.pk, actor=by_sam)
    assert reconciliation.go_on(upload_id=upload.pk, actor=by_sam)
    assert TestID.objects.count() == 4

    apply(upload, by_sam)

    assert TestID.objects.count() == 6
    assert AuditEntry.objects.filter(verb="test_id.added").count() == 3


def test_those_who_wait_are_served_after_apply(desk: Desk, by_sam: Actor) -> None:
    for _ in range(4):
        desk.open()
    before = Entry.objects.filter(kind="fulfillment.serve_waiting").count()

    applied(by_sam, *FREE, ("N1", ""))

    assert Entry.objects.filter(kind="fulfillment.serve_waiting").count() == before + 1


def test_the_same_export_again_changes_no_claim(desk: Desk, by_sam: Actor) -> None:
    oid = desk.at(ClaimState.UNKNOWN)
    applied(by_sam, (FIRST, TEXT % oid), *FREE[1:])
    before = list(Claim.objects.values_list("revision", flat=True))

    assert applied(by_sam, (FIRST, TEXT % oid), *FREE[1:]) == {}
    assert list(Claim.objects.values_list("revision", flat=True)) == before


def test_an_older_export_adds_nothing_that_a_newer_one_lacks_while_both_are_applied(
    desk: Desk, by_sam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory.plan_chunks.NEW_CHUNK", 1)
    older = kept(by_sam, *FREE, ("N1", ""), ("N2", ""))
    reconciliation.begin(upload_id=older.pk, actor=by_sam)
    assert reconciliation.go_on(upload_id=older.pk, actor=by_sam)
    newer = kept(by_sam, *FREE, ("N1", ""), ("N3", ""), later=timedelta(hours=2))
    reconciliation.begin(upload_id=newer.pk, actor=by_sam)

    apply(older, by_sam)

    assert not TestID.objects.filter(test_id="N2").exists()
    assert PlanRow.objects.get(upload=older, test_id="N2").dropped == "changed since the preview"
    apply(newer, by_sam)
    assert set(TestID.objects.available().values_list("test_id", flat=True)) == {FIRST, SECOND, THIRD, "N1", "N3"}


@pytest.mark.parametrize("clash", [IntegrityError, OperationalError])
def test_a_chunk_that_clashed_with_another_apply_goes_again(
    desk: Desk, by_sam: Actor, monkeypatch: pytest.MonkeyPatch, clash: type[Exception]
) -> None:
    upload = kept(by_sam, *FREE, ("N1", ""))
    once, left = set_writing.write_new, [clash("deadlock detected")] * 2

    def clashing(*args: Any, **values: Any) -> int:
        written = once(*args, **values)
        if left:
            raise left.pop()
        return written

    monkeypatch.setattr(set_writing, "write_new", clashing)
    apply(upload, by_sam)

    assert TestID.objects.filter(test_id="N1").count() == 1
    assert AuditEntry.objects.filter(verb="test_id.added", test_id="N1").count() == 1


def test_one_that_clashes_for_ever_says_so(desk: Desk, by_sam: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = kept(by_sam, *FREE, ("N1", ""))

    def clashing(*args: Any, **values: Any) -> int:
        raise OperationalError("deadlock detected")

    monkeypatch.setattr(set_writing, "write_new", clashing)
    with pytest.raises(OperationalError):
        apply(upload, by_sam)
    assert Upload.objects.get(pk=upload.pk).state == "applying"

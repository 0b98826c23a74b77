"""The minute's undo: nothing is told to iTEP before, and then either all of it comes back or none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import acts, batch_files, batch_stock, batches, calling, holding, undoing
from fulfillment.errors import CannotUndo, DoesNotFit
from fulfillment.models import NOT_YET, Batch, BatchState, Fulfillment, Mail, RowState, State
from fulfillment.sheet_requests import Same
from inventory import claims, queries, texts
from inventory.errors import ClaimMoved
from inventory.models import Claim, ClaimState, Product, TestID
from outbox.models import Entry, EntryState
from outbox.registry import Postpone
from tests.conftest import stock
from tests.fulfillment.conftest import work
from tests.fulfillment.pretend_itep import PretendItep

pytestmark = pytest.mark.django_db


def given(product: Product, actor: Actor, number: int = 3, **more: Any) -> Batch:
    """A batch that somebody said yes to, and that the worker has gone through."""
    lines = "".join(f"Person {one},p{one}@example.org\n" for one in range(number))
    content = f"name,email\n{lines}".encode()
    batch = batch_files.keep(content=content, file_name="a.csv", same=Same(product), actor=actor)
    batches.confirm(batch_id=batch.pk, actor=actor, **more)
    work()
    batch.refresh_from_db()
    return batch


def minute_passes(batch: Batch) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Batch.objects.filter(pk=batch.pk).update(calls_from=past)
    Entry.objects.filter(state=EntryState.PENDING).update(due_at=past)


def free() -> int:
    return TestID.objects.filter(holder__isnull=True).count()


def test_no_call_begins_before_the_minute_is_over(called: Product, by_sam: Actor, itep: PretendItep) -> None:
    stock(called, 3)
    batch = given(called, by_sam)
    assert (len(itep.asked), free(), set(batch.all.values_list("state", flat=True))) == (0, 0, {State.CLAIMED})
    minute_passes(batch)
    work()
    assert (len(itep.asked), set(batch.all.values_list("state", flat=True))) == (3, {State.SENT})
    assert Mail.objects.count() == 3


def test_a_call_that_is_due_too_early_is_put_off(called: Product, by_sam: Actor, itep: PretendItep) -> None:
    """Whatever wrote it: the entry's time is a convenience, the batch has the last word."""
    stock(called, 3)
    batch = given(called, by_sam)
    Entry.objects.filter(state=EntryState.PENDING).update(due_at=timezone.now() - timedelta(hours=1))
    work()
    assert len(itep.asked) == 0
    entry = Entry.objects.filter(state=EntryState.PENDING).first()
    assert entry is not None
    with pytest.raises(Postpone) as later:
        calling.prepare(entry, timezone.now())
    assert later.value.until == batch.calls_from


def test_undone_as_if_nobody_had_asked(called: Product, by_sam: Actor, itep: PretendItep) -> None:
    stock(called, 2)
    batch = given(called, by_sam)
    assert (batch.all.filter(state=State.WAITING).count(), free()) == (1, 0)
    undoing.undo(batch_id=batch.pk, actor=by_sam)
    batch.refresh_from_db()
    assert (batch.state, free(), set(batch.all.values_list("state", flat=True))) == ("undone", 2, {State.CANCELLED})
    assert set(batch.rows.values_list("state", flat=True)) == {RowState.UNDONE}
    assert set(Claim.objects.values_list("state", flat=True)) == {ClaimState.ENDED}
    minute_passes(batch)
    work()
    assert (len(itep.asked), Mail.objects.count(), free()) == (0, 0, 2)
    told = AuditEntry.objects.filter(verb__in=["claim.cancelled", "fulfillment.cancelled", "batch.undone"])
    assert sorted(told.values_list("verb", flat=True)) == [
        "batch.undone",
        *["claim.cancelled"] * 3,
        *["fulfillment.cancelled"] * 3,
    ]
    assert {one.user for one in told} == {by_sam.user}


def test_undone_while_it_is_still_being_given(called: Product, by_sam: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    stock(called, 5)
    monkeypatch.setattr(batches, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr("tests.fulfillment.test_undoing.work", lambda: None)
    batch = given(called, by_sam, 5)
    entry = Entry.objects.get(kind=batches.KIND)
    assert batches.run(entry) is not None
    undoing.undo(batch_id=batch.pk, actor=by_sam)
    assert batches.run(entry) is None
    assert (batch.rows.filter(state=RowState.UNDONE).count(), batch.all.count(), free()) == (5, 2, 5)


def test_too_late_once_the_first_was_called(called: Product, by_sam: Actor, itep: PretendItep) -> None:
    stock(called, 3)
    batch = given(called, by_sam)
    minute_passes(batch)
    first = Entry.objects.filter(kind="fulfillment.call").order_by("pk")[0]
    calling.prepare(first, timezone.now() + timedelta(seconds=30))
    before = sorted(Claim.objects.values_list("state", "revision"))
    with pytest.raises(CannotUndo, match="1 of its tests"):
        undoing.undo(batch_id=batch.pk, actor=by_sam)
    assert sorted(Claim.objects.values_list("state", "revision")) == before
    batch.refresh_from_db()
    assert (batch.state, undoing.can_undo(batch), free()) == (BatchState.CONFIRMED, False, 0)
    other = next(one for one in batch.all.all() if one.oid != first.oid)
    acts.cancel(oid=other.oid, actor=by_sam, reason="one by one")
    assert free() == 1


def test_what_works_by_hand_is_held_back_too(academic: Product, by_sam: Actor) -> None:
    stock(academic, 3)
    batch = given(academic, by_sam)
    one = batch.all.all()[0]
    assert queries.todo_at_itep().assign == []
    for refused in (
        lambda: claims.text_taken(oid=one.oid, text=texts.text_for(one.oid), actor=by_sam),
        lambda: claims.done_at_itep(oid=one.oid, actor=by_sam),
    ):
        with pytest.raises(ClaimMoved, match="can still be undone"):
            refused()
    minute_passes(batch)
    assert len(queries.todo_at_itep().assign) == 3
    assert undoing.can_undo(batch)
    claims.text_taken(oid=one.oid, text=texts.text_for(one.oid), actor=by_sam)
    with pytest.raises(CannotUndo):
        undoing.undo(batch_id=batch.pk, actor=by_sam)
    assert batch.all.filter(state=State.CANCELLED).count() == 0


def test_who_waits_gets_what_the_undo_frees(academic: Product, by_sam: Actor, give_test: Any) -> None:
    stock(academic, 2)
    batch = given(academic, by_sam, 2)
    waits = give_test(academic)
    assert waits.state == State.WAITING
    undoing.undo(batch_id=batch.pk, actor=by_sam)
    work()
    waits.refresh_from_db()
    assert (waits.state, free()) == (State.CLAIMED, 1)


def test_undone_twice_is_refused(academic: Product, by_sam: Actor) -> None:
    batch = given(academic, by_sam, 1)
    undoing.undo(batch_id=batch.pk, actor=by_sam)
    with pytest.raises(CannotUndo, match="nothing to undo"):
        undoing.undo(batch_id=batch.pk, actor=by_sam)
    assert AuditEntry.objects.filter(verb="batch.undone").count() == 1


def test_nothing_unless_all_fit_is_refused_at_the_yes(sam_browser: Client, academic: Product, by_sam: Actor) -> None:
    stock(academic, 2)
    with pytest.raises(DoesNotFit) as refused:
        given(academic, by_sam, all_or_nothing=True)
    assert (refused.value.waiting, Entry.objects.count()) == (1, 0)
    batch = Batch.objects.get()
    page = sam_browser.get(f"/candidates/batches/{batch.pk}/").content.decode()
    assert "ACAD-PLUS: 2 available, 3 rows: 2 get one now, 1 wait in order" in page
    answer = sam_browser.post(f"/candidates/batches/{batch.pk}/confirm/", {"stock": "all"})
    assert (answer.status_code, "1 of its rows would have to wait" in answer.content.decode()) == (409, True)
    assert Fulfillment.objects.count() == 0


def test_nothing_unless_all_fit_is_judged_again_as_it_is_given(
    called: Product, by_sam: Actor, itep: PretendItep, monkeypatch: pytest.MonkeyPatch, give_test: Any
) -> None:
    """The stock moved between two chunks: what was given already goes back, and iTEP has heard of none."""
    stock(called, 3)
    monkeypatch.setattr(batches, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr("tests.fulfillment.test_undoing.work", lambda: None)
    batch = given(called, by_sam, 3, all_or_nothing=True)
    assert batch.calls_from == NOT_YET
    entry = Entry.objects.get(kind=batches.KIND)
    assert batches.run(entry) is not None
    TestID.objects.filter(holder__isnull=True).update(set_aside_at=timezone.now())
    assert batches.run(entry) is None
    batch.refresh_from_db()
    assert (batch.state, set(batch.rows.values_list("state", flat=True))) == (BatchState.UNDONE, {RowState.UNDONE})
    assert (free(), "not every row could get a test ID" in batch.why_undone) == (3, True)
    assert AuditEntry.objects.get(verb="batch.undone").actor_kind == "system"


def test_all_or_nothing_calls_once_every_row_has_its_id(
    called: Product, by_sam: Actor, itep: PretendItep, settings: Settings
) -> None:
    settings.BATCH_UNDO_SECONDS = 0
    stock(called, 3)
    batch = given(called, by_sam, all_or_nothing=True)
    work()
    assert (len(itep.asked), batch.calls_from == batch.confirmed_at) == (3, True)
    assert not holding.held().exists()


def test_the_room_for_a_batch(academic: Product, by_sam: Actor, give_test: Any) -> None:
    stock(academic, 2)
    batch = batch_files.keep(
        content=b"name,email\nA,a@example.org\nB,b@example.org\nC,c@example.org\n",
        file_name="a.csv",
        same=Same(academic),
        actor=by_sam,
    )

    def fit() -> tuple[int, int]:
        (one,) = batch_stock.fits(batch)
        return one.now, one.later

    assert fit() == (2, 1)
    Product.objects.update(paused_at=timezone.now())
    assert fit() == (0, 3)
    Product.objects.update(paused_at=None, source="sale")
    assert fit() == (3, 0)


def test_the_page_counts_down_and_undoes(sam_browser: Client, called: Product, by_sam: Actor) -> None:
    stock(called, 3)
    batch = given(called, by_sam)
    page = sam_browser.get(f"/candidates/batches/{batch.pk}/").content.decode()
    assert ("iTEP is told in" in page, "hx-trigger" in page) == (True, True)
    shown = sam_browser.post(f"/candidates/batches/{batch.pk}/undo/", follow=True).content.decode()
    assert ("This batch was undone" in shown, "Undone by Sam Staff." in shown, free()) == (True, True, 3)


def test_later_row_by_row_as_far_as_itep_was_told_nothing(
    sam_browser: Client, academic: Product, by_sam: Actor
) -> None:
    stock(academic, 2)
    batch = given(academic, by_sam)
    minute_passes(batch)
    told, reserved, waits = batch.rows.select_related("fulfillment")
    assert told.fulfillment is not None
    claims.text_taken(oid=told.fulfillment.oid, text="{}", actor=by_sam)
    assert "Choose Person 1" in sam_browser.get(f"/candidates/batches/{batch.pk}/").content.decode()
    asked = {"row": [row.pk for row in (told, reserved, waits)]}
    page = f"/candidates/batches/{batch.pk}/cancel/"
    shown = sam_browser.post(page, asked, follow=True).content.decode()
    assert ("Nothing was cancelled." in shown, batch.all.filter(state=State.CANCELLED).count()) == (True, 0)
    shown = sam_browser.post(page, {**asked, "reason": "wrong class"}, follow=True).content.decode()
    assert ("2 tests were cancelled." in shown, "1 were left" in shown, free()) == (True, True, 1)
    assert list(batch.all.order_by("pk").values_list("state", flat=True)) == ["claimed", "cancelled", "cancelled"]

"""Exports of iTEP, and what others do there, as rules of the state machine."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

import pytest
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from inventory import reconciliation, uploads
from inventory.models import Cause, PlanRow, Upload
from inventory.models.uploads import UploadState
from inventory.planning import MASS
from inventory.reconciliation import CannotApply, YesMissing
from inventory.sheets import UnreadableFile
from tests.inventory.itep_model import File, Shape, Snapshot, export, scope_of
from tests.inventory.machine_hand_work import HandWork
from tests.inventory.machine_requests import Story
from tests.inventory.machine_world import BY, EXAMPLES, STOCK
from tests.inventory.standing_rules import Kind

TRUE = [Shape.WHOLE, Shape.WHOLE, Shape.ONE_PRODUCT, Shape.READY_ROWS, Shape.READY_ONLY]
SHAPES = st.sampled_from([*TRUE, *(one for one in Shape if one not in TRUE)])
MOST_AT_ITEP = 12
STALE = st.sampled_from([0, 0, 1])
WAITS = st.sampled_from([timedelta(), timedelta(minutes=3), timedelta(minutes=16), timedelta(minutes=16)])


class Outside(StrEnum):
    """What others do at iTEP."""

    ASSIGNED = "assigned to somebody else"
    EMPTIED = "Assigned-to emptied"
    COPIED = "our text copied to another ID"
    MOVED = "our text moved to another ID"
    ANOTHER_STATUS = "another status"
    ANOTHER_PRODUCT = "another product"
    DELETED = "deleted"
    BOUGHT = "bought"


OTHERS = ["Ben Outside", "Carla Outside, carla@elsewhere.test"]
STATUSES = ["Started", "Completed", "Disabled", "Ready", "Odd"]


@dataclass(frozen=True, slots=True)
class Shown:
    """An upload with its preview."""

    pk: int
    shape: Shape
    snapshot: Snapshot


class Exports(HandWork):
    """Exports uploaded, previewed, applied whole or by chunks; and a world outside that assigns, tests and buys."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Shown] = []
        self.begun: dict[int, Shown] = {}

    @initialize(idempotent=st.booleans(), stories=st.lists(st.sampled_from(Story), min_size=1, max_size=3))
    def a_stock_that_is_known(self, idempotent: bool, stories: list[Story]) -> None:
        """And a few requests, each as far as its story goes."""
        self.itep.idempotent = idempotent
        for code, count in STOCK.items():
            for _ in range(count):
                self.itep.buy(code)
        snapshot = self.take()
        assert snapshot is not None
        self.apply(self.show(snapshot, Shape.WHOLE), yes=True)
        for story in stories:
            self.lead("ACAD", story)

    def take(self) -> Snapshot | None:
        """A download; None of an empty panel."""
        if not self.itep.rows:
            return None
        snapshot = self.itep.snapshot(timezone.now())
        self.past = [*self.past[-5:], snapshot]
        return snapshot

    @rule(
        data=st.data(),
        shape=SHAPES,
        yes=st.sampled_from([True, True, False]),
        wait=WAITS,
        stale=STALE,
    )
    def an_export_is_applied(self, data: st.DataObject, shape: Shape, yes: bool, wait: timedelta, stale: int) -> None:
        """Downloaded now, or once before."""
        self.clock.shift(wait)
        if snapshot := self.draw(data, self.past, "snapshot") if stale and self.past else self.take():
            self.apply(self.show(snapshot, shape), yes=yes)

    @rule(shape=SHAPES)
    def an_export_is_previewed(self, shape: Shape) -> None:
        if snapshot := self.take():
            self.shown.append(self.show(snapshot, shape))

    @precondition(lambda self: self.shown)
    @rule(data=st.data(), yes=st.booleans())
    def a_preview_is_applied(self, data: st.DataObject, yes: bool) -> None:
        shown = self.draw(data, self.shown, "upload")
        self.shown.remove(shown)
        self.apply(shown, yes=yes)

    @precondition(lambda self: self.shown)
    @rule(data=st.data())
    def a_preview_is_made_again(self, data: st.DataObject) -> None:
        shown = self.draw(data, self.shown, "upload")
        self.does(Kind.PLAN)
        reconciliation.plan(upload_id=shown.pk)
        self.nothing_changed()

    @precondition(lambda self: self.shown)
    @rule(data=st.data(), yes=st.booleans())
    def a_preview_begins_to_be_applied(self, data: st.DataObject, yes: bool) -> None:
        shown = self.draw(data, self.shown, "upload")
        self.shown.remove(shown)
        self.begin_to_apply(shown, yes=yes)

    @precondition(lambda self: self.begun)
    @rule(data=st.data())
    def one_more_chunk(self, data: st.DataObject) -> None:
        shown = self.draw(data, list(self.begun.values()), "upload")
        self.go_on(shown)

    def what_was_applied_is_not_applied_again(self) -> None:
        for pk in Upload.objects.filter(state=UploadState.APPLIED).order_by("id").values_list("id", flat=True):
            self.does(Kind.PLAN)
            assert not reconciliation.go_on(upload_id=pk, actor=BY)
            with pytest.raises(CannotApply):
                reconciliation.apply(upload_id=pk, actor=BY, accept_mass_change=True)
            self.nothing_changed()

    def show(self, snapshot: Snapshot, shape: Shape) -> Shown:
        """Kept and planned: nothing else changes, and the counts are those of the IDs seen."""
        self.does(Kind.PLAN)
        file = export(snapshot, shape)
        upload = uploads.keep(
            content=file.content,
            file_name="available-tests.csv",
            actor=BY,
            exported_at=snapshot.at,
            scope=scope_of(shape),
            ready_only=file.ready_only,
        )
        shown = Shown(upload.pk, shape, snapshot)
        if not file.lines:
            with pytest.raises(UnreadableFile):
                reconciliation.plan(upload_id=upload.pk)
        else:
            self._check_counts(reconciliation.plan(upload_id=upload.pk), file, shape)
        self.nothing_changed()
        EXAMPLES[f"file: {shape}"] += 1
        return shown

    def _check_counts(self, upload: Upload, file: File, shape: Shape) -> None:
        seen, unreadable = file.ids()
        codes = {line[2 if shape == Shape.SWAPPED else 1] for line in file.lines if line[0] in seen}
        absent = [
            one
            for one, row in self.now.ids.items()
            if one not in seen and (shape == Shape.WHOLE or row.product in codes)
        ]
        assert sum(upload.counts.values()) == len(seen) + unreadable + len(absent), (upload.counts, seen, absent)
        assert upload.counts[Cause.INVALID] == unreadable + (shape in (Shape.BROKEN_ROW, Shape.TWICE))
        kinds = [(one["kind"], one.get("product", "")) for one in upload.warnings]
        for product, number in self._mass(upload).items():
            of = sum(row.product == product for row in self.now.ids.values())
            assert (("mass_change", product) in kinds) == (number * 5 > of), f"{number} of {of}: {upload.warnings}"
        assert (("withdrawals", "") in kinds) == bool(unreadable and upload.counts[Cause.WITHDRAWN])

    def _mass(self, upload: Upload) -> Counter[str]:
        rows = PlanRow.objects.filter(upload=upload, cause__in=MASS).values_list("test_id", flat=True)
        return Counter(self.now.ids[one].product for one in rows)

    def begin_to_apply(self, shown: Shown, *, yes: bool) -> bool:
        self.does(Kind.EXPORT, word_at=shown.snapshot.at)
        needed = {one["kind"] for one in Upload.objects.get(pk=shown.pk).warnings} & {"mass_change", "withdrawals"}
        refused = self._refused(shown, yes=yes)
        if refused is not None:
            assert isinstance(refused, YesMissing) == bool(needed and not yes), refused
            self.nothing_changed()
            EXAMPLES[f"refused: {type(refused).__name__}"] += 1
            return False
        assert yes or not needed, f"it needed a yes for {needed}"
        self.begun[shown.pk] = shown
        self.lied = self.lied or shown.shape.lies
        return True

    def _refused(self, shown: Shown, *, yes: bool) -> CannotApply | None:
        try:
            reconciliation.begin(upload_id=shown.pk, actor=BY, accept_withdrawals=yes, accept_mass_change=yes)
        except CannotApply as why:
            return why
        return None

    def go_on(self, shown: Shown) -> bool:
        self.does(Kind.EXPORT, word_at=shown.snapshot.at)
        if reconciliation.go_on(upload_id=shown.pk, actor=BY):
            return True
        del self.begun[shown.pk]
        assert Upload.objects.get(pk=shown.pk).state == UploadState.APPLIED
        return False

    def apply(self, shown: Shown, *, yes: bool) -> None:
        if self.begin_to_apply(shown, yes=yes):
            while self.go_on(shown):
                pass

    @precondition(lambda self: self.itep.rows)
    @rule(data=st.data(), what=st.sampled_from([*Outside, Outside.EMPTIED, Outside.ASSIGNED]))
    def something_happens_at_itep(self, data: st.DataObject, what: Outside) -> None:
        """Nobody tells the portal. Downloads of it lie about, to be uploaded one day."""
        self.take()
        free = [one for one, row in self.itep.rows.items() if row.is_free]
        ours = [one for one, row in self.itep.rows.items() if any(map(row.carries, self.candidates))]
        texts = [one for one, row in self.itep.rows.items() if row.text]
        of = {Outside.ASSIGNED: free, Outside.EMPTIED: texts, Outside.COPIED: ours, Outside.MOVED: ours}
        some = of.get(what, list(self.itep.rows))
        if not some or (what in (Outside.COPIED, Outside.MOVED) and not free):
            return
        test_id = self.draw(data, some, "ID")
        match what:
            case Outside.ASSIGNED:
                self._changes(test_id, text=data.draw(st.sampled_from(OTHERS)))
            case Outside.EMPTIED:
                self._changes(test_id, text="")
            case Outside.COPIED | Outside.MOVED:
                self._changes(self.draw(data, free, "to"), text=self.itep.rows[test_id].text)
                if what == Outside.MOVED:
                    self._changes(test_id, text="")
            case Outside.ANOTHER_STATUS:
                self._changes(test_id, status=data.draw(st.sampled_from(STATUSES)))
            case Outside.ANOTHER_PRODUCT:
                self._changes(test_id, product=data.draw(st.sampled_from(["ACAD", "HAND", "NEW"])))
            case Outside.DELETED:
                del self.itep.rows[test_id]
            case Outside.BOUGHT:
                if len(self.itep.rows) < MOST_AT_ITEP:
                    self.itep.buy(data.draw(st.sampled_from(["ACAD", "HAND", "PICK"])))

    def _changes(self, test_id: str, **what: str) -> None:
        self.itep.rows[test_id] = replace(self.itep.rows[test_id], **what)
        for written in self.itep.written.values():
            if "text" in what:
                written.discard(test_id)

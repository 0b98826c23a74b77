"""The proof of DESIGN.md sections 4 and 5: a portal and a model of iTEP, led through whatever may happen.

Requests, calls of every outcome, cancels, webhooks, hand work and exports (fresh, stale, cut short, mis-mapped, applied
by chunks) in any order; the rules are asked after every step (tests/inventory/standing_rules.py), and at the end one
fresh export has to leave no difference that no conflict names. `FULL=1` runs many more.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from hypothesis.stateful import run_state_machine_as_test

from inventory.models import ClaimState, PlanRow
from itep.client import Answer, Outcome
from itep.statuses import read_status
from tests.inventory.itep_model import Shape
from tests.inventory.machine_exports import Exports
from tests.inventory.machine_world import EXAMPLES, profile


class Reconciliation(Exports):
    """All of it, and its end."""

    def at_the_end(self) -> None:
        """Calls come to their end, uploads too; then a fresh export, surely later than all."""
        for flight in self.in_flight():
            self.land(flight, Answer(Outcome.UNKNOWN))
            self.the_rules_hold()
        for shown in list(self.begun.values()):
            while self.go_on(shown):
                self.the_rules_hold()
        self.what_was_applied_is_not_applied_again()
        for _ in range(2):
            self.clock.shift(timedelta(days=1))
            snapshot = self.take()
            if snapshot is None:
                return
            shown = self.show(snapshot, Shape.WHOLE)
            self.apply(shown, yes=True)
            self.the_rules_hold()
            if not PlanRow.objects.filter(upload=shown.pk).exclude(dropped="").exists():
                break  # else what it moved itself is named, and the next one brings it
        self._section_5_no_unexplained_difference()

    def _section_5_no_unexplained_difference(self) -> None:
        """The mirror is what iTEP has; what stands otherwise than we hold it is a conflict that says why."""
        for test_id, row in self.itep.rows.items():
            seen = self.now.ids[test_id]
            there = (row.product, str(read_status(row.status) or ""), row.text)
            assert there == (seen.product, seen.status, seen.text), f"{test_id}: {there} at iTEP, here {seen}"
            assert not seen.is_available or row.is_free
            free = row.is_free and seen.holder is None and not seen.set_aside
            assert seen.is_available or not free, f"{test_id} is free, and not available: {seen}"
        for one in self.now.in_state(ClaimState.CONFIRMED):
            row_there = self.itep.rows.get(one.current)
            if row_there is None:
                assert self.now.ids[one.current].left_panel or one.conflict
            elif not row_there.carries(one.oid) and (row_there.text or row_there.status == "Ready"):
                assert one.conflict, f"{one.oid} holds {one.current}, where {row_there} stands, and nobody is told"
        for one in self.now.in_state(ClaimState.UNKNOWN):
            standing = self.itep.standing_for(one.oid)
            assert not standing or one.conflict, f"{one.oid} stands on {standing}, and is still unknown"


@pytest.mark.django_db
def test_the_rules_hold_whatever_happens() -> None:
    examples = 40 if connection.vendor == "sqlite" else 15  # some 20 s each
    try:
        run_state_machine_as_test(Reconciliation, settings=profile(examples, 25, full=4_000))
    finally:
        print(dict(sorted(EXAMPLES.items())))  # how far it came, also where it failed or was stopped

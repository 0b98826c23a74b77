"""The world of the state machine: a small portal, a small iTEP, a clock, and the rules asked after every step."""

from __future__ import annotations

import os
import sys
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from uuid import UUID

import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import RuleBasedStateMachine, invariant

from access.actors import Actor
from inventory import announcing, statement, texts
from inventory.models import Calls, ClaimSource, ClaimState, PlanRow, Product, Source, Upload
from inventory.models.uploads import UploadState
from outbox.models import Entry, EntryState
from tests.inventory import standing_rules as rules
from tests.inventory.itep_model import Itep, Snapshot
from tests.inventory.standing_rules import Kind, Portal, Step

FULL = os.environ.get("FULL") == "1"
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
STOCK = {"ACAD": 4, "HAND": 2, "PICK": 2}
BY = Actor.command("machine")
EXAMPLES = Counter[str]()  # what all examples together did: for the report of a long run, and for its test

PHASES = (Phase.generate,) if os.environ.get("SHRINK") == "0" else (Phase.generate, Phase.shrink)
HEALTH = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def profile(examples: int, steps: int, *, full: int) -> hypothesis_settings:
    """Bounded and the same each time; `FULL=1` looks further, each time elsewhere."""
    return hypothesis_settings(
        max_examples=full if FULL else examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=not FULL,
        database=None,
        print_blob=True,
        report_multiple_bugs=False,
        phases=PHASES,
        suppress_health_check=HEALTH,
    )


RULES = (
    "rule_1_one_id_one_claim",
    "rule_1_no_two_were_told_one_id",
    "rule_1_no_text_of_ours_on_two_ids",
    "rule_2_an_older_word_never_overwrites_a_newer",
    "rule_5_an_unknown_is_settled_by_evidence_or_a_person",
    "rule_5_what_did_not_arrive_cannot_arrive",
    "rule_5_a_sale_is_never_repeated",
    "rule_5_nothing_is_told_before_it_is_confirmed",
    "rule_10_every_change_has_an_author",
    "rule_11_no_secret_stands_in_clear",
    "section_2_what_is_available",
    "section_5_the_stock_statement_balances",
    "section_5_nobody_waits_forgotten_beside_stock",
)


class World(RuleBasedStateMachine):
    """Every rule begins with `self.does(kind)`; after it the portal before and after are compared."""

    def __init__(self) -> None:
        super().__init__()
        self.held = ExitStack()
        self.clock = self.held.enter_context(time_machine.travel(START, tick=False))
        self.held.enter_context(transaction.atomic())
        self.held.callback(transaction.set_rollback, True)
        dialect = replace(settings.ITEP_DIALECT, request=replace(settings.ITEP_DIALECT.request, test_id="test_id"))
        self.held.enter_context(override_settings(ITEP_BASE_URL="http://itep.test", ITEP_DIALECT=dialect))
        self.held.enter_context(patch.object(texts, "_composers", [self.text_of]))
        self.held.enter_context(patch("inventory.plan_chunks.MIRROR_CHUNK", 2))
        self.held.enter_context(patch("inventory.plan_chunks.CLAIM_CHUNK", 1))
        self.itep = Itep()
        self.past: list[Snapshot] = []
        self.candidates: dict[UUID, str] = {}  # oid -> name
        self.outside = ["Twice T.", "Ben Outside", "Carla Outside", "carla@"]  # in texts that others wrote
        self.told: dict[str, UUID] = {}
        self.lied = False  # a file that says what is not so was applied
        self.steps = 0
        self.step = Step()
        self.before = Portal()
        self._now: Portal | None = None
        self._asked = True  # whether the rules were asked after this step
        self._scanned: dict[str, int] = {}
        self.products = {code: self._product(code) for code in ("ACAD", "HAND", "PICK", "SALE")}
        EXAMPLES["examples"] += 1

    def _product(self, code: str) -> Product:
        product = Product(
            code=code,
            calls=Calls.MANUAL if code == "HAND" else Calls.API,
            source=Source.SALE if code == "SALE" else Source.INVENTORY,
        )
        product.set_api_key(f"key of {code}")
        product.save()
        return product

    def text_of(self, oid: UUID) -> str:
        name = self.candidates[oid]
        return f'{{"name": "{name}", "email": "{name.replace(" ", ".").lower()}@example.org", "oid": "{oid}"}}'

    @property
    def now(self) -> Portal:
        """The portal after the step, looked at once."""
        if self._now is None:
            self._now = rules.look()
        return self._now

    def does(self, kind: Kind, *, word_at: datetime | None = None) -> None:
        """A step begins, one second after the last."""
        if not self._asked:
            self.the_rules_hold()
        self.before, self.step, self._now, self._asked = self.now, Step(kind, word_at), None, False
        self.clock.shift(timedelta(seconds=1))
        self.steps += 1
        EXAMPLES["steps"] += 1
        EXAMPLES[f"did: {kind}"] += 1

    def nothing_changed(self) -> None:
        """What was refused left no mark."""
        assert (self.now.claims, self.now.ids) == (self.before.claims, self.before.ids)

    def secrets(self) -> list[str]:
        names = list(self.candidates.values())
        emails = [name.replace(" ", ".").lower() + "@" for name in names]
        return [*names, *emails, *self.outside, "open sesame"]

    @invariant()
    def the_rules_hold(self) -> None:
        for name in RULES:
            getattr(self, name)()
        self._asked = True

    def rule_1_one_id_one_claim(self) -> None:
        rules.rule_1_one_id_one_claim(self.now)

    def rule_1_no_two_were_told_one_id(self) -> None:
        """By the portal or by iTEP, unless a person released it between."""
        rules.rule_1_who_was_told_keeps_it(self.before, self.now, self.step, self.told)
        while self.itep.told:
            test_id, oid = self.itep.told.pop()
            assert self.told.setdefault(test_id, oid) == oid, f"{test_id} was told to two"

    def rule_1_no_text_of_ours_on_two_ids(self) -> None:
        """At iTEP, by our doing, unless iTEP itself answered otherwise, or a file lied."""
        for oid in self.itep.written:
            if not self.lied and oid not in self.itep.answered_otherwise:
                assert len(self.itep.our_doing(oid)) <= 1, f"{oid} stands on {self.itep.our_doing(oid)}"

    def rule_2_an_older_word_never_overwrites_a_newer(self) -> None:
        rules.rule_2_newer_word(self.before, self.now, self.step)

    def rule_5_an_unknown_is_settled_by_evidence_or_a_person(self) -> None:
        rules.rule_5_unknown(self.before, self.now, self.step)

    def rule_5_what_did_not_arrive_cannot_arrive(self) -> None:
        """Asked where calls are known."""

    def rule_5_a_sale_is_never_repeated(self) -> None:
        assert all(number == 1 for number in self.itep.sold.values()), self.itep.sold

    def rule_5_nothing_is_told_before_it_is_confirmed(self) -> None:
        rules.rule_5_nothing_told_before_confirmed(self.before, self.now, self.step)

    def rule_10_every_change_has_an_author(self) -> None:
        rules.rule_10_every_change_has_an_author(self.before, self.now, self.step)

    def rule_11_no_secret_stands_in_clear(self) -> None:
        rules.rule_11_no_secret_in_clear({"access_auditentry": self.before.trail}, self.secrets())
        if self.step.kind in (Kind.PLAN, Kind.EXPORT):
            tables = dict.fromkeys(("inventory_planrow", "inventory_upload"), 0)
            rules.rule_11_no_secret_in_clear(tables, self.secrets())

    def section_5_the_stock_statement_balances(self) -> None:
        assert statement.imbalance() == {}

    def section_2_what_is_available(self) -> None:
        rules.section_2_availability(self.now)

    def section_5_nobody_waits_forgotten_beside_stock(self) -> None:
        """Who waits while there is stock has an entry of the outbox, or an upload in work, that will serve them."""
        waiting = {(one.product, one.source) for one in self.now.in_state(ClaimState.WAITING)}
        for code, source in waiting:
            product = Product.objects.get(code=code)
            left = self._left(code, source)
            if product.paused_at is None and left > 0 and not self.applying():
                assert self.to_serve(code).exists(), f"{left} of {code} are free, somebody waits, and nobody is told"

    def _left(self, code: str, source: str) -> int:
        available = sum(row.is_available for row in self.now.ids.values() if row.product == code)
        outstanding = [
            one
            for one in self.now.in_state(ClaimState.RESERVED, ClaimState.CALLING, ClaimState.UNKNOWN)
            if one.source == source == ClaimSource.ITEP_PICKS and one.product == code
        ]
        return available - len(outstanding)

    def applying(self) -> list[int]:
        return list(Upload.objects.filter(state=UploadState.APPLYING).order_by("id").values_list("id", flat=True))

    def to_serve(self, code: str):  # type: ignore[no-untyped-def]
        entries = Entry.objects.filter(kind=announcing.SERVE_WAITING, state=EntryState.PENDING)
        return entries.filter(key__startswith=f"{code}:")

    def at_the_end(self) -> None:
        """What a subclass does before all is taken down."""

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # not on the way out of a failure
                self.at_the_end()
                connection.check_constraints()
            applied = PlanRow.objects.exclude(upload__applied_at=None)
            EXAMPLES.update(f"rule {rule}" for rule in applied.values_list("rule", flat=True))
        finally:
            self.held.close()

"""A product whose calls the worker makes, and short ways to bring a claim into each of its states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from pytest_django import Settings

from access.actors import Actor
from inventory import claims
from inventory.claims import Recorded
from inventory.models import Claim, ClaimState, Product, TestID
from itep.client import Answer, Outcome
from outbox.models import Entry

TEXT = '{"name": "Ana Silva", "oid": "%s"}'


@pytest.fixture(autouse=True)
def _an_itep_to_call(settings: Settings) -> None:
    settings.ITEP_BASE_URL = "http://itep.test"


@dataclass
class Desk:
    """Opens requests of one product and leads them on, as fulfillment would."""

    product: Product
    actor: Actor

    def open(self, *, outlive: date | None = None, wait: bool = True) -> UUID:
        oid = uuid4()
        claims.open_claim(oid=oid, product=self.product, outlive=outlive, actor=self.actor, wait=wait)
        return oid

    def begin(self, oid: UUID, *, tells: bool = False) -> int:
        """Begins the call; its revision."""
        until = timezone.now() + timedelta(seconds=60)
        return claims.begin_call(oid=oid, text=TEXT % oid, until=until, source="call 1", tells=tells).revision

    def answer(self, oid: UUID, outcome: Outcome, *, test_id: str | None = None, **more: str) -> Recorded:
        """The answer to the call that runs now; a confirmation names the ID that was asked for unless told another."""
        claim = claim_of(oid)
        if outcome == Outcome.CONFIRMED and test_id is None and claim.current:
            test_id = claim.current.test_id
        answer = Answer(outcome, test_id=test_id, password=more.get("password"))
        return claims.record_answer(oid=oid, revision=claim.revision, answer=answer, source="call 1")

    def at(self, state: ClaimState) -> UUID:
        """A new request in this state."""
        oid = self.open()
        if state in (ClaimState.WAITING, ClaimState.RESERVED):
            assert claim_of(oid).state == state
            return oid
        if state == ClaimState.ENDED:
            claims.cancel(oid=oid, actor=self.actor, reason="not needed")
            return oid
        self.begin(oid)
        if state == ClaimState.UNKNOWN:
            self.answer(oid, Outcome.UNKNOWN)
        elif state == ClaimState.CONFIRMED:
            self.answer(oid, Outcome.CONFIRMED)
        return oid


@pytest.fixture
def desk(called: Product, by_sam: Actor) -> Desk:
    return Desk(called, by_sam)


@pytest.fixture
def hand(academic: Product, by_sam: Actor) -> Desk:
    """The desk of a product that is worked by hand."""
    return Desk(academic, by_sam)


def claim_of(oid: UUID) -> Claim:
    return Claim.objects.get(oid=oid)


def held(oid: UUID) -> str:
    """The current ID of a request, "" without one."""
    current = claim_of(oid).current
    return current.test_id if current else ""


def row_of(test_id: str) -> TestID:
    return TestID.objects.get(test_id=test_id)


def told_to_settle(oid: UUID) -> int:
    return Entry.objects.filter(kind="fulfillment.settle", oid=oid).count()


def told_to_serve() -> int:
    return Entry.objects.filter(kind="fulfillment.serve_waiting").count()

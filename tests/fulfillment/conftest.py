"""A pretend iTEP, a worker that does what is due, and a test given in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from access.actors import Actor
from fulfillment import arranging, deadlines
from fulfillment.arranging import Arrangement
from fulfillment.candidates import Candidate
from fulfillment.models import Fulfillment, Origin, Sitting, SittingKind
from fulfillment.provisioning import give
from inventory.models import Product
from itep.dialect import Dialect
from outbox import running
from tests.fulfillment.pretend_itep import PretendItep

ANA = Candidate("Ana Silva", "ana@example.org", "hr-77", "en")
Give = Callable[..., Fulfillment]
Arrange = Callable[..., Sitting]


@pytest.fixture
def itep(settings: Settings) -> Iterator[PretendItep]:
    """iTEP, at the address that the portal calls, without a pace that would slow the tests."""
    server = PretendItep()
    settings.ITEP_BASE_URL = server.url
    dialect = Dialect()
    settings.ITEP_DIALECT = replace(dialect, behavior=replace(dialect.behavior, per_second=0, timeout_seconds=2))
    yield server
    server.stop()


@pytest.fixture
def give_test(by_sam: Actor) -> Give:
    """Gives a test to Ana, as Sam does it on the page."""

    def give_one(product: Product, candidate: Candidate = ANA, **more: Any) -> Fulfillment:
        asked: dict[str, Any] = {"actor": by_sam, "origin": Origin.STAFF}
        return give(product=product, candidate=candidate, **(asked | more))

    return give_one


def work() -> int:
    """The worker does all that is due; returns how many entries it did."""
    return running.run_due(limit=50)


def fresh(one: Fulfillment) -> Fulfillment:
    return Fulfillment.objects.select_related("claim", "product", "payer", "seat__sitting").get(pk=one.pk)


@pytest.fixture
def arrange(by_sam: Actor) -> Arrange:
    """Arranges a sitting at a centre, ten days from now, with two seats, as Sam does it on the page."""

    def arrange_one(**more: Any) -> Sitting:
        said: dict[str, Any] = {
            "kind": SittingKind.CENTRE,
            "title": "Spring",
            "date": deadlines.today() + timedelta(days=10),
            "starts_at": time(10, 0),
            "arrive_by": time(9, 30),
            "place": "Room 3",
            "address": "Rua Nova 1, Lisbon",
            "seats": 2,
        }
        return arranging.arrange(what=Arrangement(**said | more), actor=by_sam)

    return arrange_one


def today_is(day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets the organization's calendar, and nothing else."""
    monkeypatch.setattr(deadlines, "today", lambda: day)

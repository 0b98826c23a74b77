"""Results that came before their ID was adopted belong to its person from then on."""

from __future__ import annotations

import pytest

from access.actors import Actor
from fulfillment import adopting
from fulfillment.candidates import Candidate
from inventory.models import Product
from outbox import running
from results.models import Result
from tests.results.conftest import recorded

pytestmark = pytest.mark.django_db


def test_they_follow_and_are_released_to_its_payer(academic: Product, by_sam: Actor) -> None:
    recorded(None, test_id="OUT1")
    assert Result.objects.get().subject == "id:OUT1"
    one = adopting.adopt(test_id="OUT1", candidate=Candidate("Dan"), actor=by_sam, product=academic)
    for _ in range(2):
        running.run_due(limit=20)

    found = Result.objects.get()
    assert (found.fulfillment, found.subject, found.released_at is not None) == (one, f"oid:{one.oid}", True)

"""Posts about one test, as `itep.webhook` reads them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fulfillment.models import Fulfillment
from inventory.models import Product
from itep.webhook import read_data
from results.recording import Effect, record
from tests.given import given

T0 = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
Recorder = Callable[..., Effect]


@pytest.fixture
def ana(academic: Product) -> Fulfillment:
    return given(academic, "ID1", external_id="hr-77", reference="req-1", email="ana@example.org")


def recorded(fulfillment: Fulfillment | None, *, test_id: str = "ID1", minutes: float = 0, **fields: Any) -> Effect:
    """Records one post, `minutes` after the first."""
    said = {"OID": str(fulfillment.oid) if fulfillment else "", "TestID": test_id, "Status": "Completed", **fields}
    return record(
        post=read_data(json.dumps(said)),
        fulfillment=fulfillment,
        test_id=test_id,
        received_at=T0 + timedelta(minutes=minutes),
        source="webhook 1",
    )

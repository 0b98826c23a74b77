"""The same post at once, and many judges at once: one effect.

The suite runs these on SQLite and on PostgreSQL (tests/run).
"""

from __future__ import annotations

from functools import partial
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
from django.test import Client

from access.actors import Actor
from access.models import AuditEntry
from fulfillment.models import Fulfillment
from inventory.models import Product
from results.models import Result
from tests.concurrency.conftest import together
from tests.given import given
from tests.results.conftest import recorded
from tests.webhooks.conftest import FORM, data
from webhooks import tracking_codes
from webhooks.judging import judge_kept
from webhooks.models import Post

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


@pytest.fixture
def ana(db: None) -> Fulfillment:
    return given(Product.objects.create(code="RACE"), "ID1")


def test_eight_at_once_are_kept_and_have_one_effect(ana: Fulfillment) -> None:
    tracking_codes._known.clear()
    path = tracking_codes.path_of(tracking_codes.create(code="race", actor=Actor.system("test")))
    body = urlencode({"data": data(OID=ana.oid, TestID="ID1")})

    def post() -> int:
        return Client().post(path, body, content_type=FORM).status_code

    with patch("webhooks.waking._send"):
        assert together([post] * THREADS) == [200] * THREADS
    assert sum(together([judge_kept] * THREADS)) == THREADS
    assert sorted(Post.objects.values_list("effect", flat=True)) == ["final"] + ["no effect"] * 7
    assert Result.objects.count() == 1
    assert AuditEntry.objects.filter(verb="result.recorded").count() == 1


@pytest.mark.parametrize("outside", [False, True])
def test_recorded_by_eight_at_once_it_is_one_result(ana: Fulfillment, outside: bool) -> None:
    """Not only the one judge: whatever records, the database keeps the promise."""
    effects = together([partial(recorded, None if outside else ana)] * THREADS)
    assert sorted(one.kind for one in effects) == ["final"] + ["no effect"] * 7
    assert Result.objects.get().current

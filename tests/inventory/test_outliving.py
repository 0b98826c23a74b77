"""The day that an ID has to outlive may change after the request."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from inventory import claims
from inventory.models import Claim, TestID
from tests.conftest import stock
from tests.inventory.conftest import Desk

pytestmark = pytest.mark.django_db
DAY = date(2035, 3, 12)


def test_from_now_on_its_ids_have_to_outlive_another_day(desk: Desk) -> None:
    one, other = desk.open(), desk.open()
    before = Claim.objects.get(oid=one).revision
    claims.must_outlive(oids=[one, uuid4()], day=DAY)
    assert dict(Claim.objects.values_list("oid", "outlive")) == {one: DAY, other: None}
    assert Claim.objects.get(oid=one).revision == before


def test_whose_id_expires_before(desk: Desk) -> None:
    stock(desk.product, 2)
    one, other = desk.open(), desk.open()
    TestID.objects.filter(holder__oid=one).update(valid_until=date(2035, 3, 11))
    TestID.objects.filter(holder__oid=other).update(valid_until=DAY)
    assert claims.expire_before(oids=[one, other], day=DAY) == {one: date(2035, 3, 11)}

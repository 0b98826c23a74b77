"""Each door says how a test came, and who started it."""

from __future__ import annotations

import pytest
from django.test import Client

from access.api_keys import make_key
from access.models import ApiClient, User
from fulfillment import origins
from fulfillment.models import Fulfillment
from inventory.models import Product
from tests.conftest import stock

pytestmark = pytest.mark.django_db


def test_of_a_system_it_is_the_client(called: Product, hr_client: ApiClient) -> None:
    stock(called, 1)
    answer = Client().post(
        "/api/v1/fulfillments",
        {"product": "BUS-PLUS", "candidate": {"name": "Ana Silva", "email": "ana@example.org"}},
        content_type="application/json",
        headers={"Authorization": f"Bearer {make_key(hr_client)}"},
    )
    one = Fulfillment.objects.get()
    assert (answer.status_code, one.origin, one.started_by) == (201, "system", None)
    assert origins.who(one) == "API: hr-system"


def test_of_staff_it_is_the_person(called: Product, sam: User, sam_browser: Client) -> None:
    asked = {"product": called.code, "name": "Ana Silva", "email": "ana@example.org"}
    sam_browser.post("/candidates/give/", asked)
    one = Fulfillment.objects.get()
    assert (one.origin, origins.who(one)) == ("staff", "Sam Staff")


def test_everybody_who_may_have_started_one_is_offered(sam: User, hr_client: ApiClient) -> None:
    assert origins.starters() == [(f"user-{sam.pk}", "Sam Staff"), (f"client-{hr_client.pk}", "API: hr-system")]

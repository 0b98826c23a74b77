"""The pages of sittings as Sam's browser sees them, and somebody with a seat."""

from __future__ import annotations

import pytest
from django.test import Client

from fulfillment import deadlines
from fulfillment.models import Fulfillment, Sitting
from inventory.models import Product
from tests.conftest import stock
from tests.fulfillment.conftest import Arrange, Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep


def page(client: Client, path: str, **asked: str) -> str:
    response = client.get(f"/candidates/sittings/{path}", asked)
    assert response.status_code == 200
    return response.content.decode()


def post(client: Client, path: str, **said: object) -> str:
    """Posts, and what the page says that follows."""
    response = client.post(f"/candidates/sittings/{path}", said, follow=True)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def ana(itep: PretendItep, called: Product, give_test: Give, arrange: Arrange) -> Fulfillment:
    """Mailed, with a seat for today."""
    stock(called, 1)
    one = give_test(called, sitting=arrange(date=deadlines.today()))
    work()
    return fresh(one)


def sitting_of(one: Fulfillment) -> Sitting:
    found = fresh(one).seat
    assert found is not None
    return found.sitting

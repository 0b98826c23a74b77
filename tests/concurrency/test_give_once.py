"""One form sent twice in the same moment gives one test; without its name it gives two."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from access.actors import Actor
from fulfillment import by_form
from fulfillment.by_form import Yes
from fulfillment.candidates import Candidate
from fulfillment.models import Fulfillment, Origin
from inventory.models import Product, TestID
from tests.concurrency.conftest import together
from tests.conftest import stock

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8
NOBODY_GUARDS = Candidate("Ana Silva")  # neither email nor number: the duplicate guard cannot tell


def _pressed(product: Product, once: UUID) -> UUID:
    asked = {"actor": Actor.system("race"), "origin": Origin.STAFF, "delivery": "none"}
    return by_form.give(once=once, yes=Yes(), product=product, candidate=NOBODY_GUARDS, **asked).oid


def test_pressed_by_many_at_once_it_is_given_once(academic: Product) -> None:
    stock(academic, 20)
    once = uuid4()
    assert together([lambda: _pressed(academic, once)] * THREADS) == [once] * THREADS
    assert (Fulfillment.objects.count(), TestID.objects.available().count()) == (1, 19)


def test_the_control_without_the_name_of_the_form_gives_to_each(academic: Product) -> None:
    stock(academic, 20)
    together([lambda: _pressed(academic, uuid4())] * THREADS)
    assert (Fulfillment.objects.count(), TestID.objects.available().count()) == (THREADS, 20 - THREADS)

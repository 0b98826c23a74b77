"""Two requests for one person at the same moment: one passes the guard (DESIGN.md section 6)."""

from __future__ import annotations

from functools import partial
from threading import Barrier

import pytest

from access.actors import Actor
from fulfillment import duplicates
from fulfillment.candidates import Candidate
from fulfillment.errors import DuplicateCandidate
from fulfillment.models import Fulfillment, Origin
from fulfillment.provisioning import give
from inventory.models import Product, TestID
from tests.concurrency.conftest import together
from tests.conftest import stock

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 12
ROBOT = Actor.system("race")
BY_NUMBER = Candidate("Ana Silva", "ana@example.org", "hr-77")
BY_NAME = Candidate("Ana Silva", "ana@example.org")


def _give(product: Product, candidate: Candidate, *, allow_duplicate: bool = False) -> str:
    try:
        give(
            product=product,
            candidate=candidate,
            actor=ROBOT,
            origin=Origin.SYSTEM,
            allow_duplicate=allow_duplicate,
        )
    except DuplicateCandidate as refused:
        return str(refused.oid)
    return ""


@pytest.mark.parametrize("candidates", [[BY_NUMBER], [BY_NAME], [BY_NUMBER, BY_NAME]])
def test_one_passes_and_the_others_are_pointed_to_it(academic: Product, candidates: list[Candidate]) -> None:
    stock(academic, 20)
    acts = [partial(_give, academic, candidates[turn % len(candidates)]) for turn in range(THREADS)]
    answers = together(acts)
    one = Fulfillment.objects.get()
    assert sorted(answers) == ["", *[str(one.oid)] * (THREADS - 1)]
    assert TestID.objects.available().count() == 19


def _naively(product: Product, looked: Barrier) -> str:
    """A guard without a lock: all look before anybody is there to be seen."""
    found = duplicates.open_tests(product=product, candidate=BY_NAME, payer=None, client=None).exists()
    looked.wait(timeout=30)
    return "" if found else _give(product, BY_NAME, allow_duplicate=True)


def test_the_control_without_the_lock_lets_all_pass(academic: Product) -> None:
    stock(academic, 20)
    together([partial(_naively, academic, Barrier(THREADS))] * THREADS)
    assert Fulfillment.objects.count() == THREADS

"""What the people of a batch have already: told for all at once as it would be told one by one."""

from __future__ import annotations

from datetime import date
from itertools import product as every
from typing import Any
from uuid import uuid4

import pytest

from access.models import Payer
from fulfillment import batch_checks, duplicates, earlier_results
from fulfillment.candidates import Candidate
from fulfillment.earlier_results import EarlierResult
from fulfillment.models import Found, State
from fulfillment.provisioning import set_person
from fulfillment.sheet_requests import RowAsked
from inventory.models import Product
from tests.given import given

pytestmark = pytest.mark.django_db
PEOPLE = [Candidate(*one) for one in every(("Ana Silva", "ana  SILVA", "Ben"), ("ana@example.org", ""), ("7", "8", ""))]


def rows(product: Product, *people: Candidate, payer: Payer | None = None) -> list[RowAsked]:
    return [RowAsked("", number, one, product, payer) for number, one in enumerate(people, start=2)]


def test_open_tests_of_many_are_those_of_each(
    academic: Product, called: Product, hr: Payer, django_assert_num_queries: Any
) -> None:
    """Every person against tests that are open, cancelled, failed, completed, invalidated, or of another product."""
    ends: list[dict[str, str]] = [{}, {"state": "cancelled"}, {"state": "failed"}]
    ends += [{"itep_status": "completed"}, {"itep_status": "invalidated"}, {"itep_status": "started"}]
    for number, one in enumerate(PEOPLE * 2):
        test = given(called if number % 5 == 4 else academic, None, payer=hr if number % 2 else None)
        for name, value in ends[number % len(ends)].items():
            setattr(test, name, value)
        set_person(test, one)
        test.save()
    for payer in (hr, None):
        with django_assert_num_queries(1):
            at_once = duplicates.open_tests_of_many(product=academic, payer=payer, candidates=PEOPLE)
        one_by_one = {
            place: first.pk
            for place, one in enumerate(PEOPLE)
            if (first := duplicates.guard(product=academic, candidate=one, payer=payer, client=None))
        }
        assert {place: test.pk for place, test in at_once.items()} == one_by_one
        assert 5 < len(at_once) < len(PEOPLE)


def test_the_same_person_twice_is_told_by_the_guards_rule(academic: Product, called: Product, hr: Payer) -> None:
    """Row by row: whoever the guard would refuse once the rows above had been given."""
    asked = [
        *rows(academic, *PEOPLE),
        *rows(academic, *PEOPLE, payer=hr),
        *rows(called, *PEOPLE[:3]),
    ]
    found = {place for place, has in batch_checks.look(asked).items() if has.found == Found.TWICE}
    expected = set()
    for place, row in enumerate(asked):
        if duplicates.guard(product=row.product, candidate=row.candidate, payer=row.payer, client=None):
            expected.add(place)
        test = given(row.product, None, payer=row.payer)
        set_person(test, row.candidate)
        test.save()
    assert found == expected
    assert 10 < len(found) < len(asked)


def test_an_open_test_comes_before_a_result_and_that_before_a_row(
    academic: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    Product.objects.update(result_valid_months=12)
    academic.refresh_from_db()
    ana, ben, cleo = (Candidate(name, f"{name}@example.org") for name in ("ana", "ben", "cleo"))
    result = EarlierResult(uuid4(), "X1", None, "B1", None, date(2099, 1, 1))
    monkeypatch.setattr(
        earlier_results,
        "_finders",
        [lambda *, candidates, **_: {at: result for at, one in enumerate(candidates) if one.name != "cleo"}],
    )
    test = given(academic, None)
    set_person(test, ana)
    test.state = State.SENT
    test.save()
    found = batch_checks.look(rows(academic, ana, ben, ben, cleo, cleo))
    assert [found[place].result for place in (0, 1, 4)] == [result.oid, result.oid, None]
    assert [(place, has.found, has.oid, has.number) for place, has in sorted(found.items())] == [
        (0, Found.OPEN, test.oid, None),
        (1, Found.RESULT, result.oid, None),
        (2, Found.RESULT, result.oid, None),
        (4, Found.TWICE, None, 5),
    ]


def test_thousands_take_a_few_statements(academic: Product, django_assert_max_num_queries: Any) -> None:
    many = [Candidate(f"Person {one}", f"p{one}@example.org", str(one)) for one in range(1_200)]
    with django_assert_max_num_queries(3):
        assert batch_checks.look(rows(academic, *many)) == {}

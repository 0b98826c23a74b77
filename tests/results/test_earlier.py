"""Earlier results that still count: whose, of which product, how old, in which state."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from access.models import ApiClient, Payer
from fulfillment import deadlines
from fulfillment.candidates import Candidate
from fulfillment.earlier_results import EarlierResult, counts_until, find, find_many
from fulfillment.models import Fulfillment
from fulfillment.provisioning import set_person
from inventory.models import Product
from results import earlier
from results.models import Asked, Result
from tests.given import given
from tests.results.conftest import recorded

pytestmark = pytest.mark.django_db

ANA = Candidate("Ana Silva", "ana@example.org", "hr-77")


@pytest.fixture
def academic(academic: Product) -> Product:
    """Its results count for a year."""
    academic.result_valid_months = 12
    academic.save()
    return academic


@pytest.fixture
def tested(academic: Product) -> Fulfillment:
    """Ana, with a final result of a week ago."""
    return with_result(academic, "ID1", ANA)


def with_result(product: Product, test_id: str, person: Candidate, *, days_ago: int = 7, **more: Any) -> Fulfillment:
    one = given(product, test_id, payer=more.pop("payer", None))
    set_person(one, person)
    one.save()
    day = deadlines.today() - timedelta(days=days_ago)
    said = {"TestDate": f"{day.month}/{day.day}/{day.year}", "Overall_Level": "3.1", "Overall_cefr": "B1"}
    recorded(one, test_id=test_id, **(said | more))
    return one


def ask(product: Product, candidate: Candidate = ANA, **more: Any) -> EarlierResult | None:
    return find(product=product, candidate=candidate, payer=more.pop("payer", None), **more)


def test_a_final_result_is_found_with_all_that_is_shown(academic: Product, tested: Fulfillment) -> None:
    day = deadlines.today() - timedelta(days=7)
    found = ask(academic)
    assert found == EarlierResult(tested.oid, "ID1", Decimal("3.1"), "B1", day, counts_until(day, 12))
    assert found.url == f"/candidates/{tested.oid}/"


@pytest.mark.parametrize(
    "same", [Candidate(" ana   SILVA", "Ana@example.org"), Candidate("Else", "else@example.org", "hr-77")]
)
def test_the_same_person_is_told_as_by_the_guard(academic: Product, tested: Fulfillment, same: Candidate) -> None:
    assert ask(academic, same) is not None


@pytest.mark.parametrize(
    "other",
    [Candidate("Ana Silva", "ana@example.org", "hr-78"), Candidate("Ana", "ana@example.org"), Candidate("Ana Silva")],
)
def test_of_another_person_nothing_is_found(academic: Product, tested: Fulfillment, other: Candidate) -> None:
    assert ask(academic, other) is None


def test_of_another_product_nothing_is_found(called: Product, tested: Fulfillment) -> None:
    called.result_valid_months = 12
    assert ask(called) is None


def test_a_product_that_sets_no_age_looks_at_none(
    academic: Product, tested: Fulfillment, django_assert_num_queries: Any
) -> None:
    academic.result_valid_months = None
    with django_assert_num_queries(0):
        assert ask(academic) is None


@pytest.mark.parametrize(("late", "counts"), [(0, True), (1, False)])
def test_it_counts_to_the_end_of_its_last_day(
    academic: Product, tested: Fulfillment, monkeypatch: pytest.MonkeyPatch, late: int, counts: bool
) -> None:
    found = ask(academic)
    assert found is not None
    monkeypatch.setattr(deadlines, "today", lambda: found.valid_until + timedelta(days=late))
    assert (ask(academic) is not None) == counts


@pytest.mark.parametrize(("days_ago", "counts"), [(300, True), (400, False)])
def test_without_a_test_date_it_counts_from_its_receipt(
    academic: Product, tested: Fulfillment, days_ago: int, counts: bool
) -> None:
    at: datetime = timezone.now() - timedelta(days=days_ago)
    Result.objects.update(test_date=None, received_at=at)
    found = ask(academic)
    assert (found is not None) == counts
    if found:
        assert (found.test_date, found.valid_until) == (None, counts_until(at.date(), 12))


@pytest.mark.parametrize("status", ["Review", "Invalidated", "Ready"])
def test_what_was_held_or_taken_back_does_not_count(academic: Product, tested: Fulfillment, status: str) -> None:
    recorded(tested, Status=status, minutes=9)
    assert ask(academic) is None


def test_a_provisional_one_does_not_count(academic: Product) -> None:
    with_result(academic, "ID1", ANA, Status="Finished")
    assert ask(academic) is None


@pytest.mark.parametrize(("asked", "counts"), [(Asked.OPEN, False), (Asked.ACCEPTED, True), (Asked.IGNORED, True)])
def test_one_in_doubt_counts_once_a_person_has_answered(
    academic: Product, tested: Fulfillment, asked: str, counts: bool
) -> None:
    Result.objects.update(asked=asked)
    assert (ask(academic) is not None) == counts


def test_of_two_the_one_that_counts_longer_is_shown(academic: Product, tested: Fulfillment) -> None:
    younger = with_result(academic, "ID2", ANA, days_ago=2)
    with_result(academic, "ID3", ANA, days_ago=30)
    found = ask(academic)
    assert found is not None
    assert found.oid == younger.oid


def test_for_a_limited_client_only_what_was_released_to_it_counts(
    academic: Product, hr: Payer, hr_client: ApiClient
) -> None:
    school = Payer.objects.create(code="school", name="School")
    with_result(academic, "ID1", Candidate(ANA.name, ANA.email), payer=school)
    assert ask(academic, payer=hr) is not None
    assert ask(academic, payer=hr, client=hr_client) is None
    with_result(academic, "ID2", Candidate(ANA.name, ANA.email), payer=hr)
    Result.objects.update(released_at=None)
    assert ask(academic, payer=hr, client=hr_client) is None
    Result.objects.update(released_at=timezone.now())
    assert ask(academic, payer=hr, client=hr_client) is not None


def test_many_are_asked_in_one_statement_for_each_part(
    academic: Product, tested: Fulfillment, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    with_result(academic, "ID2", Candidate("Ben", "ben@example.org"))
    asked = [Candidate(f"Person {number}", f"p{number}@example.org", str(number)) for number in range(7)]
    asked[1], asked[4], asked[6] = ANA, Candidate("BEN ", "ben@example.org"), Candidate("X", "", "hr-77")
    monkeypatch.setattr(earlier, "AT_ONCE", 3)
    with django_assert_num_queries(3 + 2):  # and which day it is, and where
        found = find_many(product=academic, payer=None, candidates=asked)
    assert {place: one.test_id for place, one in found.items()} == {1: "ID1", 4: "ID2", 6: "ID1"}

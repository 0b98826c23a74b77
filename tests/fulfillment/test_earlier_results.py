"""Until when a result counts, and who is asked before a test is given in spite of it.

Which result is found, and whose, is told in `tests/results/test_earlier.py`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from access.models import ApiClient, AuditEntry
from fulfillment import deadlines
from fulfillment.api import asking
from fulfillment.earlier_results import counts_until
from fulfillment.errors import DuplicateCandidate, HasEarlierResult
from fulfillment.models import Fulfillment, State
from fulfillment.provisioning import set_person
from inventory.models import Product, TestID
from outbox.models import Entry
from tests.conftest import stock
from tests.fulfillment.conftest import ANA, Give
from tests.given import given
from tests.results.conftest import recorded

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("since", "months", "until"),
    [
        (date(2026, 3, 9), 1, date(2026, 4, 9)),
        (date(2026, 3, 9), 24, date(2028, 3, 9)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 1), 120, date(2036, 12, 1)),
    ],
)
def test_a_result_counts_until_the_same_day_of_a_month(since: date, months: int, until: date) -> None:
    assert counts_until(since, months) == until


@pytest.fixture
def tested(called: Product) -> Fulfillment:
    """Ana has a result of this product, which counts for a year; her test is over."""
    stock(called, 3)
    called.result_valid_months = 12
    called.save()
    one = given(called, "ID1", itep_status="completed")
    set_person(one, ANA)
    one.save()
    day = deadlines.today()
    recorded(one, Overall_Level="3.1", TestDate=f"{day.month}/{day.day}/{day.year}")
    return one


def test_nobody_with_a_result_that_counts_gets_a_test_unasked(
    called: Product, give_test: Give, tested: Fulfillment
) -> None:
    with pytest.raises(HasEarlierResult) as refused:
        give_test(called)
    assert (refused.value.earlier.oid, refused.value.earlier.level) == (tested.oid, Decimal("3.1"))
    assert (Fulfillment.objects.count(), TestID.objects.available().count()) == (1, 3)
    assert not Entry.objects.filter(kind="fulfillment.call").exists()


def test_whoever_says_so_gives_it_anyway_and_the_trail_knows(
    called: Product, give_test: Give, tested: Fulfillment
) -> None:
    one = give_test(called, allow_earlier_result=True)
    assert one.state == State.CLAIMED
    told = AuditEntry.objects.get(oid=one.oid, verb="fulfillment.requested").detail
    assert told == {"origin": "staff", "delivery": "portal", "although_result": str(tested.oid)}


def test_an_open_test_and_a_result_are_asked_about_at_once(
    called: Product, give_test: Give, tested: Fulfillment
) -> None:
    """And a yes to the one is none to the other."""
    second = give_test(called, allow_earlier_result=True)
    with pytest.raises(DuplicateCandidate) as both:
        give_test(called)
    assert both.value.oid == second.oid
    assert both.value.earlier is not None
    assert both.value.earlier.oid == tested.oid
    with pytest.raises(HasEarlierResult):
        give_test(called, allow_duplicate=True)
    with pytest.raises(DuplicateCandidate) as alone:
        give_test(called, allow_earlier_result=True)
    assert alone.value.earlier is None
    assert Fulfillment.objects.count() == 2
    give_test(called, allow_duplicate=True, allow_earlier_result=True)
    assert Fulfillment.objects.count() == 3


def test_a_system_that_asks_is_not_refused(called: Product, tested: Fulfillment, hr_client: ApiClient) -> None:
    """The API has no such refusal (DESIGN.md section 7)."""
    hr_client.payers.clear()
    asked = {"product": "BUS-PLUS", "candidate": {"name": ANA.name, "email": ANA.email, "external_id": "hr-77"}}
    one = asking.give(hr_client, asked)
    assert one.state == State.CLAIMED
    told = AuditEntry.objects.get(oid=one.oid, verb="fulfillment.requested").detail
    assert told["although_result"] == str(tested.oid)

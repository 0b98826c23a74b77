"""Many people told apart at once: the same answer as the guard's, person by person."""

from __future__ import annotations

from itertools import product as every
from typing import Any

import pytest

from access.models import Payer
from fulfillment import duplicates
from fulfillment.candidates import Candidate
from fulfillment.models import Fulfillment
from fulfillment.people import People
from fulfillment.provisioning import set_person
from inventory.models import Product
from tests.given import given

pytestmark = pytest.mark.django_db

NAMES, EMAILS, NUMBERS = ("Ana Silva", "ANA  silva", "Ben"), ("ana@example.org", ""), ("7", "8", "")


def test_many_at_once_are_told_as_one_by_one(academic: Product, hr: Payer, django_assert_num_queries: Any) -> None:
    """Every name, email and number, at a payer and at none, against every other."""
    asked = [Candidate(*one) for one in every(NAMES, EMAILS, NUMBERS)]
    for payer in (hr, None):
        for one in asked:
            made = given(academic, None, payer=payer)
            set_person(made, one)
            made.save()

    for payer in (hr, None):
        people = People(asked, payer=payer, first=100)
        with django_assert_num_queries(1):
            rows = list(Fulfillment.objects.filter(people.asked()).order_by("pk"))
        at_once = sorted((place, row.pk) for row in rows for place in people.who(row))
        one_by_one = sorted(
            (place, row.pk)
            for place, candidate in enumerate(asked, start=100)
            for row in Fulfillment.objects.filter(duplicates.same_person(candidate, payer))
        )
        assert at_once == one_by_one
        assert len(at_once) > len(asked)

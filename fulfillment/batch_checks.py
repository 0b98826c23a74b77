"""What the people of a batch have already, told in a few statements: an open test, a result, a row further up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from access.models import Payer
from fulfillment import duplicates, earlier_results
from fulfillment.candidates import person_digest
from fulfillment.models import Found
from fulfillment.people import People
from fulfillment.sheet_requests import RowAsked
from inventory.models import Product


@dataclass(frozen=True, slots=True)
class Has:
    """What the person of a row has: in the test `oid`, or in the row `number`.

    `result`: the test that has a result that counts, also where an open test comes first.
    """

    found: Found
    oid: UUID | None = None
    number: int | None = None
    result: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What tells a row's person apart from another's."""

    payer_id: int | None
    external_id: str
    person_digest: str


def look(rows: Sequence[RowAsked]) -> dict[int, Has]:
    """By the place in the list; whoever has nothing is left out. An open test comes before a result, that before a row.

    It is what a person decides by. Giving asks again, under its locks.
    """
    found: dict[int, Has] = {}
    for product, payer, places in _alike(rows):
        people = [rows[place].candidate for place in places]
        tests = duplicates.open_tests_of_many(product=product, payer=payer, candidates=people)
        results = earlier_results.find_many(product=product, payer=payer, candidates=people)
        found |= {places[at]: Has(Found.RESULT, one.oid, result=one.oid) for at, one in results.items()}
        for at, test in tests.items():
            found[places[at]] = Has(Found.OPEN, test.oid, result=results[at].oid if at in results else None)
    for place, first in _twice(rows):
        found.setdefault(place, Has(Found.TWICE, number=rows[first].number))
    return found


def _alike(rows: Sequence[RowAsked]) -> Iterator[tuple[Product, Payer | None, list[int]]]:
    """The places of the rows of each product and payer."""
    places: dict[tuple[int, int | None], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[row.product.pk, row.payer.pk if row.payer else None].append(place)
    for some in places.values():
        yield rows[some[0]].product, rows[some[0]].payer, some


def _twice(rows: Sequence[RowAsked]) -> Iterator[tuple[int, int]]:
    """Rows whose person stands further up for the same product, each with the first such row."""
    known = [_known(row) for row in rows]
    for product, payer, places in _alike(rows):
        people = People([rows[place].candidate for place in places], payer=payer)
        left = set(range(len(places)))
        for above, row in enumerate(rows):
            if row.product.pk != product.pk:
                continue
            for at in people.who(known[above]):
                if at in left and places[at] > above:
                    left.discard(at)
                    yield places[at], above


def _known(row: RowAsked) -> _Known:
    return _Known(row.payer.pk if row.payer else None, row.candidate.external_id, person_digest(row.candidate))

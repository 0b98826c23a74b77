"""Candidates who are known already, offered while a name, an email or a number is typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q

from fulfillment.candidates import Candidate, folded, tidy_text
from fulfillment.models import Fulfillment

SHORTEST = 2  # characters; fewer would bring anybody
MOST = 8  # people that one search shows
_LOOKED_AT = 100  # tests: who has many is one person
_BY = {"name": "name__icontains", "email": "email__istartswith", "external_id": "external_id__istartswith"}
FIELDS = tuple(_BY)


@dataclass(frozen=True, slots=True)
class Known:
    """At most `MOST` people, whoever was given a test last first; `more`: there are others."""

    people: list[Candidate]
    more: bool = False


NOBODY = Known([])


def look(*, field: str, typed: str) -> Known:
    """Who has `typed` in the name, or begins with it in the email or own number; `field` is one of these three."""
    words = tidy_text(typed)
    if field not in _BY or len(words) < SHORTEST:
        return NOBODY
    tests = Fulfillment.objects.filter(Q(**{_BY[field]: words})).order_by("-pk")
    rows = tests.values_list("name", "email", "external_id", "language")[:_LOOKED_AT]
    people = list(_once(Candidate(*row) for row in rows))
    return Known(people[:MOST], more=len(people) > MOST)


def _once(people: Iterable[Candidate]) -> Iterator[Candidate]:
    """Each person once, as they were named last."""
    met = set()
    for one in people:
        same = (folded(one.name), one.email.casefold(), one.external_id)
        if same not in met:
            met.add(same)
            yield one

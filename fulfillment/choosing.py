"""Whom to seat: found by a pasted list or by a search, and who can be seated there, or why not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from fulfillment import attending, candidates, queries, rules, seating
from fulfillment.models import Fulfillment, Sitting, State
from inventory import claims

MOST_LINES = 2000
_CELLS = re.compile(r"[\t;,]")


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who might be seated. `ticked`: can be, and nobody has to choose between several tests of theirs."""

    one: Fulfillment
    why: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a pasted list came to. `unknown`: lines in which nobody is found, as they were typed."""

    found: list[Fulfillment]
    unknown: list[str]
    several: set[UUID]  # tests of people who have more than one that could be meant


def waiting_for_a_seat() -> QuerySet[Fulfillment]:
    """Whose test is still to be taken, and who has no seat."""
    still = queries.fulfillments().filter(seat=None, itep_status__in=attending.NOT_SEEN_STARTED)
    return still.exclude(state=State.CANCELLED)


def look_up(text: str) -> Pasted:
    """People by own number, email or test ID, a line for each, as copied from a sheet."""
    lines = [line.strip() for line in text.splitlines() if line.strip()][:MOST_LINES]
    cells = {line: {_folded(cell) for cell in _CELLS.split(line)} - {""} for line in lines}
    by_cell = _by_cell({cell for each in cells.values() for cell in each})
    found: dict[UUID, Fulfillment] = {}
    several: set[UUID] = set()
    unknown = []
    for line in lines:
        meant = _still_open({one.oid: one for cell in cells[line] for one in by_cell.get(cell, ())})
        found |= meant
        several |= set(meant) if len(meant) > 1 else set()
        if not meant:
            unknown.append(line)
    return Pasted(list(found.values()), unknown, several)


def judged(people: Sequence[Fulfillment], sitting: Sitting, *, several: Collection[UUID] = ()) -> list[Choice]:
    """Each with whether it can be seated there, by name."""
    expiring = claims.expire_before(oids=[one.oid for one in people], day=sitting.date)
    found = [(one, seating.why_not_seat(one, sitting, expiring=expiring)) for one in people]
    choices = [Choice(one, why, not why and one.oid not in several) for one, why in found]
    return sorted(choices, key=lambda choice: choice.one.name.casefold())


def _still_open(meant: dict[UUID, Fulfillment]) -> dict[UUID, Fulfillment]:
    """The tests that are still to be taken; where there is none, all, so that the reason can be said."""
    still = {oid: one for oid, one in meant.items() if not rules.why_not_seat(one)}
    return still or meant


def _by_cell(cells: Collection[str]) -> dict[str, list[Fulfillment]]:
    folded = queries.fulfillments().annotate(mail=Lower("email"), number=Lower("external_id"))
    ids = [cell.upper() for cell in cells]
    asked = Q(mail__in=cells) | Q(number__in=cells) | Q(claim__held__test_id__in=ids)
    found: dict[str, list[Fulfillment]] = {}
    for one in folded.filter(asked).select_related("seat__sitting", "attendance").distinct().order_by("id"):
        current = one.claim.current
        for name in {_folded(one.email), _folded(one.external_id), _folded(current.test_id if current else "")} - {""}:
            found.setdefault(name, []).append(one)
    return found


def _folded(text: str) -> str:
    return candidates.tidy_text(text.strip().strip('"')).lower()


def chosen(oids: Iterable[UUID]) -> list[Fulfillment]:
    return list(queries.fulfillments().filter(oid__in=list(oids)).select_related("seat__sitting", "attendance"))

"""The list of candidates to take along: the columns that the person sees, after the two that other systems join by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from django.db import transaction
from django.db.models import QuerySet

from access import audit
from access.actors import Actor
from access.spreadsheets import Cell, Table
from fulfillment import queries
from fulfillment.attention import HAS_ID
from fulfillment.columns import Column
from fulfillment.models import Fulfillment
from inventory import claims

AT_ONCE = 1_000
_FIRST = ("external_id", "reference")


def table(rows: QuerySet[Fulfillment], columns: Collection[Column]) -> Table:
    """What is found, in its order. Times are UTC."""
    others = [one for one in columns if one.key not in _FIRST]
    header = [*_FIRST, "name", *(one.key for one in others), "oid"]
    return Table("Candidates", header, _lines(rows, others))


@transaction.atomic
def taken_along(
    *, actor: Actor, kind: str, filters: list[str], columns: Collection[Column], rows: QuerySet[Fulfillment]
) -> None:
    """Who took the list away, how long it was, and by which filters: not what was searched for. Whose test ID stands in
    it counts as told from now on (DESIGN.md section 2)."""
    names = [one.name for one in columns]
    if "test_id" in names:
        with_id = rows.filter(state__in=HAS_ID).order_by()
        claims.told_by_file(claims=with_id.values("claim"))
    detail: dict[str, str | int | list[str]] = {"kind": kind, "filters": filters, "columns": names}
    detail["count"] = rows.count()
    audit.record(actor=actor, verb="candidates.exported", detail=detail)


def _lines(rows: QuerySet[Fulfillment], columns: Collection[Column]) -> Iterator[list[Cell]]:
    for one in _by_keys(rows):
        yield [one.external_id, one.reference, one.name, *(column.value(one) for column in columns), str(one.oid)]


def _by_keys(rows: QuerySet[Fulfillment]) -> Iterable[Fulfillment]:
    """The keys first, 8 bytes each: no cursor stays open over a download that somebody's slow line makes long."""
    keys = list(rows.values_list("pk", flat=True))
    for first in range(0, len(keys), AT_ONCE):
        yield from queries.in_order(keys[first : first + AT_ONCE])

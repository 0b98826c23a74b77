"""The rows of a plan as a list: what is asked for, what needs an eye first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import QueryDict

from inventory.causes import BY_NEED, TILES
from inventory.models import Cause, PlanRow, TestID, Upload

LEFT_OUT = "dropped"
_BIGGEST_ROW = 2**31 - 1
_FIRST = Case(
    *(When(cause=cause, then=Value(place)) for place, cause in enumerate(BY_NEED)),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class Filter:
    """What to list; blank means all. `cause`: a tile, a cause, or what was left out; `search`: a part of the ID."""

    cause: str = ""
    search: str = ""
    product: str = ""
    row: int | None = None  # as the spreadsheet numbers it

    @property
    def causes(self) -> tuple[str, ...]:
        for name, _words, causes in TILES:
            if name == self.cause:
                return causes
        return (self.cause,) if self.cause in Cause.values else ()

    def with_cause(self, cause: str) -> str:
        """The query of the same list with another tile chosen."""
        return replace(self, cause=cause).query

    @property
    def query(self) -> str:
        """As it stands in an address, after its "?"."""
        given = {"cause": self.cause, "q": self.search, "product": self.product, "row": self.row}
        return urlencode({name: value for name, value in given.items() if value not in ("", None)})


def read(query: QueryDict) -> Filter:
    """What an address asks for; what makes no sense in it is left out."""
    text = {name: query.get(name, "").replace("\0", "").strip()[:64] for name in ("cause", "q", "product", "row")}
    row = int(text["row"]) if text["row"].isdecimal() and text["row"].isascii() else None
    return Filter(text["cause"], text["q"], text["product"], row if row is None or row <= _BIGGEST_ROW else None)


def rows(upload: Upload, wanted: Filter) -> QuerySet[PlanRow]:
    """Unexplained ones and errors first: they need a person's eye. Without the secrets that applying would write."""
    found = PlanRow.objects.filter(upload=upload).defer("assigned_to", "password", "other")
    if wanted.cause == LEFT_OUT:
        found = found.exclude(dropped="")
    elif wanted.causes:
        found = found.filter(cause__in=wanted.causes)
    if wanted.search:
        found = found.filter(test_id__contains=wanted.search.upper())
    if wanted.product:
        found = found.filter(product=wanted.product)
    if wanted.row is not None:
        found = found.filter(row=wanted.row)
    return found.order_by(_FIRST, "id")


def products(upload: Upload) -> list[str]:
    """The product codes that the plan names."""
    named = PlanRow.objects.filter(upload=upload).exclude(product="").order_by("product")
    return list(named.values_list("product", flat=True).distinct())


def known(page: list[PlanRow]) -> set[str]:
    """Those of the rows' IDs that have a page of their own by now."""
    return set(TestID.objects.filter(test_id__in=[one.test_id for one in page]).values_list("test_id", flat=True))

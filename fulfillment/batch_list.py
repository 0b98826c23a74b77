"""The rows of a batch as a list: tiles that filter, a search, and what stands on one page of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fulfillment import earlier_results
from fulfillment.batch_rows import candidate_of
from fulfillment.batch_stock import TO_GIVE
from fulfillment.earlier_results import EarlierResult
from fulfillment.models import Batch, BatchRow, BatchState, Found, RowState, State

Text = str | Promise
_LONGEST = 100
_SEARCHED = ("name", "email", "external_id", "reference")


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that are counted, and listed, together."""

    name: str
    words: Text
    which: Q
    kind: str = ""
    always: bool = False


_GIVEN = Q(state=RowState.GIVEN)
_WAITS = _GIVEN & Q(fulfillment__state=State.WAITING)
BEFORE = (
    Part("give", _("to give"), TO_GIVE, "good", always=True),
    Part("open", _("have an open test"), Q(found=Found.OPEN), "warn"),
    Part("result", _("have a result that counts"), Q(found=Found.RESULT), "warn"),
    Part("twice", _("twice in the file"), Q(found=Found.TWICE), "warn"),
    Part("skip", _("given no new test"), Q(state=RowState.TODO) & ~TO_GIVE),
)
AFTER = (
    Part("todo", _("to do"), Q(state=RowState.TODO)),
    Part("given", _("given"), _GIVEN, "good", always=True),
    Part("waiting", _("of these, waiting for a test ID"), _WAITS, "warn"),
    Part("reused", _("earlier result reused"), Q(state=RowState.REUSED)),
    Part("skipped", _("skipped: have one already"), Q(state=RowState.SKIPPED)),
    Part("failed", _("not given"), Q(state=RowState.FAILED), "bad"),
    Part("undone", _("undone"), Q(state=RowState.UNDONE), "warn"),
)

ADOPTING = (
    Part("todo", _("to do"), Q(state=RowState.TODO), always=True),
    Part("given", _("adopted"), _GIVEN, "good"),
    Part("skipped", _("skipped: have one already"), Q(state=RowState.SKIPPED)),
    Part("failed", _("not adopted"), Q(state=RowState.FAILED), "bad"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to list; blank means all."""

    show: str = ""
    search: str = ""

    def with_show(self, show: str) -> str:
        return replace(self, show=show).query

    @property
    def query(self) -> str:
        """As it stands in an address, after its "?"."""
        return urlencode({name: value for name, value in (("show", self.show), ("q", self.search)) if value})


@dataclass(frozen=True, slots=True)
class Tile:
    label: Text
    number: int
    query: str
    selected: bool
    kind: str


def read(query: QueryDict) -> Wanted:
    text = {name: query.get(name, "").replace("\0", "").strip()[:_LONGEST] for name in ("show", "q")}
    return Wanted(text["show"], text["q"])


def parts(batch: Batch) -> Sequence[Part]:
    if batch.adopts:
        return ADOPTING
    return BEFORE if batch.state == BatchState.DRAFT else AFTER


def rows(batch: Batch, wanted: Wanted) -> QuerySet[BatchRow]:
    """In the order of the file. What people are searched by stands encrypted, so the search reads every row."""
    found = batch.rows.select_related("fulfillment__product", "product", "payer")
    for part in parts(batch):
        if part.name == wanted.show:
            found = found.filter(part.which)
    if wanted.search:
        folded = wanted.search.casefold()
        found = found.filter(
            pk__in=[row.pk for row in found.select_related(None).only("asked") if _speaks_of(row, folded)]
        )
    return found


def tiles(batch: Batch, wanted: Wanted) -> list[Tile]:
    known = parts(batch)
    numbers = batch.rows.aggregate(**{part.name: Count("pk", filter=part.which) for part in known})
    return [
        Tile(
            part.words,
            numbers[part.name],
            wanted.with_show("" if wanted.show == part.name else part.name),
            wanted.show == part.name,
            part.kind if numbers[part.name] else "",
        )
        for part in known
        if numbers[part.name] or part.always
    ]


def results(page: Sequence[BatchRow]) -> Mapping[int, EarlierResult]:
    """The results of the rows of a draft that have one, by the rows' keys: what a person decides by."""
    alike: dict[tuple[int, int | None], list[BatchRow]] = defaultdict(list)
    for row in page:
        if row.found_result is not None and row.product_id is not None:
            alike[row.product_id, row.payer_id].append(row)
    found: dict[int, EarlierResult] = {}
    for some in alike.values():
        assert some[0].product is not None
        people = [candidate_of(row) for row in some]
        known = earlier_results.find_many(product=some[0].product, payer=some[0].payer, candidates=people)
        found |= {some[place].pk: one for place, one in known.items()}
    return found


def _speaks_of(row: BatchRow, folded: str) -> bool:
    return any(folded in str(row.asked.get(name, "")).casefold() for name in _SEARCHED)

"""Finding test IDs and claims by what stands in an Assigned-to, as written by us or as shown by iTEP.

Texts are encrypted; their words are kept as keyed digests. A text that goes to iTEP is indexed as it is written. What
an export brings is indexed by the worker afterwards, so that applying one costs nothing more: see `follow`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Any
from uuid import uuid4

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.encryption import keyed_digest
from inventory import search_words
from inventory.models import AssignedToRecord, PlanRow, SearchWord, TestID, Upload
from inventory.plan_rows import Step
from outbox.entries import Need, write_many
from outbox.models import Entry
from outbox.registry import Again, register_local

KIND = "inventory.search_words"
AT_ONCE = 500  # texts in one transaction: SQLite's one writer is kept for less than a second
_HAS_TEXT = ~Q(assigned_to_digest="")


class Where(StrEnum):
    """In which Assigned-to the words stand."""

    AT_ITEP = "itep"
    OURS = "ours"  # we wrote it, or meant to


def register() -> None:
    register_local(KIND, run)


def keep(texts: Iterable[str]) -> None:
    """Indexes texts, in one statement; again, it changes nothing."""
    words = (
        SearchWord(word=word, text=digest)
        for text in texts
        if (digest := keyed_digest(text, purpose="assigned-to"))
        for word in sorted(search_words.digests_of(text))
    )
    SearchWord.objects.bulk_create(words, batch_size=2_000, ignore_conflicts=True)


def follow(upload: Upload) -> None:
    """An export that brought texts, or took some away, was applied: the worker looks at them."""
    brought = ~Q(assigned_to="") | Q(assigned_to_digest="") & ~Q(step=Step.NEW)
    if PlanRow.objects.filter(brought, upload=upload).exists():
        look_again()


def text_goes(row: TestID, changes: Mapping[str, Any]) -> None:
    """A row of the mirror is about to change: where its text goes, the words of it do."""
    before = row.assigned_to_digest
    if before and changes.get("assigned_to_digest", before) != before:
        look_again()


def look_again() -> None:
    """The worker indexes what is not, and forgets the words of texts that stand nowhere any more."""
    write_many([Need(KIND, str(uuid4()))])


def run(_entry: Entry) -> Again | None:
    """The worker's: some texts at a time, until none is left."""
    shown = _not_indexed(TestID.objects.filter(_HAS_TEXT), "assigned_to_digest").values_list("assigned_to", flat=True)
    written = _not_indexed(AssignedToRecord.objects.all(), "digest").values_list("text", flat=True)
    texts = list(shown[:AT_ONCE]) or list(written[:AT_ONCE])
    keep(texts)
    if texts:
        return Again()
    forget_unused()
    return None


def forget_unused() -> int:
    """Words of texts that stand in no Assigned-to any more: changed, cleared, or erased with a person. How many."""
    shown = TestID.objects.filter(_HAS_TEXT, assigned_to_digest=OuterRef("text"))
    written = AssignedToRecord.objects.filter(digest=OuterRef("text"))
    texts = SearchWord.objects.values("text").distinct().filter(~Exists(shown), ~Exists(written))
    unused = list(texts.values_list("text", flat=True))
    step = 500
    parts = (unused[first : first + step] for first in range(0, len(unused), step))
    return sum(SearchWord.objects.filter(text__in=part).delete()[0] for part in parts)


def test_ids_with(asked: str) -> QuerySet[TestID]:
    """The IDs whose Assigned-to at iTEP has each word of `asked`; none for a question without words."""
    stands = _stands("assigned_to_digest", asked)
    return TestID.objects.none() if stands is None else TestID.objects.filter(_HAS_TEXT, stands)


def claims_with(asked: str, *, field: str) -> Q:
    """That `field` is a claim whose ID has these words in its Assigned-to at iTEP, or that we wrote them for."""
    stands = _stands("digest", asked)
    if stands is None:
        return Q(pk__in=[])
    written = AssignedToRecord.objects.filter(stands).values("claim")
    shown = test_ids_with(asked).filter(holder__isnull=False).values("holder")
    return Q(**{f"{field}__in": written}) | Q(**{f"{field}__in": shown})


def where(claims: Collection[int], asked: str) -> dict[int, Where]:
    """Of these claims the ones that are found so, each with where; what iTEP shows goes before what we wrote."""
    stands = _stands("digest", asked)
    if stands is None:
        return {}
    written = AssignedToRecord.objects.filter(stands, claim__in=claims).values_list("claim_id", flat=True)
    shown = test_ids_with(asked).filter(holder__in=claims).values_list("holder_id", flat=True)
    return dict.fromkeys(written, Where.OURS) | dict.fromkeys(shown, Where.AT_ITEP)


def _stands(field: str, asked: str) -> Q | None:
    """That the text, whose digest is in `field`, has each of the words; None where none was asked for."""
    wanted = search_words.asked(asked)
    stands = Q()
    for digests in wanted:
        stands &= Q(**{f"{field}__in": SearchWord.objects.filter(word__in=digests).values("text")})
    return stands if wanted else None


def _not_indexed(rows: QuerySet[Any], field: str) -> QuerySet[Any]:
    return rows.filter(~Exists(SearchWord.objects.filter(text=OuterRef(field)))).order_by("id")

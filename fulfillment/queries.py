"""Reading for pages and API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max, Prefetch, Q, QuerySet

from access.models import ApiClient
from fulfillment import attention, payers
from fulfillment.models import (
    Batch,
    BatchRow,
    BatchState,
    CandidateRequest,
    Fulfillment,
    Mail,
    MailState,
    RowState,
    State,
    Trouble,
)
from inventory import text_search
from inventory.models import Holding, TestID
from inventory.text_search import Where

MOST_WORDS = 8  # of a search; more of them narrow nothing
OPEN = (State.WAITING, State.CLAIMED, State.UNKNOWN)


def fulfillments(client: ApiClient | None = None) -> QuerySet[Fulfillment]:
    """With all that a row shows, in a fixed number of statements; for a client limited to payers theirs only."""
    current = Prefetch("claim__held", TestID.objects.filter(holding=Holding.CURRENT))
    rows = Fulfillment.objects.select_related("claim", "product", "payer").prefetch_related(current)
    mine = payers.limits(client)
    return rows if mine is None else rows.filter(payer__in=mine)


def in_order(keys: Sequence[int]) -> list[Fulfillment]:
    """These, as a list shows them, in the order of their keys; in a fixed number of statements."""
    plain = TestID.objects.filter(holding=Holding.CURRENT).defer("assigned_to", "password", "other")  # none decrypted
    rows = fulfillments().select_related("started_by", "client", "batch").defer("note", "link_token", "metadata")
    rows = rows.prefetch_related(None).prefetch_related(Prefetch("claim__held", plain))
    found = rows.in_bulk(keys)
    return [found[key] for key in keys if key in found]


def one(oid: UUID, client: ApiClient | None = None) -> Fulfillment:
    """Raises Fulfillment.DoesNotExist, also where the client may not see it."""
    return fulfillments(client).select_related("started_by", "client", "batch", "seat__sitting").get(oid=oid)


def is_settled(fulfillment: Fulfillment) -> bool:
    """Whether nothing is under way that would change the page by itself within seconds."""
    if fulfillment.state in (State.CANCELLED, State.FAILED, State.WAITING):
        return True
    if fulfillment.state == State.CLAIMED:
        return fulfillment.claim.by_hand or fulfillment.reason.startswith("To do at iTEP")
    if fulfillment.state == State.UNKNOWN:
        return fulfillment.claim.state != "calling"
    return not any(mail.state == MailState.QUEUED for mail in fulfillment.mails.all())


def search(text: str) -> Q:
    """By name, email, own number, reference, test ID, or the oid itself, as a person types any of them; and by whole
    words of its Assigned-to, ours or as iTEP shows it."""
    words = text.strip()
    found = Q()
    for word in words.split()[:MOST_WORDS]:
        found &= Q(name__icontains=word) | Q(email__icontains=word)
    found |= Q(external_id__iexact=words) | Q(reference__iexact=words)
    found |= Q(claim__in=TestID.objects.filter(test_id=words.upper(), holder__isnull=False).values("holder"))
    found |= text_search.claims_with(words, field="claim")
    try:
        return found | Q(oid=UUID(words))
    except ValueError:
        return found


def found_in_text(rows: Iterable[Fulfillment], asked: str) -> dict[int, Where]:
    """Those of the rows that are there for their Assigned-to, and not for a field of their own: where it stands."""
    words = asked.strip().casefold()
    others = {one.claim_id: one.pk for one in rows if words and not _is_its_own(one, words)}
    return {others[claim]: where for claim, where in text_search.where(others, asked).items()} if others else {}


def _is_its_own(one: Fulfillment, words: str) -> bool:
    named = f"{one.name} {one.email}".casefold()
    ids = (one.external_id, one.reference, str(one.oid), *(held.test_id for held in one.claim.held.all()))
    return all(word in named for word in words.split()[:MOST_WORDS]) or words in {one.casefold() for one in ids}


def mails(fulfillment: Fulfillment) -> list[Mail]:
    """Newest first, as sent."""
    return list(fulfillment.mails.order_by("-pk"))


def open_requests() -> QuerySet[CandidateRequest]:
    """What candidates asked of staff and nobody has handled."""
    return CandidateRequest.objects.filter(handled_at__isnull=True).select_related("fulfillment__product")


def open_troubles() -> QuerySet[Trouble]:
    """What happened at iTEP and nobody has seen to: of each candidate's the latest, the oldest first."""
    latest = Trouble.objects.filter(handled_at=None).order_by().values("fulfillment").annotate(latest=Max("pk"))
    return Trouble.objects.filter(pk__in=latest.values("latest")).select_related("fulfillment__product")


def texts_to_rewrite() -> QuerySet[Fulfillment]:
    """Corrected, and somebody is to write it at iTEP as well; the longest first."""
    return Fulfillment.objects.filter(rewrite_since__isnull=False).order_by("rewrite_since")


@dataclass(frozen=True, slots=True)
class UnderWay:
    """How many stand where, for Today."""

    waiting: int
    being_assigned: int
    unknown: int
    assigned: int
    sent: int
    failed: int


def under_way() -> UnderWay:
    """Counts by our state; those whose test is over at iTEP are not under way."""
    rows = Fulfillment.objects.exclude(itep_status__in=["finished", "completed", "invalidated"])
    counts = dict(rows.values_list("state").annotate(number=Count("pk")).order_by())
    return UnderWay(
        waiting=counts.get(State.WAITING, 0),
        being_assigned=counts.get(State.CLAIMED, 0),
        unknown=counts.get(State.UNKNOWN, 0),
        assigned=counts.get(State.ASSIGNED, 0),
        sent=counts.get(State.SENT, 0),
        failed=counts.get(State.FAILED, 0),
    )


def needing_a_person() -> QuerySet[Fulfillment]:
    return fulfillments().filter(attention.ANY).order_by("updated_at")


def by_oids(oids: Iterable[UUID]) -> dict[UUID, Fulfillment]:
    """The fulfillments of these oids; what is none of ours is left out."""
    return {one.oid: one for one in fulfillments().filter(oid__in=list(oids))}


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """What became of a batch's rows."""

    todo: int
    given: int
    skipped: int
    reused: int
    failed: int
    undone: int

    @property
    def total(self) -> int:
        return self.todo + self.done

    @property
    def done(self) -> int:
        return self.given + self.skipped + self.reused + self.failed + self.undone


def batch_counts(batch: Batch) -> BatchCounts:
    counts = dict(BatchRow.objects.filter(batch=batch).values_list("state").annotate(number=Count("pk")).order_by())
    return BatchCounts(*(counts.get(state, 0) for state in RowState.values))


def batches() -> QuerySet[Batch]:
    """Latest first, each with the number of its rows, and of its rows that were given."""
    rows = Batch.objects.exclude(state=BatchState.DISCARDED).select_related("product", "user", "confirmed_by")
    given = Count("rows", filter=Q(rows__state=RowState.GIVEN))
    return rows.annotate(number=Count("rows"), given=given).order_by("-pk")

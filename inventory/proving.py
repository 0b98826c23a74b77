"""What a person says to have done at iTEP, and the export that proves it (DESIGN.md section 4, rule 12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from access import audit
from access.actors import Actor
from access.models import AuditEntry
from inventory import claims
from inventory.models import AssignedToRecord, ClaimState, PlanRow, Product, StagedRow, TestID, Upload, WordSource
from inventory.models.claims import SEEN_BY_A_PERSON
from inventory.planning import source_of

CLEARED = "test_id.cleared"


@dataclass(frozen=True, slots=True)
class Said:
    """Done by a person's word, and not yet proved. `doubt`: an export says otherwise; `stands`: why no way back."""

    test_id: str
    product: Product
    who: str
    at: datetime
    oid: UUID | None = None
    doubt: str = ""
    stands: str = ""

    @property
    def key(self) -> str:
        """Names it on a page."""
        return str(self.oid or self.test_id)

    @property
    def is_clearing(self) -> bool:
        """Whether an Assigned-to was emptied; else a text was written."""
        return self.oid is None


def waiting_for_proof(*, product: str = "", test_id: str = "") -> list[Said]:
    """All of it, oldest first; of one product or one ID where named."""
    written, cleared = _written(), _cleared()
    if product:
        written, cleared = written.filter(claim__product__code=product), cleared.filter(product__code=product)
    if test_id:
        written, cleared = written.filter(test_id=test_id), cleared.filter(test_id=test_id)
    return sorted([*_said_written(list(written)), *_said_cleared(list(cleared))], key=lambda one: one.at)


@transaction.atomic
def prove(*, upload_id: int, actor: Actor) -> int:
    """Marks what the export shows as a person said it is. Before the export is applied, which then has the last word.

    Idempotent. Returns how many were proved.
    """
    upload = Upload.objects.defer("content").get(pk=upload_id)
    staged = StagedRow.objects.filter(upload=upload, valid=True)
    ours = staged.filter(claim_id=OuterRef("claim_id"), test_id=OuterRef("test_id"), more_claims="")
    written = list(_written().filter(Exists(ours)))
    blank = staged.filter(test_id=OuterRef("test_id"), assigned_to_digest="")
    cleared = list(_cleared().filter(Exists(blank), said_at__lte=upload.exported_at))
    ids = [*(one.test_id for one in written), *(one.test_id for one in cleared)]
    places = {one.test_id: source_of(upload, PlanRow(sheet=one.sheet, row=one.row)) for one in _rows(staged, ids)}
    for record in written:
        _mark(record, places[record.test_id], actor)
    for row in cleared:
        about = {"test_id": row.test_id, "product": row.product.code, "source": places[row.test_id]}
        audit.record(actor=actor, verb="test_id.clear_proved", **about)
    return len(ids)


def _written() -> QuerySet[AssignedToRecord]:
    """Texts that stand at iTEP by a person's word alone."""
    found = AssignedToRecord.objects.filter(confirmed_by=SEEN_BY_A_PERSON, claim__state=ClaimState.CONFIRMED)
    return found.select_related("claim__product").prefetch_related("claim__held").order_by("id")


def _cleared() -> QuerySet[TestID]:
    """IDs whose Assigned-to is empty by a person's word alone, and that was iTEP's last word of them."""
    # "exclude" lets the database use the partial index of the trail, which it must not read whole for each ID.
    told = AuditEntry.objects.filter(verb=CLEARED, test_id=OuterRef("test_id"), at__gte=OuterRef("said_at"))
    told = told.exclude(test_id="")
    found = TestID.objects.filter(Exists(told), said_by=WordSource.PERSON, to_clear_since=None, assigned_to_digest="")
    return found.select_related("product").defer("assigned_to", "password", "other").order_by("id")


def _rows(staged: QuerySet[StagedRow], test_ids: list[str]) -> Iterable[StagedRow]:
    for start in range(0, len(test_ids), 500):
        yield from staged.filter(test_id__in=test_ids[start : start + 500])


def _mark(record: AssignedToRecord, source: str, actor: Actor) -> None:
    still = AssignedToRecord.objects.filter(pk=record.pk, confirmed_by=SEEN_BY_A_PERSON)
    if not still.update(confirmed_by=source[:100], confirmed_at=timezone.now()):
        return  # taken back, or proved, this very moment
    audit.record(
        actor=actor,
        verb="text.proved",
        oid=record.claim.oid,
        test_id=record.test_id,
        product=record.claim.product.code,
        source=source,
    )


def _said_written(records: list[AssignedToRecord]) -> Iterable[Said]:
    told = AuditEntry.objects.filter(verb="claim.confirmed", oid__in=[one.claim.oid for one in records])
    who = {one.oid: audit.who(one) for one in told.select_related("user", "client").order_by("id")}
    for one in records:
        yield Said(
            test_id=one.test_id,
            product=one.claim.product,
            who=who.get(one.claim.oid, ""),
            at=one.confirmed_at or one.at,
            oid=one.claim.oid,
            doubt=one.claim.conflict_because,
            stands=claims.why_done_stands(one.claim, one),
        )


def _said_cleared(rows: list[TestID]) -> Iterable[Said]:
    told = AuditEntry.objects.filter(verb=CLEARED, test_id__in=[one.test_id for one in rows])
    who = {one.test_id: audit.who(one) for one in told.select_related("user", "client").order_by("id")}
    for one in rows:
        yield Said(test_id=one.test_id, product=one.product, who=who.get(one.test_id, ""), at=one.said_at)

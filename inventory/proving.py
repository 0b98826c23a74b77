"""What a person says to have done at iTEP, and the export that proves it (DESIGN.md section 4, rule 12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from access import audit
from access.actors import Actor
from access.models import AuditEntry
from inventory import claims, locks, pairing, sources
from inventory.claims import moves
from inventory.models import AssignedToRecord, ClaimState, Product, TestID, Upload, WordSource
from inventory.models.claims import SEEN_BY_A_PERSON, WrittenBy

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


def shown_by(upload: Upload) -> dict[str, dict[str, str]]:
    """What the staged export shows as a person said it is: texts written, by their record; IDs cleared. Each with its
    place in the file.
    """
    assert upload.exported_at is not None
    written, cleared = list(_written()), list(_cleared().filter(said_at__lte=upload.exported_at))
    rows = pairing.staged_of([*(one.test_id for one in written), *(one.test_id for one in cleared)])
    places = {test_id: sources.in_export(upload.pk, one.sheet, one.row) for test_id, one in rows.items()}
    return {
        "written": {
            str(one.pk): places[one.test_id]
            for one in written
            if one.test_id in rows and rows[one.test_id].claim_ids == (one.claim_id,)
        },
        "cleared": {
            one.test_id: places[one.test_id]
            for one in cleared
            if one.test_id in rows and not rows[one.test_id].assigned_to_digest
        },
    }


def prove(upload: Upload, actor: Actor) -> None:
    """Marks what the applied export showed as a person said it is, where they still say so. In its transaction."""
    written = upload.proofs.get("written", {})
    for record in _written().filter(pk__in=[int(one) for one in written]):
        _mark(record, written[str(record.pk)], actor)
    cleared = upload.proofs.get("cleared", {})
    still = _cleared().filter(test_id__in=list(cleared), said_at__lte=upload.exported_at)  # not said again since
    for row in locks.test_ids(Q(pk__in=still.values("pk"))):
        moves.change(row, said_by=WordSource.EXPORT, said_at=upload.exported_at)
        about = {"test_id": row.test_id, "product": row.product.code, "source": cleared[row.test_id]}
        audit.record(actor=actor, verb="test_id.clear_proved", **about)


def _written() -> QuerySet[AssignedToRecord]:
    """Texts that stand at iTEP by a person's word alone. Adopted ones do not: iTEP showed them."""
    found = AssignedToRecord.objects.filter(confirmed_by=SEEN_BY_A_PERSON, claim__state=ClaimState.CONFIRMED)
    found = found.exclude(written_by=WrittenBy.ADOPTED)
    return found.select_related("claim__product").prefetch_related("claim__held").order_by("id")


def _cleared() -> QuerySet[TestID]:
    """IDs whose Assigned-to is empty by a person's word alone, and that was iTEP's last word of them."""
    # "exclude" lets the database use the partial index of the trail, which it must not read whole for each ID.
    told = AuditEntry.objects.filter(verb=CLEARED, test_id=OuterRef("test_id"), at__gte=OuterRef("said_at"))
    told = told.exclude(test_id="")
    found = TestID.objects.filter(Exists(told), said_by=WordSource.PERSON, to_clear_since=None, assigned_to_digest="")
    return found.select_related("product").defer("assigned_to", "password", "other").order_by("id")


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
    told = AuditEntry.objects.filter(
        verb__in=["claim.confirmed", "text.rewritten"], oid__in=[one.claim.oid for one in records]
    )
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

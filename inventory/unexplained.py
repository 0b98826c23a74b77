"""Unexplained differences: what iTEP says that no known act explains (DESIGN.md section 2, *drift*). The goal is zero.

One difference is one test ID: of which iTEP's word contradicts a request, or which somebody started though iTEP calls
it Ready and nobody here has it. This module alone says which those are; Today, the pages and the metrics ask here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet

from access.models import AuditEntry
from inventory import repairs
from inventory.judgement import STARTED_OR_LATER
from inventory.models import Claim, ClaimState, Holding, Product, TestID
from inventory.repairs import Facts, Party, Repair
from itep.assigned_to import oids_in

IN_DOUBT = Q(status="ready", progress__in=STARTED_OR_LATER, said_at__gte=F("progress_at"))
# Kept from the stock because somebody started it; nobody here has it, so that no request says so.
_NOBODYS = IN_DOUBT & Q(set_aside_at__isnull=False) & (Q(holder__isnull=True) | Q(holding=Holding.EARLIER))
IN_DOUBT_BECAUSE = "An export calls it Ready, though a webhook said that the test was started. Nobody here has it."


@dataclass(frozen=True, slots=True)
class Difference:
    """One unexplained difference, with all that its page shows. `seen` is what it was when somebody looked."""

    test_id: str
    rule: str
    because: str
    source: str
    since: datetime | None
    product: Product
    row: TestID | None
    facts: Facts
    why_not: dict[Repair, str]
    seen: str
    oids: tuple[UUID, ...]
    holder_source: str = ""  # where its holder's ID came from: only one of the stock is called for again

    @property
    def repairable(self) -> list[Repair]:
        return [one for one, why in self.why_not.items() if not why]


def number() -> int:
    """How many there are."""
    contradicted = set(_contradicted().values_list("conflict_test_id", "oid"))
    named = {test_id or str(oid) for test_id, oid in contradicted}
    return len(named | set(_nobodys().values_list("test_id", flat=True)))


def test_ids() -> list[str]:
    """The IDs, those that wait longest first; a request that names none stands with its oid."""
    found: dict[str, datetime | None] = {}
    for test_id, oid, at in (
        _contradicted().order_by("conflict_at", "id").values_list("conflict_test_id", "oid", "conflict_at")
    ):
        found.setdefault(test_id or str(oid), at)
    for test_id, at in _nobodys().order_by("set_aside_at", "id").values_list("test_id", "set_aside_at"):
        found.setdefault(test_id, at)
    return list(found)


def differences(names: Iterable[str]) -> list[Difference]:
    """These differences, in the order of their names, in a fixed number of statements."""
    wanted = list(names)
    claims, rows = _around(wanted)
    return [found for name in wanted if (found := _difference(name, claims, rows.get(name)))]


def one(name: str) -> Difference | None:
    """The difference of this ID (or oid); None once it is explained."""
    return next(iter(differences([name])), None)


def facts_of(test_id: str, row: TestID | None, holder: Claim | None, others: Iterable[Claim]) -> Facts:
    """What `repairs.why_not` judges by. `others`: contradicted or named in its text, without holding it."""
    return Facts(
        standing=row.standing if row else "",
        in_doubt=row is not None and row.status == "ready" and row.progress in STARTED_OR_LATER,
        other_product=row is not None and holder is not None and holder.product_id != row.product_id,
        holder=_party(test_id, holder, row) if holder else None,
        others=tuple(_party(test_id, one, row) for one in others),
    )


def stamp(row: TestID | None, claims: Iterable[Claim]) -> str:
    """Changes with anything that a repair judges by: a person repairs what they saw, or nothing."""
    parts = [f"{one.pk}.{one.revision}" for one in sorted(claims, key=lambda claim: claim.pk)]
    return ":".join([str(row.revision) if row else "-", *parts])


def _contradicted() -> QuerySet[Claim]:
    return Claim.objects.filter(conflict_at__isnull=False)


def _nobodys() -> QuerySet[TestID]:
    return TestID.objects.filter(_NOBODYS)


def _around(names: list[str]) -> tuple[list[Claim], dict[str, TestID]]:
    rows = {one.test_id: one for one in TestID.objects.filter(test_id__in=names).select_related("product")}
    oids = [name for name in names if "-" in name and len(name) == 36]
    which = Q(conflict_at__isnull=False) & (Q(conflict_test_id__in=names) | Q(conflict_test_id="", oid__in=oids))
    holders = [one.holder_id for one in rows.values() if one.holder_id]
    held = Prefetch("held", TestID.objects.defer("assigned_to", "password", "other"))
    which |= Q(oid__in=[oid for one in rows.values() for oid in oids_in(one.assigned_to)])
    claims = Claim.objects.filter(which | Q(pk__in=holders)).select_related("product").prefetch_related(held)
    return list(claims.order_by("id")), rows


def _difference(name: str, claims: list[Claim], row: TestID | None) -> Difference | None:
    holder = next((one for one in claims if row and one.pk == row.holder_id), None)
    concerned = [one for one in claims if one.conflict_at and (one.conflict_test_id or str(one.oid)) == name]
    named = set(oids_in(row.assigned_to)) if row else set()
    others = [one for one in claims if one is not holder and (one in concerned or one.oid in named)]
    facts = facts_of(name, row, holder, others)
    by_doubt = row is not None and facts.in_doubt and row.set_aside_at is not None
    if not concerned and not (by_doubt and (holder is None or not facts.live)):
        return None
    first = min(concerned, key=lambda one: (one.conflict_at, one.pk), default=None)
    about = first.product if first else row.product if row else None
    assert about is not None
    told = None if first else AuditEntry.objects.filter(test_id=name, verb="test_id.set_aside").last()
    return Difference(
        test_id=name if row or (first and first.conflict_test_id) else "",
        rule=first.conflict_rule if first else "d.in_doubt",
        because=first.conflict_because if first else IN_DOUBT_BECAUSE,
        source=first.conflict_source if first else told.source if told else "",
        since=first.conflict_at if first else row.set_aside_at if row else None,
        product=row.product if row else about,
        row=row,
        facts=facts,
        why_not=repairs.why_not(facts),
        seen=stamp(row, [*others, *([holder] if holder else [])]),
        holder_source=holder.source if holder else "",
        oids=tuple(one.oid for one in ([holder] if holder and holder not in others else []) + others),
    )


def _party(test_id: str, claim: Claim, row: TestID | None) -> Party:
    mine = row is not None and row.holder_id == claim.pk
    current = claim.current
    return Party(
        oid=claim.oid,
        state=ClaimState(claim.state),
        holds=mine and row is not None and row.holding == Holding.CURRENT,
        earlier=mine and row is not None and row.holding == Holding.EARLIER,
        elsewhere=current.test_id if current and current.test_id != test_id else "",
    )

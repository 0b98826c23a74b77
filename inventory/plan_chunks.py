"""The chunks of a plan that is being applied: new IDs many at a time, those that claims concern few.

Each is written in one transaction. What moved since the preview is dropped and named, never overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet

from access import audit
from access.actors import Actor
from access.models import AuditEntry
from inventory import locks, mirror_writing, pairing, set_writing, sources
from inventory.claims_by_export import carry_out
from inventory.errors import ClaimMoved
from inventory.judgement import Effect, Judgement, judge
from inventory.models import Cause, Claim, PlanRow, Upload
from inventory.pairs import Pair
from inventory.plan_rows import Step
from inventory.planning import terms_of

NEW_CHUNK = 20_000
MIRROR_CHUNK = 2_000
CLAIM_CHUNK = 100
MOVED = "changed since the preview"


class Chunk(Protocol):
    """Rows of one step of a plan: how many, and the key of the last."""

    @property
    def step(self) -> int: ...
    @property
    def count(self) -> int: ...
    @property
    def last(self) -> int: ...
    def write(self, upload: Upload, actor: Actor) -> None: ...


def next_chunk(upload: Upload) -> Chunk | None:
    """What is to be applied next; None once nothing is left."""
    steps = (step for step in Step if upload.step_done <= step < Step.NEVER)
    return next(filter(None, (_of_step(upload, step) for step in steps)), None)


def _of_step(upload: Upload, step: Step) -> Chunk | None:
    """Where a later export of one of its products came in between, each row is judged again."""
    if step <= Step.MIRROR and not terms_of(upload).applied:
        return _many(upload, step)
    rows = list(_left(upload, step)[: MIRROR_CHUNK if step <= Step.MIRROR else CLAIM_CHUNK])
    return Judged(upload, rows) if rows else None


def _many(upload: Upload, step: Step) -> NewIDs | OfMirror | None:
    most, kind = (NEW_CHUNK, NewIDs) if step == Step.NEW else (MIRROR_CHUNK, OfMirror)
    found = _left(upload, step).values("pk")[:most].aggregate(number=Count("pk"), last=Max("pk"))
    return kind(count=found["number"], last=found["last"], after=_after(upload, step)) if found["number"] else None


def _left(upload: Upload, step: int) -> QuerySet[PlanRow]:
    """What is still to be applied of this step, by the mark of how far it came. The index gives it in order."""
    return PlanRow.objects.filter(upload=upload, step=step, pk__gt=_after(upload, step)).order_by("pk")


def _after(upload: Upload, step: int) -> int:
    return upload.row_done if step == upload.step_done else 0


@dataclass(frozen=True, slots=True)
class NewIDs:
    """Rows after the key `after` that only bring new IDs: nothing is judged, since nothing is known of them."""

    count: int
    last: int
    after: int
    step = Step.NEW

    def write(self, upload: Upload, actor: Actor) -> None:
        set_writing.write_new(upload, after=self.after, through=self.last, moved=MOVED, actor=actor)


@dataclass(frozen=True, slots=True)
class OfMirror:
    """Rows after the key `after` that change the mirror alone: set-wise, but those that a claim concerns."""

    count: int
    last: int
    after: int
    step = Step.MIRROR

    def write(self, upload: Upload, actor: Actor) -> None:
        written = set_writing.write_known(upload, after=self.after, through=self.last, moved=MOVED, actor=actor)
        if written < self.count and (rest := list(set_writing.rest(upload, after=self.after, through=self.last))):
            Judged(upload, rest).write(upload, actor)


@dataclass(slots=True)
class Judged:
    """Some rows of one step of a plan, each judged again under its locks."""

    upload: Upload
    rows: Sequence[PlanRow]
    dropped: dict[int, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def step(self) -> int:
        return self.rows[0].step

    @property
    def last(self) -> int:
        return self.rows[-1].pk

    def write(self, upload: Upload, actor: Actor) -> None:
        test_ids = [row.test_id for row in self.rows]
        self._lock(test_ids)
        found = {pair.test_id: pair for pair in pairing.some(self.rows, upload.compared)}
        terms = terms_of(upload)
        standing: list[tuple[PlanRow, Pair, Judgement]] = []
        for row in self.rows:
            pair = found.get(row.test_id)
            judgement = judge(pair.test_id, pair.row, pair.mirror, terms) if pair else None
            if pair and judgement and _stands(row, pair, judgement):
                standing.append((row, pair, judgement))
            else:
                self.dropped[row.pk] = MOVED
        if self.step <= Step.MIRROR:
            mirror_writing.write_many(upload, standing)
        else:
            standing = [one for one in standing if self._carry_out(*one, actor)]
        audit.record_many(_told(upload, actor, row, judgement) for row, _, judgement in standing)
        for pk, why in self.dropped.items():
            PlanRow.objects.filter(pk=pk).update(dropped=why)

    def _lock(self, test_ids: Sequence[str]) -> None:
        """Claims before test IDs, as everywhere."""
        oids = [row.oid for row in self.rows if row.oid]
        if oids:  # also where only the mirror changes: the ledger looks at the claim of an ID whose state moves
            locks.claims(Q(oid__in=oids) | Q(pk__in=_holders(test_ids)))
        locks.mirror(test_ids=test_ids)

    def _carry_out(self, row: PlanRow, pair: Pair, judgement: Judgement, actor: Actor) -> bool:
        try:
            with transaction.atomic():
                problem = carry_out(self.upload, row, pair, judgement, actor)
        except ClaimMoved as moved:
            problem = moved.why
        if problem:
            self.dropped[row.pk] = problem[:100]
        return not problem


def _holders(test_ids: Sequence[str]) -> list[int]:
    holders = Claim.objects.filter(held__test_id__in=test_ids).values_list("pk", flat=True)
    return list(holders)


def _stands(row: PlanRow, pair: Pair, judgement: Judgement) -> bool:
    """Whether what was shown still holds: the same judgement, of the same revisions."""
    revision = pair.mirrored.revision if pair.mirrored else None
    claim_revision = pair.claim.revision if pair.claim else None
    if (row.cause, row.rule) != (judgement.cause, judgement.rule):
        return False
    return row.revision == revision and row.claim_revision == claim_revision


_VERBS = {
    Cause.CONFLICT: "test_id.contradicted",
    Cause.CONFIRMED: "test_id.joined",
    Cause.UNCHANGED: "test_id.seen",
}


def _told(upload: Upload, actor: Actor, row: PlanRow, judgement: Judgement) -> AuditEntry:
    verb = _VERBS.get(Cause(row.cause), f"test_id.{row.cause}")
    if Effect.LEFT_PANEL in judgement.effects:
        verb = "test_id.left_panel"
    return audit.entry(
        actor=actor,
        verb=verb,
        oid=row.oid,
        test_id=row.test_id,
        product=row.product,
        source=sources.in_export(upload.pk, row.sheet, row.row),
        detail={"rule": row.rule, "fields": list(judgement.fields), "before": row.before, "after": row.after},
    )

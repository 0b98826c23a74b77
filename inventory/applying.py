"""Applying a plan: short chunks, each one transaction; killed in the middle, it goes on where it was.

Every row is judged again under its locks: what moved since the preview is dropped and named, never overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Max, Q, QuerySet
from django.utils import timezone

from access import audit
from access.actors import Actor
from access.models import AuditEntry
from inventory import (
    announcing,
    locks,
    mirror_writing,
    pairing,
    planning,
    products,
    proving,
    purchases,
    sources,
    text_search,
)
from inventory.claims_by_export import carry_out
from inventory.errors import ClaimMoved
from inventory.judgement import Effect, Judgement, judge
from inventory.models import Cause, Claim, ClaimState, PlanRow, Product, Scope, SeenProduct, Upload
from inventory.models.uploads import UploadState
from inventory.pairs import Pair
from inventory.plan_rows import Step
from inventory.planning import terms_of
from inventory.uploads import CannotApply
from outbox import entries

NEW_CHUNK = 20_000
MIRROR_CHUNK = 2_000
CLAIM_CHUNK = 100
MOVED = "changed since the preview"
APPLY = "inventory.apply"


class YesMissing(CannotApply):
    """Something in the plan needs an explicit yes; the message says what, `kinds` by the names of `apply`'s options."""

    def __init__(self, message: str, kinds: list[str]) -> None:
        super().__init__(message)
        self.kinds = kinds


class PlanMoved(CannotApply):
    """A change would appear that the preview did not show."""


def apply(
    *,
    upload_id: int,
    actor: Actor,
    accept_withdrawals: bool = False,
    accept_mass_change: bool = False,
    strict: bool = False,
) -> Upload:
    """Applies a planned upload as a whole. Raises CannotApply (YesMissing, PlanMoved) before anything is changed."""
    begin(
        upload_id=upload_id,
        actor=actor,
        accept_withdrawals=accept_withdrawals,
        accept_mass_change=accept_mass_change,
        strict=strict,
    )
    while go_on(upload_id=upload_id, actor=actor):
        pass
    return Upload.objects.get(pk=upload_id)


def begin(
    *,
    upload_id: int,
    actor: Actor,
    accept_withdrawals: bool = False,
    accept_mass_change: bool = False,
    strict: bool = False,
) -> None:
    """Checks that the plan may be applied, and that it still shows every change; from then on it is being applied.

    Raises CannotApply, YesMissing, PlanMoved; an upload that is being applied already is left to go on.
    """
    upload = Upload.objects.get(pk=upload_id)
    if upload.state == UploadState.APPLYING:
        return
    if upload.state != UploadState.PLANNED:
        raise CannotApply(f"This upload is {upload.get_state_display().lower()}: there is no plan to apply.")
    if strict and upload.counts.get(Cause.INVALID):
        raise CannotApply(f"{upload.counts[Cause.INVALID]} IDs of the file are invalid: nothing is applied.")
    if upload.counts.get(Cause.INVALID) and upload.counts[Cause.INVALID] == sum(upload.counts.values()):
        raise CannotApply("Every row of the file is invalid: there is nothing to apply.")
    _check_yes(upload, withdrawals=accept_withdrawals, mass_change=accept_mass_change)
    _check_shown(upload)
    _begin(upload, actor, accept_withdrawals=accept_withdrawals, accept_mass_change=accept_mass_change)


def go_on(*, upload_id: int, actor: Actor) -> bool:
    """One chunk of an upload that is being applied, in one transaction; False once all is done."""
    try:
        return _go_on(upload_id, actor)
    except IntegrityError:  # an ID of this chunk was made known by somebody else at this moment: now it is seen
        return _go_on(upload_id, actor)


@transaction.atomic
def _go_on(upload_id: int, actor: Actor) -> bool:
    upload = locks.upload(upload_id=upload_id)
    if upload.state != UploadState.APPLYING:
        return False
    chunk = _new_rows(upload) or _next_rows(upload)
    if chunk is None:
        _finish(upload, actor)
        return False
    chunk.write(upload, actor)
    Upload.objects.filter(pk=upload.pk).update(
        rows_done=F("rows_done") + chunk.count, step_done=chunk.step, row_done=chunk.last
    )
    return True


def _check_yes(upload: Upload, *, withdrawals: bool, mass_change: bool) -> None:
    given = {"withdrawals": withdrawals, "mass_change": mass_change}
    missing = [one for one in upload.warnings if not given.get(one["kind"], True)]
    if missing:
        kinds = list(dict.fromkeys(str(one["kind"]) for one in missing))
        raise YesMissing(" ".join([*(str(one["text"]) for one in missing), "This needs an explicit yes."]), kinds)


def _check_shown(upload: Upload) -> None:
    if new := planning.moved_since(upload):
        named = ", ".join(new[:5])
        raise PlanMoved(f"Since the preview {len(new)} more test IDs would change ({named}). Make the preview again.")


@transaction.atomic
def _begin(upload: Upload, actor: Actor, *, accept_withdrawals: bool, accept_mass_change: bool) -> None:
    locked = locks.upload(upload_id=upload.pk)
    if locked.state in (UploadState.APPLYING, UploadState.APPLIED):
        return
    if locked.state != UploadState.PLANNED or locked.planned_at != upload.planned_at:
        raise PlanMoved("The preview was made once more, or given up, at this moment. Look at it again.")
    _create_products(upload, actor)
    locked.state = UploadState.APPLYING
    locked.accept_withdrawals, locked.accept_mass_change = accept_withdrawals, accept_mass_change
    locked.save(update_fields=["state", "accept_withdrawals", "accept_mass_change"])
    given = [name for name, yes in (("withdrawals", accept_withdrawals), ("mass change", accept_mass_change)) if yes]
    audit.record(actor=actor, verb="upload.accepted", subject=f"upload {upload.pk}", detail={"yes": given})
    # Written with what made it necessary: whoever applies may be killed, and then the worker takes it to its end.
    entries.write(kind=APPLY, key=str(upload.pk), payload={"upload": upload.pk})


def _create_products(upload: Upload, actor: Actor) -> None:
    """Those that the file names and nobody knows. Raises PlanMoved where one came to be known in other letters."""
    codes = set(Product.objects.values_list("code", flat=True))
    known = {code.casefold(): code for code in codes}
    for code in sorted(set(upload.products) - codes):
        if code.casefold() in known:
            raise PlanMoved(f"Since the preview {known[code.casefold()]} came to be known. Make the preview again.")
        products.create_or_change(code=code, actor=actor)


def _new_rows(upload: Upload) -> _NewIDs | None:
    """The next new IDs, many at a time: nothing is judged, since nothing is known of them.

    Not where a later export of one of their products came in between: then each row is judged again.
    """
    if upload.step_done != Step.NEW or terms_of(upload).applied:
        return None
    keys = _left(upload, Step.NEW).values("pk")[:NEW_CHUNK]
    found = keys.aggregate(number=Count("pk"), last=Max("pk"))
    return _NewIDs(count=found["number"], last=found["last"], after=upload.row_done) if found["number"] else None


def _next_rows(upload: Upload) -> _Chunk | None:
    """The next rows of one step: many where only the mirror changes, few where claims do."""
    steps = (step for step in Step if upload.step_done <= step < Step.NEVER)
    for step in steps:
        rows = list(_left(upload, step)[: MIRROR_CHUNK if step <= Step.MIRROR else CLAIM_CHUNK])
        if rows:
            return _Chunk(upload, rows)
    return None


def _left(upload: Upload, step: int) -> QuerySet[PlanRow]:
    """What is still to be applied of this step, by the mark of how far it came. The index gives it in order."""
    after = upload.row_done if step == upload.step_done else 0
    return PlanRow.objects.filter(upload=upload, step=step, pk__gt=after).order_by("pk")


@dataclass(frozen=True, slots=True)
class _NewIDs:
    """Rows of the plan up to the key `last` that only bring new IDs."""

    count: int
    last: int
    after: int
    step = Step.NEW

    def write(self, upload: Upload, actor: Actor) -> None:
        mirror_writing.write_new(upload, after=self.after, through=self.last, moved=MOVED, actor=actor)


@dataclass(slots=True)
class _Chunk:
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


def _finish(upload: Upload, actor: Actor) -> None:
    """The word of this export stands beside every ID that it spoke of; whoever waits is served."""
    assert upload.exported_at is not None
    seen = Product.objects.all()
    if upload.scope != Scope.ALL:
        seen = seen.filter(code__in=upload.products)
    SeenProduct.objects.bulk_create(
        [SeenProduct(upload=upload, product=one, exported_at=upload.exported_at) for one in seen]
    )
    purchases.arrived_by_upload(upload=upload, actor=actor)
    proving.prove(upload, actor)
    for product in seen.filter(claims__state=ClaimState.WAITING).distinct():
        announcing.stock_grew(product)
    text_search.follow(upload)
    forget_secrets(upload)
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.APPLIED, applied_at=timezone.now())
    counts = {cause: number for cause, number in upload.counts.items() if number}
    audit.record(actor=actor, verb="upload.applied", subject=f"upload {upload.pk}", detail=counts)


def forget_secrets(upload: Upload) -> None:
    """What the mirror holds by now, or will never hold."""
    secrets = ~Q(assigned_to="") | ~Q(password="") | Q(other__isnull=False)
    PlanRow.objects.filter(secrets, upload=upload).update(assigned_to="", password="", other=None)

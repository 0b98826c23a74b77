"""The plan of an upload: what applying it would change, ID by ID, each with one cause (DESIGN.md section 5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Sum
from django.utils import timezone

from inventory import locks, pairing, proving, staging, uploads
from inventory.collecting import without_collecting
from inventory.judgement import Effect, Judgement, Terms, judge
from inventory.models import Cause, Claim, PlanRow, Product, Scope, SeenProduct, Standing, TestID, Upload
from inventory.models.uploads import UploadState
from inventory.pairs import OTHER, Pair
from inventory.plan_rows import COLUMNS, invalid_rows, planned_row
from inventory.sheets import UnreadableFile
from inventory.uploads import CannotApply, Contents

MASS = (Cause.WITHDRAWN, Cause.RETURNED, Cause.NOT_ARRIVED, Cause.ASSIGNMENT_LOST)
CLOSED = (UploadState.APPLYING, UploadState.APPLIED, UploadState.DISCARDED)
TWICE = "This upload was read twice at the same moment. Show what would change once more."
CHUNK = pairing.RANGE  # rows of the file, planned at a time


class ReadTwice(CannotApply):
    """Another began to plan the upload meanwhile: that one's plan counts."""


def plan(*, upload_id: int) -> Upload:
    """Reads the upload, stages it, judges what differs, and keeps the plan. Nothing else is written.

    Runs outside of any transaction: a killed plan is simply made again. Raises UnreadableFile, CannotApply, and leaves
    the upload failed with the same message; ReadTwice, where another may have made the plan.
    """
    upload = _take_plan_away(upload_id)
    try:
        contents = _read(upload)
    except (UnreadableFile, CannotApply) as unusable:
        still = Upload.objects.filter(pk=upload.pk).exclude(state__in=CLOSED)  # not given up meanwhile, nor applied
        still.update(state=UploadState.FAILED, problem=str(unusable)[:500])
        raise
    try:
        return _planned(upload, contents)
    except CannotApply:
        PlanRow.objects.filter(upload=upload, upload__state=UploadState.DISCARDED).delete()  # given up meanwhile
        raise


def _planned(upload: Upload, contents: Contents) -> Upload:
    Upload.objects.filter(pk=upload.pk).update(rows_total=len(contents.rows), rows_done=0)
    upload.world = world(upload)
    tally = _Tally()
    with without_collecting(), staging.staged(contents=contents, codes=codes_of(contents)):
        _write(upload, invalid_rows(upload, contents))
        pairing.sort(upload, upload.compared)
        for done in _new_rows(upload, tally):
            _write(upload, _judged_rows(upload, contents, tally, done))
            Upload.objects.filter(pk=upload.pk).update(rows_done=done.stop)
        _write(upload, _absent_rows(upload, contents, tally))
        total = len(contents.rows) + pairing.absent_in_scope()
        upload.proofs = proving.shown_by(upload)
    return _keep(upload, contents, tally, total)


def moved_since(upload: Upload) -> list[str]:
    """IDs that the plan does not name, and that the same file would change by now.

    Where nothing moved that the plan depends on, that is none, and the file is not read again.
    Raises UnreadableFile, CannotApply.
    """
    if upload.world == world(upload):
        return []
    contents = _read(upload)
    terms = terms_of(upload)
    planned = set(PlanRow.objects.filter(upload=upload).values_list("test_id", flat=True))
    with staging.staged(contents=contents, codes=codes_of(contents)):
        pairing.sort(upload, upload.compared)
        in_file = pairing.differing(upload.compared, after=0, through=pairing.staged_rows(), new_too=True)
        return [
            pair.test_id
            for pairs in (in_file, pairing.absent(upload.compared))
            for pair in pairs
            if pair.test_id not in planned
            and judge(pair.test_id, pair.row, pair.mirror, terms).cause != Cause.UNCHANGED
        ]


def world(upload: Upload) -> list[int | None]:
    """What the judgement of this upload's IDs depends on, in numbers that grow with each change of it."""
    ids = TestID.objects.all()
    if upload.scope != Scope.ALL:
        ids = ids.filter(product__code__in=upload.products)
    of_ids = ids.aggregate(number=Count("pk"), revisions=Sum("revision"))
    of_claims = Claim.objects.aggregate(number=Count("pk"), revisions=Sum("revision"))
    seen = SeenProduct.objects.aggregate(last=Max("pk"))["last"]
    return [*of_ids.values(), *of_claims.values(), seen]


def _read(upload: Upload) -> Contents:
    """What the upload says; of which fields and products stands on it then. Raises UnreadableFile, CannotApply."""
    contents = uploads.contents(upload)
    if upload.exported_at is None:
        raise CannotApply("Say when this file was downloaded from iTEP.")
    has_other = any(row.other for row in contents.rows.values())
    upload.compared = [*map(str, contents.fields), *([OTHER] if has_other else [])]
    codes = codes_of(contents)
    upload.products = sorted({codes[one.casefold()] for one in contents.products})
    return contents


@transaction.atomic
def _take_plan_away(upload_id: int) -> Upload:
    """From here on there is no plan that somebody could begin to apply, and who planned before us writes no more.

    Raises CannotApply.
    """
    locked = still_open(upload_id)
    PlanRow.objects.filter(upload=locked).delete()
    state = UploadState.UPLOADED if locked.state == UploadState.PLANNED else locked.state
    Upload.objects.filter(pk=upload_id).update(state=state, planned_at=timezone.now())
    return Upload.objects.get(pk=upload_id)


def _write(upload: Upload, rows: Iterator[tuple[Any, ...]]) -> None:
    staging.insert("inventory_planrow", COLUMNS, rows, only_if=lambda: _check_ours(upload))


def _check_ours(upload: Upload) -> None:
    """By the time at which this plan was begun. Raises ReadTwice, CannotApply."""
    locked = still_open(upload.pk)
    if locked.planned_at != upload.planned_at or locked.state == UploadState.PLANNED:
        raise ReadTwice(TWICE)


def still_open(upload_id: int) -> Upload:
    """The upload, locked, unless it is being applied, was, or was given up. Raises CannotApply."""
    locked = locks.upload(upload_id=upload_id)
    if locked.state in CLOSED:
        raise CannotApply(f"This upload is {locked.get_state_display().lower()}: it cannot be planned again.")
    return locked


def terms_of(upload: Upload) -> Terms:
    """What holds for every ID of this upload."""
    assert upload.exported_at is not None
    applied = SeenProduct.objects.filter(exported_at__gt=upload.exported_at).values("product__code")
    latest = applied.annotate(at=Max("exported_at")).values_list("product__code", "at")
    return Terms(
        exported_at=upload.exported_at,
        tolerance=timedelta(seconds=settings.EXPORT_TOLERANCE),
        settle=timedelta(minutes=settings.SETTLE_MINUTES),
        applied=(*latest, *_being_applied(upload)),
    )


def _being_applied(upload: Upload) -> Iterator[tuple[str, datetime]]:
    """Later exports that are in the middle of being applied: between their chunks an older one must not add what they
    lack."""
    later = Upload.objects.filter(state=UploadState.APPLYING, exported_at__gt=upload.exported_at)
    for one in later.only("scope", "products", "exported_at"):
        codes = Product.objects.values_list("code", flat=True) if one.scope == Scope.ALL else one.products
        assert one.exported_at is not None
        yield from ((code, one.exported_at) for code in codes)


def standing_after(pair: Pair, judgement: Judgement) -> str:
    """What iTEP's word makes of the ID once applied."""
    if Effect.WITHDRAW in judgement.effects:
        return Standing.WITHDRAWN
    if pair.row is None or Effect.WRITE not in judgement.effects:
        return pair.mirror.standing if pair.mirror else ""
    if pair.row.blank:
        return Standing.OPEN if pair.row.ready else Standing.UNAVAILABLE
    return Standing.OURS if pair.row.ours else Standing.OUTSIDE


@dataclass(slots=True)
class _Tally:
    """What the plan comes to, counted as it is made."""

    causes: Counter[str] = field(default_factory=Counter)
    mass: Counter[str] = field(default_factory=Counter)  # product -> IDs
    available: int = 0  # more than before
    rows: int = 0

    def add(self, pair: Pair, judgement: Judgement, after: str) -> None:
        self.causes[judgement.cause] += 1
        if judgement.cause in MASS and pair.mirror:
            self.mass[pair.mirror.product] += 1
        free = pair.mirror is None or (not pair.mirror.set_aside and pair.mirror.holder is None)
        was = pair.mirror is not None and free and pair.mirror.standing == Standing.OPEN
        becomes = after == Standing.OPEN and (free or Effect.FREE in judgement.effects)
        becomes = becomes and Effect.IN_DOUBT not in judgement.effects  # then it is set aside
        self.available += becomes - was - (Effect.TAKE_NEXT in judgement.effects)

    def add_new(self, found: Mapping[Standing, int]) -> None:
        """Those that the database planned by itself, by what they are then."""
        self.causes[Cause.ADDED] += sum(found.values())
        self.rows += sum(found.values())
        self.available += found[Standing.OPEN]


def codes_of(contents: Contents) -> dict[str, str]:
    """A product as the file spells it, without case -> its code: as it is, else a known one, else the first."""
    codes = set(Product.objects.values_list("code", flat=True))
    known = {code.casefold(): code for code in codes}
    return {one.casefold(): one if one in codes else known.get(one.casefold(), one) for one in contents.products}


def _new_rows(upload: Upload, tally: _Tally) -> Iterator[range]:
    """Plans what is surely new, chunk by chunk of the file; gives each chunk, for the rest of it to be judged."""
    later = [code for code, _ in terms_of(upload).applied]
    total = pairing.staged_rows()
    for start in range(0, total, CHUNK):
        stop = min(start + CHUNK, total)
        with transaction.atomic():
            _check_ours(upload)
            found = pairing.plan_new(upload, after=start, through=stop, later=later)
        tally.add_new(found)
        yield range(start, stop)


def _judged_rows(upload: Upload, contents: Contents, tally: _Tally, chunk: range) -> Iterator[tuple[Any, ...]]:
    found = pairing.differing(upload.compared, after=chunk.start, through=chunk.stop)
    return _planned_rows(upload, contents, tally, found)


def _absent_rows(upload: Upload, contents: Contents, tally: _Tally) -> Iterator[tuple[Any, ...]]:
    return _planned_rows(upload, contents, tally, pairing.absent(upload.compared))


def _planned_rows(
    upload: Upload, contents: Contents, tally: _Tally, found: Iterator[Pair]
) -> Iterator[tuple[Any, ...]]:
    terms = terms_of(upload)
    for pair in found:
        judgement = judge(pair.test_id, pair.row, pair.mirror, terms)
        after = standing_after(pair, judgement)
        tally.add(pair, judgement, after)
        if judgement.cause != Cause.UNCHANGED or judgement.effects:
            tally.rows += 1
            yield planned_row(upload, contents, pair, judgement, after)


@transaction.atomic
def _keep(upload: Upload, contents: Contents, tally: _Tally, total: int) -> Upload:
    """The plan's counts, of `total` IDs. Pairs that the database called unchanged are only counted."""
    _check_ours(upload)
    counts = {str(cause): tally.causes[cause] for cause in Cause}
    counts[Cause.INVALID] = contents.invalid
    counts[Cause.UNCHANGED] = total - sum(tally.causes[cause] for cause in Cause if cause != Cause.UNCHANGED)
    available = TestID.objects.available().count()
    upload.counts = counts
    upload.warnings = [
        *({"kind": "remark", "text": text} for text in [*contents.remarks, *_repeated(upload)]),
        *_needed(contents, tally),
        {"kind": "available", "before": available, "after": max(available + tally.available, 0)},
    ]
    upload.rows_total, upload.rows_done = tally.rows, 0
    upload.state, upload.problem, upload.planned_at = UploadState.PLANNED, "", timezone.now()
    upload.save(
        update_fields=[
            *("compared", "products", "world", "proofs", "counts", "warnings"),
            *("rows_total", "rows_done", "state", "problem", "planned_at"),
        ]
    )
    return upload


def _repeated(upload: Upload) -> list[str]:
    same = Upload.objects.filter(sha256=upload.sha256, state=UploadState.APPLIED).exclude(pk=upload.pk).first()
    return [f"The same file was applied before, as upload {same.pk}."] if same else []


def _needed(contents: Contents, tally: _Tally) -> Iterator[dict[str, Any]]:
    """What needs an explicit yes: more than a fifth of a product's IDs, or withdrawals while an ID is unreadable."""
    held = dict(TestID.objects.filter(product__code__in=tally.mass).values_list("product__code").annotate(Count("id")))
    for product, number in sorted(tally.mass.items()):
        if number * 5 > held.get(product, 0):
            text = (
                f"{number} of {held.get(product, 0)} test IDs of {product} would leave iTEP's list, return to the "
                "stock, or turn out not to be assigned: more than a fifth. "
                "The file may be cut short, or its columns mixed up."
            )
            yield {"kind": "mass_change", "product": product, "text": text}
    if contents.unreadable and (withdrawn := tally.causes[Cause.WITHDRAWN]):
        text = (
            f"Test IDs no longer offered: {withdrawn}. Rows whose test ID cannot be read: {contents.unreadable}. "
            "They may be the same."
        )
        yield {"kind": "withdrawals", "text": text}

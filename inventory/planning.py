"""The plan of an upload: what applying it would change, ID by ID, each with one cause (DESIGN.md section 5)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Max
from django.utils import timezone

from access.encryption import encrypt
from inventory import locks, pairs, staging, uploads
from inventory.judgement import Effect, Judgement, Terms, judge
from inventory.models import Cause, Claim, PlanRow, Product, SeenProduct, Standing, TestID, Upload
from inventory.models.uploads import UploadState
from inventory.pairs import Pair
from inventory.sheets import UnreadableFile
from inventory.uploads import CannotApply, Contents

MASS = (Cause.WITHDRAWN, Cause.RETURNED, Cause.NOT_ARRIVED, Cause.ASSIGNMENT_LOST)
_LAST = {Effect.NOT_ARRIVED, Effect.FREE, Effect.UNEXPLAINED, Effect.EXPLAINED}
_COLUMNS = (
    "upload_id",
    "test_id",
    "product",
    "cause",
    "rule",
    "oid",
    "fields",
    "values",
    "revision",
    "claim_revision",
    "sheet",
    "row",
    "column",
    "value",
    "expected",
    "step",
    "before",
    "after",
    "dropped",
)
_oid_field = Claim._meta.get_field("oid")


def plan(*, upload_id: int) -> Upload:
    """Reads the upload, stages it, judges what differs, and keeps the plan. Nothing else is written.

    Runs outside of any transaction: a killed plan is simply made again. Raises UnreadableFile, CannotApply, and leaves
    the upload failed with the same message.
    """
    upload = _take_plan_away(upload_id)
    try:
        contents = uploads.contents(upload)
        if upload.exported_at is None:
            raise CannotApply("Say when this file was downloaded from iTEP.")
    except (UnreadableFile, CannotApply) as unusable:
        Upload.objects.filter(pk=upload.pk).update(state=UploadState.FAILED, problem=str(unusable)[:500])
        raise
    upload.compared = [str(one) for one in contents.fields]
    staging.stage(upload=upload, contents=contents, codes=_codes(contents))
    tally = _Tally()
    staging.insert("inventory_planrow", _COLUMNS, _invalid_rows(upload, contents))
    staging.insert("inventory_planrow", _COLUMNS, _planned_rows(upload, contents, tally))
    return _keep(upload, contents, tally)


@transaction.atomic
def _take_plan_away(upload_id: int) -> Upload:
    """From here on there is no plan that somebody could begin to apply. Raises CannotApply."""
    locked = _still_open(upload_id)
    PlanRow.objects.filter(upload=locked).delete()
    if locked.state == UploadState.PLANNED:
        Upload.objects.filter(pk=upload_id).update(state=UploadState.UPLOADED)
    return Upload.objects.get(pk=upload_id)


def _still_open(upload_id: int) -> Upload:
    """The upload, locked, unless it is being applied, was, or was given up. Raises CannotApply."""
    locked = locks.upload(upload_id=upload_id)
    if locked.state in (UploadState.APPLYING, UploadState.APPLIED, UploadState.DISCARDED):
        raise CannotApply(f"This upload is {locked.get_state_display().lower()}: it cannot be planned again.")
    return locked


def terms_of(upload: Upload) -> Terms:
    """What holds for every ID of this upload."""
    applied = SeenProduct.objects.filter(exported_at__gt=upload.exported_at).values("product__code")
    latest = applied.annotate(at=Max("exported_at")).values_list("product__code", "at")
    return replace(times_of(upload), applied=tuple(latest))


def times_of(upload: Upload) -> Terms:
    """The same without what other exports said, and so without asking the database."""
    assert upload.exported_at is not None
    return Terms(
        exported_at=upload.exported_at,
        tolerance=timedelta(seconds=settings.EXPORT_TOLERANCE),
        settle=timedelta(minutes=settings.SETTLE_MINUTES),
    )


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
        becomes = becomes and (was or Effect.IN_DOUBT not in judgement.effects)  # then it is set aside
        self.available += becomes - was - (Effect.TAKE_NEXT in judgement.effects)


def _codes(contents: Contents) -> dict[str, str]:
    """A product as the file spells it, without case -> its code: a known one, else the file's first spelling."""
    known = {code.casefold(): code for code in Product.objects.values_list("code", flat=True)}
    return {one.casefold(): known.get(one.casefold(), one) for one in contents.products}


def _invalid_rows(upload: Upload, contents: Contents) -> Iterator[tuple[Any, ...]]:
    for bad in contents.bad:
        value = _encrypted("********" if bad.secret and bad.value else bad.value)
        about = (upload.pk, bad.test_id, bad.product[:64], Cause.INVALID, "a.invalid", None, "[]", None, None, None)
        where = (bad.sheet[:64], bad.row, bad.column[:100], value, bad.expected[:200])
        yield (*about, *where, 0, "", "", "")


def _planned_rows(upload: Upload, contents: Contents, tally: _Tally) -> Iterator[tuple[Any, ...]]:
    terms = terms_of(upload)
    for pair in pairs.differing(upload, contents.fields):
        judgement = judge(pair.test_id, pair.row, pair.mirror, terms)
        after = standing_after(pair, judgement)
        tally.add(pair, judgement, after)
        if judgement.cause != Cause.UNCHANGED or judgement.effects:
            tally.rows += 1
            yield _planned_row(upload, contents, pair, judgement, after)


def _planned_row(upload: Upload, contents: Contents, pair: Pair, judgement: Judgement, after: str) -> tuple[Any, ...]:
    staged, mirrored, claim = pair.staged, pair.mirrored, pair.claim
    return (
        upload.pk,
        pair.test_id,
        staged.product if staged else mirrored.product if mirrored else "",
        judgement.cause,
        judgement.rule,
        _oid_field.get_db_prep_value(claim.oid, connection) if claim else None,
        json.dumps(judgement.fields),
        _secrets(contents, pair) if Effect.WRITE in judgement.effects else None,
        mirrored.revision if mirrored else None,
        claim.revision if claim else None,
        staged.sheet if staged else "",
        staged.row if staged else None,
        "",
        None,
        "",
        step_of(judgement),
        mirrored.standing if mirrored else "",
        after,
        "",
    )


def source_of(upload: Upload, row: PlanRow) -> str:
    """Where in which file it stands: "upload 3, sheet S, row 12"."""
    sheet = f", sheet {row.sheet}" if row.sheet else ""
    return f"upload {upload.pk}{sheet}, row {row.row}" if row.row else f"upload {upload.pk}, not in the file"


def step_of(judgement: Judgement) -> int:
    """The mirror first; then claims that get an ID; then whoever takes a next one, which must be free by then.

    Last what frees or repeats: a call whose text stands on another ID of the same file must not be repeated.
    """
    effects = set(judgement.effects)
    gets_id, moves_on = bool(effects & {Effect.CONFIRM, Effect.JOIN}), Effect.TAKE_NEXT in effects
    if gets_id or moves_on:
        return 2 if gets_id and moves_on else 1 if gets_id else 3
    return 4 if effects & _LAST else 0


def _secrets(contents: Contents, pair: Pair) -> str | None:
    """What the staged row does not hold, encrypted: only what the mirror does not have yet."""
    row, staged, mirrored = contents.rows[pair.test_id], pair.staged, pair.mirrored
    found = {}
    if row.assigned_to and (
        mirrored is None or staged is None or mirrored.assigned_to_digest != staged.assigned_to_digest
    ):
        found["assigned_to"] = row.assigned_to
    if row.password and (mirrored is None or staged is None or mirrored.password_digest != staged.password_digest):
        found["password"] = row.password
    return _encrypted(found) if found else None


def _encrypted(value: object) -> str:
    """As `EncryptedJSONField` keeps it."""
    return encrypt(json.dumps(value, ensure_ascii=False).encode()).decode("ascii")


@transaction.atomic
def _keep(upload: Upload, contents: Contents, tally: _Tally) -> Upload:
    """The plan's counts. Pairs that the database called unchanged are only counted."""
    _still_open(upload.pk)
    total = len(contents.rows) + pairs.absent_in_scope(upload)
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
        update_fields=["compared", "counts", "warnings", "rows_total", "rows_done", "state", "problem", "planned_at"]
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
                f"{number} of {held.get(product, 0)} test IDs of {product} would be withdrawn, returned, or found not "
                "assigned: more than a fifth. The file may be cut short, or its columns mixed up."
            )
            yield {"kind": "mass_change", "product": product, "text": text}
    if contents.unreadable and (withdrawn := tally.causes[Cause.WITHDRAWN]):
        text = (
            f"{withdrawn} test IDs would be withdrawn while {contents.unreadable} rows have an ID that cannot be read: "
            "they may be the same."
        )
        yield {"kind": "withdrawals", "text": text}

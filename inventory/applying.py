"""Applying a plan: short chunks, each one transaction; killed in the middle, it goes on where it was.

Every row is judged again under its locks: what moved since the preview is dropped and named, never overwritten.
"""

from __future__ import annotations

import logging

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F, Q
from django.utils import timezone

from access import audit
from access.actors import Actor
from inventory import announcing, locks, plan_chunks, planning, products, proving, purchases, text_search
from inventory.models import Cause, ClaimState, PlanRow, Product, Scope, SeenProduct, Upload
from inventory.models.uploads import UploadState
from inventory.uploads import CannotApply
from outbox import entries

APPLY = "inventory.apply"
AGAIN = 3  # a chunk that clashed with another apply
log = logging.getLogger(__name__)


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
    """One chunk of an upload that is being applied, in one transaction; False once all is done.

    Another apply may have made an ID of this chunk known at this moment, or wait for one of ours while we wait for one
    of its: then the database refused the whole chunk, and it goes again, seeing what the other wrote.
    """
    for _ in range(AGAIN):
        try:
            return _go_on(upload_id, actor)
        except (IntegrityError, OperationalError) as clash:
            log.warning("upload %s: a chunk goes again after %s", upload_id, type(clash).__name__)
    return _go_on(upload_id, actor)


@transaction.atomic
def _go_on(upload_id: int, actor: Actor) -> bool:
    upload = locks.upload(upload_id=upload_id)
    if upload.state != UploadState.APPLYING:
        return False
    chunk = plan_chunks.next_chunk(upload)
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

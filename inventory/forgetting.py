"""What uploads no longer need to keep: plans that nobody applied, and the cells that an old plan could not use."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from inventory import locks
from inventory.models import PlanRow, Upload, UploadedFile
from inventory.models.uploads import UploadState

KEPT = timedelta(days=30)
OPEN = (UploadState.UPLOADED, UploadState.PLANNING, UploadState.PLANNED, UploadState.FAILED)


def forget_old() -> int:
    """Gives up uploads that nobody applied for a month, and empties what old plans hold of files. Returns how many."""
    before = timezone.now() - KEPT
    old = Upload.objects.filter(state__in=OPEN, created_at__lt=before).values_list("pk", flat=True)
    count = sum(_give_up(pk, before) for pk in list(old))
    cells = PlanRow.objects.filter(upload__created_at__lt=before, upload__state=UploadState.APPLIED)
    cells.exclude(value=None).update(value=None)
    return count


@transaction.atomic
def _give_up(upload_id: int, before: datetime) -> bool:
    upload = locks.upload(upload_id=upload_id)
    if upload.state not in OPEN or (upload.planned_at and upload.planned_at >= before):
        return False
    PlanRow.objects.filter(upload=upload).delete()
    Upload.objects.filter(pk=upload_id).update(state=UploadState.DISCARDED)
    UploadedFile.objects.filter(upload=upload).delete()
    about = f"upload {upload_id}"
    audit.record(
        actor=Actor.system("scheduler"), verb="upload.discarded", subject=about, detail={"after_days": KEPT.days}
    )
    return True

"""Lists of candidates that nobody gave: people stand in them, so they do not stay for ever."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from access.actors import Actor
from fulfillment import batch_files
from fulfillment.errors import BatchMoved
from fulfillment.models import Batch

KEPT = timedelta(days=30)  # as uploads of exports that nobody applied


def forget_old() -> int:
    """Gives up lists that nobody gave for a month: file and rows go. Returns how many."""
    old = Batch.objects.filter(state__in=batch_files.OPEN, adopts=False, created_at__lt=timezone.now() - KEPT)
    return sum(_give_up(pk) for pk in list(old.values_list("pk", flat=True)))


@transaction.atomic
def _give_up(batch_id: int) -> bool:
    try:
        batch_files.discard(batch_id=batch_id, actor=Actor.system("scheduler"))
    except BatchMoved:  # somebody gave it just now
        return False
    return True

"""The minute in which a batch can be undone: until then nothing of it is told to iTEP, by no call and by no hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from fulfillment.models import NOT_YET, Batch, Fulfillment
from fulfillment.settling import CALL
from outbox import entries
from outbox.registry import Postpone

_LOOK_AGAIN = timedelta(seconds=60)


def calls_from(*, all_or_nothing: bool) -> datetime:
    """When the calls of a batch that is confirmed now may begin. All or nothing: once every row has its ID."""
    return NOT_YET if all_or_nothing else timezone.now() + timedelta(seconds=settings.BATCH_UNDO_SECONDS)


def held() -> QuerySet[Fulfillment, Any]:
    """The oids of what is held back now, as a query of one column: for inventory's hand work (`held_back`)."""
    return Fulfillment.objects.filter(batch__calls_from__gt=Now()).values("oid")


def check(one: Fulfillment) -> None:
    """Raises Postpone while nothing of its batch may be told to iTEP."""
    begins = one.batch.calls_from if one.batch else None
    if begins is not None and begins > timezone.now():
        raise Postpone(min(begins, timezone.now() + _LOOK_AGAIN), "Its batch can still be undone.")


def let_go(batch: Batch) -> None:
    """Every row has its ID: its calls may begin, once the minute after the yes is over."""
    assert batch.confirmed_at is not None
    if batch.calls_from == NOT_YET:
        batch.calls_from = batch.confirmed_at + timedelta(seconds=settings.BATCH_UNDO_SECONDS)
        batch.save(update_fields=["calls_from"])
        entries.put_off(kind=CALL, oids=batch.all.values("oid"), until=batch.calls_from)

"""How far the worker is with an upload, or other long work; how fast; and whether anybody works on it at all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from inventory.models import Upload
from inventory.models.uploads import UploadState
from inventory.upload_work import APPLY, PLAN
from outbox import queries as work
from outbox.models import Entry

PATIENCE = timedelta(seconds=60)  # a worker that restarts needs some; the sweep finds what is due within it
SHORTEST = 1.0  # seconds; a rate over less says nothing


@dataclass(frozen=True, slots=True)
class Sample:
    """How many rows were done at a time, of how many: what the page saw first. It travels with the page's question."""

    at: float
    done: int
    total: int

    @property
    def query(self) -> str:
        return f"since={self.at:.3f}&from={self.done}&of={self.total}"


@dataclass(frozen=True, slots=True)
class Progress:
    """`rate` is in rows per second and `left` in seconds, None while the page has not seen enough to tell."""

    done: int
    total: int  # 0 while the file is read
    first: Sample
    rate: int | None = None
    left: int | None = None
    stalled: work.Stalled | None = None

    @property
    def percent(self) -> int:
        """Rounded down: 100 is done."""
        return 100 * self.done // self.total if self.total else 0


def of(upload: Upload, asked: QueryDict, *, now: datetime | None = None) -> Progress:
    """Of an upload that is being planned or applied."""
    return measured(upload.rows_done, upload.rows_total, asked, stalled=_stalled(upload), now=now)


def measured(
    done: int, total: int, asked: QueryDict, *, stalled: work.Stalled | None, now: datetime | None = None
) -> Progress:
    """`asked` is the page's question: it carries what the page saw first, so that nothing is kept here for it."""
    at, done = (now or timezone.now()).timestamp(), min(done, total)
    first = _first(asked, Sample(at, done, total))
    seconds = at - first.at
    if stalled or not total or seconds < SHORTEST or done <= first.done:
        return Progress(done, total, first, stalled=stalled)
    rate = (done - first.done) / seconds
    return Progress(done, total, first, max(round(rate), 1), math.ceil((total - done) / rate))


def _first(asked: QueryDict, now: Sample) -> Sample:
    """What the page saw first of this stretch of work; from anew where the work is another by now."""
    try:
        seen = Sample(float(asked.get("since", "")), int(asked.get("from", "")), int(asked.get("of", "")))
    except ValueError:
        return now
    plausible = math.isfinite(seen.at) and seen.at <= now.at and 0 <= seen.done <= now.done
    return seen if plausible and seen.total == now.total else now


def _stalled(upload: Upload) -> work.Stalled | None:
    if upload.state == UploadState.APPLYING:
        which = Q(kind=APPLY, key=str(upload.pk))
    else:
        which = Q(kind=PLAN, key__startswith=f"{upload.pk}:")
    return work.stalled(Entry.objects.filter(which).order_by("id").last(), patience=PATIENCE)

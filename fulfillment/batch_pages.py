"""What the page of a batch shows: the preview before the yes, and what became of each row after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fulfillment import batch_files, batch_list, batch_stock, batches, old_knowledge, queries, undoing
from fulfillment.batch_stock import Fit
from fulfillment.models import NOT_YET, Batch, BatchState, Decision
from fulfillment.settling import CALL
from inventory import outlook_words, upload_progress
from inventory.models import ClaimSource
from outbox import queries as work
from outbox.models import Entry, EntryState

PAGE = 50


def table(batch: Batch, query: QueryDict) -> dict[str, Any]:
    """Tiles, search and one page of rows."""
    wanted = batch_list.read(query)
    shown = Paginator(batch_list.rows(batch, wanted), PAGE).get_page(query.get("page"))
    shown.object_list = list(shown.object_list)
    doubles = batches.known_before(batch) if batch.adopts and batch.state == BatchState.DRAFT else set()
    return {
        "batch": batch,
        "tiles": batch_list.tiles(batch, wanted),
        "wanted": wanted,
        "page": shown,
        "doubles": doubles,
        "results": batch_list.results(shown.object_list) if batch.state == BatchState.DRAFT else {},
    }


def preview(batch: Batch) -> dict[str, Any]:
    """What stands around the rows before the yes: what to decide, the stock, how old its knowledge is."""
    fits = batch_stock.fits(batch)
    knowledge = old_knowledge.taken(batch)
    counts = queries.batch_counts(batch)
    return {
        "fits": fits,
        "stock_lines": [stock_words(one) for one in fits],
        "stock_words": ". ".join(stock_words(one) for one in fits),
        "waits": sum(one.later for one in fits),
        "to_give": batch_stock.to_give(batch).count() if not batch.adopts else counts.todo,
        "to_decide": batch.rows.exclude(found="").count(),
        "decisions": Decision,
        "too_old": [one for one in knowledge if one.is_too_old],
        "seen": [(one.outlook.product, outlook_words.seen(one.outlook)) for one in knowledge],
        "before": batch_files.given_before(batch),
        "left_out": batch_files.faults(batch),
    }


def stock_words(one: Fit) -> str:
    """What becomes of the rows of one product: "ACAD-PLUS: 37 available, 52 rows: 37 get one now, 15 wait in order"."""
    rows = ngettext("%(n)s row", "%(n)s rows", one.rows) % {"n": one.rows}
    if one.product.paused_at:
        words = _("paused, %(rows)s: all wait until it goes on")
    elif one.prospect.waiting:
        words = _("%(waiting)s wait already, %(rows)s: all wait behind them")
    elif one.prospect.source == ClaimSource.SALE:
        words = _("%(rows)s, each bought for itself")
    elif one.later:
        words = _("%(available)s available, %(rows)s: %(now)s get one now, %(later)s wait in order")
    else:
        words = _("%(available)s available, %(rows)s: each gets one now")
    known = one.prospect
    numbers = {"available": known.available, "waiting": known.waiting, "now": one.now, "later": one.later}
    return f"{one.product.code}: {words % {'rows': rows, **numbers}}"


@dataclass(frozen=True, slots=True)
class Undo:
    """Whether the batch can be undone, and for how many seconds that is sure; None while it is not known how long."""

    possible: bool
    seconds: int | None = 0


def after(batch: Batch, query: QueryDict) -> dict[str, Any]:
    """How far the worker is, and whether it can still be undone."""
    counts = queries.batch_counts(batch)
    entry = Entry.objects.filter(kind=batches.KIND, key=str(batch.pk)).first()
    stalled = work.stalled(entry, patience=upload_progress.PATIENCE) if counts.todo and _runs(batch) else None
    undo = _undo(batch)
    return {
        "counts": counts,
        "progress": upload_progress.measured(counts.done, counts.total, query, stalled=stalled),
        "undo": undo,
        "settled": not _runs(batch) or not (counts.todo or undo.seconds != 0 or _calls(batch)),
        "left_out": batch_files.faults(batch),
    }


def _undo(batch: Batch) -> Undo:
    possible = undoing.can_undo(batch)
    if batch.calls_from == NOT_YET and possible:
        return Undo(possible, None)
    return Undo(possible, _left(batch.calls_from) if possible else 0)


def _left(until: datetime | None) -> int:
    now = timezone.now()
    return 0 if until is None or until <= now else -(-(until - now) // timedelta(seconds=1))


def _runs(batch: Batch) -> bool:
    return batch.state == BatchState.CONFIRMED


def _calls(batch: Batch) -> bool:
    """Whether calls are under way, so that the rows will change by themselves."""
    pending = Entry.objects.filter(kind=CALL, state=EntryState.PENDING, oid__in=batch.all.values("oid"))
    return pending.exists()

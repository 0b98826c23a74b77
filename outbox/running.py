"""Doing what is due: lease, do, record. Several workers and threads may do so at once."""

from __future__ import annotations

import logging

from django.db import transaction

from outbox import endings, locks, outgoing, registry, ways
from outbox.models import Entry, EntryState
from outbox.registry import Again, Local, Postpone

log = logging.getLogger(__name__)


def run_due(limit: int | None = None) -> int:
    """Does the work of due entries, oldest first, until none is due or `limit` are done. Returns their number."""
    count = 0
    while limit is None or count < limit:
        entry, knocks = _lease_next()
        if entry is None:
            break
        run_one(entry, knocks=knocks)
        count += 1
    return count


def _lease_next() -> tuple[Entry | None, bool]:
    """The next due entry, leased; and whether it is the one that tries a way where nobody answered."""
    kinds = registry.kinds()
    for way in ways.held():
        if entry := ways.lease_to_knock(way):
            return entry, True
        kinds = [kind for kind in kinds if kind not in registry.kinds_by(way.name)]
    return locks.lease_next(kinds), False


def run_one(entry: Entry, *, knocks: bool = False) -> None:
    """Does the work of one entry that this process has leased."""
    handler = registry.handler(entry.kind)
    if isinstance(handler, Local):
        run_local(entry, handler)
    else:
        outgoing.run(entry, handler, knocks=knocks)


def run_local(entry: Entry, local: Local) -> None:
    """The work and the entry's end are one transaction: both happen, or neither."""
    try:
        with transaction.atomic(durable=True):
            held = locks.hold_ours(entry)
            if held is not None:
                _run_held(held, local)
    except Exception as error:  # whatever it was, it is rolled back, and tried again
        log.exception("work %s of kind %s failed", entry.pk, entry.kind)
        with transaction.atomic(durable=True):
            held = locks.hold_ours(entry)
            if held is not None:
                endings.fail(held, max_tries=local.max_tries, note=type(error).__name__)


def _run_held(entry: Entry, local: Local) -> None:
    if entry.tries >= local.max_tries:
        endings.end(entry, EntryState.DEAD, f"Given up: its worker ended before it did, {entry.tries} times.")
        return
    try:
        with transaction.atomic():
            again = local.run(entry)
    except Postpone as wish:
        endings.postpone(entry, wish.until, wish.note)
        return
    if isinstance(again, Again):
        endings.come_again(entry, again)
    else:
        endings.end(entry, EntryState.DONE)

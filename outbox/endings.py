"""What becomes of an entry after a run: done, due again, dead, unknown. Always in a transaction that holds it."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from outbox import backoff
from outbox.locks import seconds_from_now
from outbox.models import Entry, EntryState
from outbox.registry import Again

FREE = {"lease_token": None, "lease_until": None}


def end(entry: Entry, state: EntryState, note: str = "") -> None:
    """The entry ends as `state`, and its lease with it."""
    assert connection.in_atomic_block
    Entry.objects.filter(pk=entry.pk).update(state=state, note=note[:300], ended_at=Now(), **FREE)


def come_again(entry: Entry, again: Again) -> None:
    """Committed so far; due at once or when asked. Failures before it are forgiven: it gets on."""
    assert connection.in_atomic_block
    Entry.objects.filter(pk=entry.pk).update(due_at=again.due_at or Now(), tries=0, note="", **FREE)


def postpone(entry: Entry, until: datetime, note: str = "") -> None:
    """Not yet: counts no try."""
    assert connection.in_atomic_block
    Entry.objects.filter(pk=entry.pk).update(due_at=until, note=note[:300], **FREE)


def stay(entry: Entry, note: str, *, pace: str = "") -> None:
    """It keeps its place in line, and its tries: nothing about it was wrong. `pace`: what it waits for."""
    assert connection.in_atomic_block
    Entry.objects.filter(pk=entry.pk).update(pace=pace or entry.pace, note=note[:300], **FREE)


def fail(entry: Entry, *, max_tries: int, note: str, retry_after: float | None = None) -> None:
    """One more failure: due again after the back-off, or dead once the tries are used up."""
    assert connection.in_atomic_block
    tries = entry.tries + 1
    if tries >= max_tries:
        Entry.objects.filter(pk=entry.pk).update(tries=tries)
        end(entry, EntryState.DEAD, f"Given up after {tries} tries. {note}")
        return
    Entry.objects.filter(pk=entry.pk).update(
        tries=F("tries") + 1,
        due_at=seconds_from_now(backoff.wait(tries, retry_after)),
        note=note[:300],
        **FREE,
    )

"""Work that leaves the house (DESIGN.md section 4, rule 4): begin, perform, close.

Killed at any instruction: before *begun* is committed nothing left, and the entry is leased again; after it, the
attempt has no outcome, and is repeated only where that does no harm.
"""

from __future__ import annotations

import logging
import time
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models.functions import Now

from outbox import backoff, endings, leases, locks, ways
from outbox.models import Attempt, Entry, EntryState, Outcome
from outbox.registry import Again, Answer, Outgoing, Postpone, Verdict

log = logging.getLogger(__name__)
LONGEST_TEXT = 8000
RECORD_TRIES = 3


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt that is committed as begun, and what it needs."""

    entry: Entry
    attempt: Attempt
    work: Any
    knocks: bool = False  # it tries a way where nobody answered


def run(entry: Entry, outgoing: Outgoing, *, knocks: bool = False) -> None:
    """One attempt at an entry that this process has leased."""
    begun = begin(entry, outgoing)
    if begun is None:
        if knocks:
            ways.not_tried(outgoing.way)
        return
    begun = replace(begun, knocks=knocks)
    started = time.monotonic()
    answer = _perform(begun, outgoing)
    _close_surely(begun, outgoing, answer, time.monotonic() - started)


def begin(entry: Entry, outgoing: Outgoing) -> Begun | None:
    """Commits the attempt as begun, with a full lease for its call. None where nothing is to leave the house now."""
    try:
        if not _may_go(entry, outgoing):
            return None
        with transaction.atomic(durable=True):
            held = locks.hold_ours(entry)
            return None if held is None else _begin_held(held, outgoing)
    except Exception as error:
        log.exception("work %s of kind %s could not begin", entry.pk, entry.kind)
        with transaction.atomic(durable=True):
            held = locks.hold_ours(entry)
            if held is not None:
                endings.fail(held, max_tries=_max_tries(outgoing), note=type(error).__name__)
        return None


def _may_go(entry: Entry, outgoing: Outgoing) -> bool:
    """Whether its pace allows it now; if not, it keeps its place, and is leased again when its turn comes."""
    rate = outgoing.pace(entry) if outgoing.pace else None
    # One with another pace than it was written under (a new key) would overtake those who wait under that one.
    if rate is None or (entry.pace == rate.name and locks.take_turn(rate.name, rate.per_second)):
        return True
    with transaction.atomic(durable=True):
        held = locks.hold_ours(entry)
        if held is not None:
            endings.stay(held, entry.note, pace=rate.name)
    return False


def _begin_held(entry: Entry, outgoing: Outgoing) -> Begun | None:
    without_outcome = list(entry.attempts.filter(outcome=Outcome.BEGUN))
    for attempt in without_outcome:
        attempt.outcome, attempt.note = Outcome.UNKNOWN, "No outcome before its lease expired."
        attempt.save(update_fields=["outcome", "note"])
    if without_outcome and not outgoing.repeatable:
        _lose(entry, without_outcome[-1], outgoing)
        return None
    if entry.tries >= _max_tries(outgoing):
        endings.end(entry, EntryState.DEAD, f"Given up: its worker ended before it did, {entry.tries} times.")
        return None
    return _prepare(entry, outgoing)


def _lose(entry: Entry, attempt: Attempt, outgoing: Outgoing) -> None:
    """It began, nobody knows how it ended, and doing it again could do it twice."""
    endings.end(entry, EntryState.UNKNOWN, "It began, and no outcome is known.")
    if outgoing.lost:
        outgoing.lost(entry, attempt)


def _prepare(entry: Entry, outgoing: Outgoing) -> Begun | None:
    Entry.objects.filter(pk=entry.pk).update(lease_until=locks.seconds_from_now(outgoing.lease_seconds))
    entry.refresh_from_db()
    assert entry.lease_token is not None
    assert entry.lease_until is not None
    try:
        with transaction.atomic():
            work = outgoing.prepare(entry, entry.lease_until)
    except Postpone as wish:
        endings.postpone(entry, wish.until, wish.note)
        return None
    if work is None:
        endings.end(entry, EntryState.DROPPED, "No longer needed.")
        return None
    attempt = Attempt.objects.create(
        entry=entry, number=entry.attempts.count() + 1, lease_token=entry.lease_token, begun_at=locks.database_now()
    )
    return Begun(entry, attempt, work)


def _perform(begun: Begun, outgoing: Outgoing) -> Answer:
    """What the handler answers; a handler that fails has not said that nothing was sent."""
    lease = leases.renewed(begun.entry, outgoing.lease_seconds) if outgoing.endless else nullcontext()
    try:
        with lease:
            return outgoing.perform(begun.work)
    except Exception as error:
        log.exception("work %s of kind %s failed in mid-air", begun.entry.pk, begun.entry.kind)
        outcome = Outcome.RETRY if outgoing.repeatable else Outcome.UNKNOWN
        return Answer(outcome, note=type(error).__name__)


def _close_surely(begun: Begun, outgoing: Outgoing, answer: Answer, seconds: float) -> None:
    """Closes the attempt; where the room cannot record it, the outcome is kept on the attempt, and a person looks."""
    for count in range(1, RECORD_TRIES + 1):
        try:
            close(begun, outgoing, answer, seconds)
            return
        except DatabaseError as error:  # a deadlock, or a busy database: the answer is too dear to lose
            log.warning("recording work %s: %s", begun.entry.pk, type(error).__name__)
            time.sleep(0.1 * count)
        except Exception:
            log.exception("work %s of kind %s could not be recorded", begun.entry.pk, begun.entry.kind)
            break
    _close_without_record(begun, outgoing, answer, seconds)


@transaction.atomic(durable=True)
def close(begun: Begun, outgoing: Outgoing, answer: Answer, seconds: float) -> None:
    """Records the outcome: on the attempt always, on the entry only while the lease is ours."""
    held = locks.hold_ours(begun.entry)
    _write_outcome(begun.attempt, answer, seconds, late=held is None)
    if held is None:
        _settle_late(begun, outgoing, answer)
        _heard(begun, outgoing, answer)
        return
    verdict = outgoing.record(held, begun.attempt, begun.work, answer) if outgoing.record else None
    blameless, pace = _heard(begun, outgoing, answer), _hold_pace(held, outgoing, answer)
    verdict = verdict or _usual(answer)
    if verdict == Verdict.RETRY and (blameless or pace):
        endings.stay(held, answer.note, pace=pace)
    else:
        _end_by(held, verdict, outgoing, answer)


def _heard(begun: Begun, outgoing: Outgoing, answer: Answer) -> bool:
    """Whether its way, and not the work, is to blame for a failure."""
    return bool(outgoing.way) and ways.heard(outgoing.way, answer.reach, answer.note, knocked=begun.knocks)


def _hold_pace(entry: Entry, outgoing: Outgoing, answer: Answer) -> str:
    """The other side's wish to be left alone holds back all that shares the pace: its name, "" where none was said."""
    rate = outgoing.pace(entry) if outgoing.pace and answer.retry_after else None
    if rate is None or not answer.retry_after:
        return ""
    locks.hold_pace(rate.name, min(answer.retry_after, backoff.LONGEST_WISH))
    return rate.name


@transaction.atomic(durable=True)
def _close_without_record(begun: Begun, outgoing: Outgoing, answer: Answer, seconds: float) -> None:
    held = locks.hold_ours(begun.entry)
    note = f"{answer.outcome}, but it could not be recorded. {answer.note}"
    _write_outcome(begun.attempt, replace(answer, note=note), seconds, late=held is None)
    if held is not None and outgoing.repeatable:
        endings.fail(held, max_tries=_max_tries(outgoing), note=note)
    elif held is not None:
        _lose(held, begun.attempt, outgoing)


def _write_outcome(attempt: Attempt, answer: Answer, seconds: float, *, late: bool) -> None:
    # Of a person who was erased while the call ran, nothing is written down any more.
    erased = Entry.objects.filter(pk=attempt.entry_id, erased_at__isnull=False).exists()
    texts = {"request": answer.request, "answer": answer.answer, "said": answer.said}
    Attempt.objects.filter(pk=attempt.pk).update(
        outcome=answer.outcome,
        status=answer.status,
        note=answer.note[:300],
        **{name: "" if erased else text[:LONGEST_TEXT] for name, text in texts.items()},
        seconds=round(seconds, 3),
        ended_at=Now(),
        late=late,
    )
    attempt.refresh_from_db()


def _settle_late(begun: Begun, outgoing: Outgoing, answer: Answer) -> None:
    entry = locks.hold(begun.entry.pk)
    verdict = outgoing.late(entry, begun.attempt, begun.work, answer) if outgoing.late else None
    if verdict is not None and entry.state == EntryState.UNKNOWN:
        _end_by(entry, verdict, outgoing, answer)


def _usual(answer: Answer) -> Verdict:
    return {
        Outcome.DONE: Verdict.DONE,
        Outcome.RETRY: Verdict.RETRY,
        Outcome.REFUSED: Verdict.DEAD,
    }.get(answer.outcome, Verdict.UNKNOWN)


def _end_by(entry: Entry, verdict: Verdict | Again, outgoing: Outgoing, answer: Answer) -> None:
    if isinstance(verdict, Again) or verdict == Verdict.AGAIN:
        endings.come_again(entry, verdict if isinstance(verdict, Again) else Again())
    elif verdict == Verdict.RETRY:
        endings.fail(entry, max_tries=_max_tries(outgoing), note=answer.note, retry_after=answer.retry_after)
    else:
        endings.end(entry, EntryState(verdict.value), answer.note)


def _max_tries(outgoing: Outgoing) -> int:
    return backoff.outgoing_tries() if outgoing.max_tries is None else outgoing.max_tries

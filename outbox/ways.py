"""Ways out whose other side does not answer: held for all workers at once, then tried by one piece of work at a time.

Who is held keeps its place in line and loses no try, however long it lasts: nothing about it is wrong.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from access import audit
from access.actors import Actor
from outbox import backoff, locks, registry
from outbox.models import Entry, EntryState, Way
from outbox.registry import Reach
from outbox.waking import wake

SILENCES = 5  # in a row; fewer may be about one request alone. Each may cost an outcome that nobody knows
LONGEST_UNREACHED = 300.0  # seconds between two tries to connect, which cost nobody anything


def held() -> list[Way]:
    """The ways that are held; mostly none."""
    return list(Way.objects.filter(held_until__isnull=False).order_by("name"))


def state(name: str) -> Way | None:
    """How the way stands; None where nothing ever failed on it."""
    return Way.objects.filter(name=name).first()


@transaction.atomic
def try_now(*, name: str, actor: Actor) -> bool:
    """A person does not want to wait for the next try. False where the way is not held."""
    if not Way.objects.filter(name=name, held_until__isnull=False).update(held_until=Now()):
        return False
    audit.record(actor=actor, verb="way.tried_now", subject=f"way {name}")
    wake()
    return True


def lease_to_knock(way: Way) -> Entry | None:
    """The work that has waited longest by a held way, leased to try it: where it is time, and nobody else does."""
    kinds = registry.kinds_by(way.name)
    # As long as a lease lasts nobody else tries, so that two never do at once.
    if not locks.due(kinds).exists() or not locks.knock(way.name, registry.longest_lease(kinds)):
        return None
    return locks.lease_next(kinds)


def not_tried(name: str) -> None:
    """The work that was to try it turned out not to be due: the next one may, at once."""
    Way.objects.filter(name=name, held_until__isnull=False).update(held_until=Now())


def heard(name: str, reach: Reach, note: str, *, knocked: bool) -> bool:
    """What an attempt tells of its way, in the transaction that closes it. Whether the way is to blame for failing."""
    assert connection.in_atomic_block
    if reach == Reach.ANSWERED:
        _answers(name)
    if reach in (Reach.SILENT, Reach.NEVER_LEFT):
        return _failed(locks.way(name), reach, note, knocked=knocked)
    return False


def _answers(name: str) -> None:
    again = Way.objects.filter(name=name, failures__gt=0)
    if not again.update(failures=0, failing_since=None, held_until=None, note=""):
        return
    # What failed meanwhile comes back to its place in line; what is to wait for another reason has no failures.
    mine = Entry.objects.filter(kind__in=registry.kinds_by(name), state=EntryState.PENDING, lease_token__isnull=True)
    mine.filter(tries__gt=0, due_at__gt=Now()).update(due_at=F("created_at"))


def _failed(way: Way, reach: Reach, note: str, *, knocked: bool) -> bool:
    now = locks.database_now()
    if not knocked and way.held_until is not None and way.held_until > now:
        return True  # it was under way when the first one failed: that is known already
    way.failures += 1
    way.failing_since, way.note = way.failing_since or now, note[:300]
    is_held = reach == Reach.NEVER_LEFT or way.failures >= SILENCES or way.held_until is not None
    if is_held:
        wait = backoff.wait(way.failures)
        wait = min(wait, LONGEST_UNREACHED) if reach == Reach.NEVER_LEFT else wait
        way.held_until = now + timedelta(seconds=wait)
    way.save(update_fields=["failures", "failing_since", "note", "held_until"])
    return is_held

"""Celery's doors: doing what is due, and finding what Celery forgot."""

import threading
import time

from celery import shared_task
from celery.signals import worker_shutting_down

from outbox import locks, registry, running, waking

STRETCH = 20.0  # seconds after which a task ends and wakes the next one, so that others get their turn
NEAR = 2.0  # seconds; what is further off is the sweep's
ROUNDED = 0.002  # SQLite says its now to the millisecond
_ending = threading.Event()


@worker_shutting_down.connect
def end_soon(**_: object) -> None:
    """Lets the entry in hand end, and begins no further one: the supervisor does not wait for a whole stretch."""
    _ending.set()


@shared_task(name="outbox.run_due", ignore_result=True, acks_late=True)
def run_due() -> int:
    """Does what is due, for one stretch. Returns how often it had something to do or to wait for."""
    until, count = time.monotonic() + STRETCH, 0
    while not _ending.is_set() and (running.run_due(limit=1) or _waited_for_a_turn()):
        count += 1
        if time.monotonic() > until:
            waking.wake_now()
            break
    return count


def _waited_for_a_turn() -> bool:
    """Waits for the next turn under a rate limit, if it is near: the sweep comes too seldom for several a second."""
    wait = locks.until_a_turn()
    if wait is None and locks.due(registry.kinds()).exists():
        wait = 0.0  # its turn came while we looked
    if wait is None or wait > NEAR:
        return False
    _ending.wait(wait + ROUNDED)
    return True


@shared_task(name="outbox.sweep", ignore_result=True)
def sweep() -> None:
    """Wakes where something is due: a message was lost, a back-off or a lease has passed."""
    if locks.due(registry.kinds()).exists():
        waking.wake_now()

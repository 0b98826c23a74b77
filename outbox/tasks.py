"""Celery's doors: doing what is due, and finding what Celery forgot."""

import threading
import time

from celery import shared_task
from celery.signals import worker_shutting_down

from outbox import locks, registry, running, waking

STRETCH = 20.0  # seconds after which a task ends and wakes the next one, so that others get their turn
_ending = threading.Event()


@worker_shutting_down.connect
def end_soon(**_: object) -> None:
    """Lets the entry in hand end, and begins no further one: the supervisor does not wait for a whole stretch."""
    _ending.set()


@shared_task(name="outbox.run_due", ignore_result=True, acks_late=True)
def run_due() -> int:
    """Does what is due, for one stretch."""
    until, count = time.monotonic() + STRETCH, 0
    while not _ending.is_set() and running.run_due(limit=1):
        count += 1
        if time.monotonic() > until:
            waking.wake_now()
            break
    return count


@shared_task(name="outbox.sweep", ignore_result=True)
def sweep() -> None:
    """Wakes where something is due: a message was lost, a back-off or a lease has passed."""
    if locks.due(registry.kinds()).exists():
        waking.wake_now()

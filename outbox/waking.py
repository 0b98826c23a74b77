"""Telling Celery that something is due. The broker is only a wake-up call: what it forgets, the sweep finds."""

from __future__ import annotations

import logging
import threading
import time

from django.db import transaction

log = logging.getLogger(__name__)
GAP = 1.0  # seconds between two messages of one process
EXPIRES = 30.0
_lock = threading.Lock()
_latest = 0.0


def wake() -> None:
    """Wakes a worker once the transaction at hand commits. Never raises into it, nor into a web request."""
    transaction.on_commit(wake_now, robust=True)


def wake_now() -> None:
    """Sends one message, at once or as soon as the gap allows; none where one is already to come.

    One message per row would cost as much as the row itself.
    """
    wait = _wait()
    if wait is None:
        return
    try:
        _send(wait)
    except Exception as error:  # a dead broker must not be seen by whoever gave a test
        log.warning("wake-up call failed: %s", type(error).__name__)


def _wait() -> float | None:
    """Seconds until the next message may go; None if one is already on its way for that time."""
    global _latest
    with _lock:
        now = time.monotonic()
        if _latest > now:
            return None
        send_at = max(now, _latest + GAP)
        _latest = send_at
        return send_at - now


def _send(wait: float) -> None:
    from outbox.tasks import run_due  # Celery's application is not needed for writing an entry

    run_due.apply_async(countdown=wait, expires=wait + EXPIRES, retry=False)

"""Telling Celery that there is something to judge. The broker is only a wake-up call: what it forgets, beat finds."""

import logging
import threading
import time

log = logging.getLogger(__name__)
GAP = 1.0  # seconds: one message per post would cost as much as keeping it
GAP_AFTER_FAILURE = 10.0  # a dead broker costs a time-out each time it is asked
EXPIRES = 30.0
_lock = threading.Lock()
_not_before = 0.0


def wake() -> None:
    """Wakes a worker, at most once a second. Never raises: whoever posted has nothing to do with our broker."""
    if not _my_turn():
        return
    try:
        _send()
    except Exception as error:
        _rest(GAP_AFTER_FAILURE)
        log.warning("wake-up call failed: %s", type(error).__name__)


def _my_turn() -> bool:
    global _not_before
    with _lock:
        now = time.monotonic()
        if now < _not_before:
            return False
        _not_before = now + GAP
        return True


def _rest(seconds: float) -> None:
    global _not_before
    with _lock:
        _not_before = time.monotonic() + seconds


def _send() -> None:
    from webhooks.tasks import judge  # Celery's application is not needed for keeping a post

    judge.apply_async(expires=EXPIRES, retry=False)

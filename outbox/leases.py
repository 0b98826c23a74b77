"""Leases that last as long as the work: named ones (the inbox drainer, the sealer, ...), and that of an entry."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

from outbox import locks
from outbox.models import Entry

log = logging.getLogger(__name__)
TURNS = 3  # renewals within one lease, so that one that fails does no harm


@contextmanager
def hold(name: str, seconds: float) -> Iterator[bool]:
    """Whether `name` is ours, for `seconds` at most by the database's clock; freed at the end of the block.

    A process that is killed inside the block frees nothing: the lease expires.
    """
    token = locks.take_lease(name, seconds)
    try:
        yield token is not None
    finally:
        if token is not None:
            locks.give_lease_back(name, token)


@contextmanager
def renewed(entry: Entry, seconds: float) -> Iterator[None]:
    """Keeps our lease on the entry from expiring while the block runs, however long that is.

    For work without a deadline. Whoever is killed inside the block renews nothing: the entry is free `seconds` later
    at the latest, and until then everybody can see that somebody works on it.
    """
    done = threading.Event()
    renewer = threading.Thread(target=_renew, args=(entry, seconds, done), name="lease", daemon=True)
    renewer.start()
    try:
        yield
    finally:
        done.set()
        renewer.join()


def _renew(entry: Entry, seconds: float, done: threading.Event) -> None:
    try:
        while not done.wait(seconds / TURNS):
            try:
                if not locks.renew(entry, seconds):
                    return
            except DatabaseError as error:  # busy: there are two more turns before the lease expires
                log.warning("renewing the lease of work %s: %s", entry.pk, type(error).__name__)
    finally:
        connection.close()  # this thread's own

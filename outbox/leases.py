"""Named leases in the database: of all workers, one at a time does this (the inbox drainer, the sealer, ...)."""

from collections.abc import Iterator
from contextlib import contextmanager

from outbox import locks


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

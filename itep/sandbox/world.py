"""The one store of the running sandbox, seeded at its first start."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from itep.dialect import Dialect
from itep.sandbox import settings
from itep.sandbox.records import Product, Switch
from itep.sandbox.seed import seed
from itep.sandbox.store import Store

_lock = threading.Lock()
_stores: list[Store] = []


def the_store() -> Store:
    with _lock:
        if not _stores:
            store = Store(settings.SANDBOX_DIR)
            if not store.all(Product):
                seed(store)
            _stores.append(store)
        return _stores[0]


def the_dialect() -> Dialect:
    return settings.SANDBOX_DIALECT


def is_idempotent(store: Store) -> bool:
    """Whether repeated calls with one oid are one: the dialect says so, unless the switch was set."""
    switch = store.get(Switch, "idempotent")
    return switch.on if switch else the_dialect().behavior.idempotent


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

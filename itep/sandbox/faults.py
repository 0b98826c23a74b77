"""Faults on request: what goes wrong with the next calls and webhooks, until used up or cleared."""

from __future__ import annotations

from dataclasses import replace

from itep.sandbox.panel import NotPossible
from itep.sandbox.records import Fault
from itep.sandbox.store import Store

CALL_FAULTS = {
    "slow": "waits so many seconds, then acts and answers as usual",
    "refuse": "does nothing and answers with a status (422)",
    "bad_key": "does nothing and says that the key is wrong",
    "busy": "does nothing, answers 429 with Retry-After of so many seconds",
    "fail_before": "does nothing, then answers with a status, or (0) drops the connection",
    "fail_after": "acts, then answers with a status, or (0) drops the connection",
    "other_id": "assigns another test ID than the one asked for, and says which",
    "go_away": "drops every connection at once, without a log entry's worth of thought",
}
WEBHOOK_FAULTS = {
    "repeat": "posts each webhook so many times (copies)",
    "reorder": "holds so many webhooks, then posts them in reverse order",
    "drop": "posts nothing; the webhook can be sent again by hand",
}
KINDS = CALL_FAULTS | WEBHOOK_FAULTS


def switch_on(store: Store, fault: Fault) -> Fault:
    """Adds a fault under a key of its own. Raises NotPossible."""
    if fault.kind not in KINDS:
        raise NotPossible(f"There is no fault {fault.kind!r}. There are: {', '.join(KINDS)}.")
    if fault.remaining is not None and fault.remaining < 1:
        raise NotPossible("A fault lasts for at least one call, or until cleared.")
    if not 0 <= fault.seconds <= 600 or not 0 <= fault.copies <= 1000:
        raise NotPossible("At most 600 seconds, and at most 1000 copies.")
    if fault.status and not 100 <= fault.status <= 599:
        raise NotPossible("A status is from 100 to 599, or 0 to drop the connection.")
    with store.change():
        fault = replace(fault, key=store.next_key(Fault))
        store.put(fault)
    return fault


def take(store: Store, *kinds: str, call: str = "") -> Fault | None:
    """The oldest fault of these kinds that applies, counted down. Call it inside or outside of a change."""
    with store.change():
        found = next((f for f in store.all(Fault) if f.kind in kinds and f.call in ("", call)), None)
        if found and found.remaining is not None:
            if found.remaining > 1:
                store.put(replace(found, remaining=found.remaining - 1))
            else:
                store.remove(Fault, found.key)
    return found

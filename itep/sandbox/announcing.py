"""From an act to a webhook that is to be posted: who gets it, and what the faults do to it."""

from __future__ import annotations

from dataclasses import replace

from itep.sandbox import faults
from itep.sandbox.panel import NotPossible, tracking_code_of
from itep.sandbox.records import Delivery, Exam, Fault, TrackingCode
from itep.sandbox.sender import wake
from itep.sandbox.store import Store
from itep.sandbox.world import now


def announce(store: Store, *, exam: Exam, data: str, is_finish: bool) -> Delivery | None:
    """Queues the webhook of an act, or None: without a tracking code iTEP tells nobody."""
    code = tracking_code_of(store, exam)
    if code is None or (is_finish and not code.sends_finished):
        return None
    return queue(store, code=code, test_id=exam.test_id, data=data)


def queue(store: Store, *, code: TrackingCode, test_id: str, data: str) -> Delivery:
    """Queues, holds or drops one webhook. `data` is the text of the form field, whatever it is."""
    with store.change():
        copies, state = 1, "queued"
        if repeat := faults.take(store, "repeat"):
            copies = max(1, repeat.copies)
        if faults.take(store, "drop"):
            state = "dropped"
        elif faults.take(store, "reorder"):
            state = "held"
        delivery = Delivery(
            store.next_key(Delivery), now(), test_id, code.code, code.url, data, state=state, copies=copies
        )
        store.put(delivery)
        if state == "held" and not any(fault.kind == "reorder" for fault in store.all(Fault)):
            release(store)
    wake(delivery)
    return delivery


def release(store: Store) -> list[Delivery]:
    """What was held goes out, the last first."""
    with store.change():
        held = [replace(d, state="queued") for d in reversed(store.all(Delivery)) if d.state == "held"]
        for delivery in held:
            store.put(delivery)
    for delivery in held:
        wake(delivery)
    return held


def send_again(store: Store, *, key: str) -> Delivery:
    """By hand: to the address that the tracking code names now."""
    with store.change():
        delivery = store.get(Delivery, key)
        if delivery is None:
            raise NotPossible(f"There is no webhook {key}.", 404)
        code = store.get(TrackingCode, delivery.tracking_code)
        delivery = replace(delivery, state="queued", copies=1, url=code.url if code else delivery.url)
        store.put(delivery)
    wake(delivery)
    return delivery

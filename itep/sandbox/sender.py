"""Posts webhooks from a thread of its own, one after the other, and keeps every attempt."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import queue
import threading
import time
from dataclasses import replace
from urllib.parse import urlencode

import requests

from itep.sandbox.records import Delivery, TrackingCode
from itep.sandbox.store import Store
from itep.sandbox.world import now

_TIMEOUT = 10.0  # seconds
_log = logging.getLogger(__name__)
_waiting: queue.SimpleQueue[str] = queue.SimpleQueue()


def wake(delivery: Delivery) -> None:
    if delivery.state == "queued":
        _waiting.put(delivery.key)


def start(store: Store) -> None:
    """Begins with what a former process could not deliver any more."""
    for delivery in store.all(Delivery):
        wake(delivery)
    threading.Thread(target=_run, args=(store,), name="webhooks", daemon=True).start()


def wait_for(store: Store, key: str, seconds: float = 15.0) -> Delivery | None:
    """The delivery once it is no longer queued, or as it stands after so long."""
    until = time.monotonic() + seconds
    while (delivery := store.get(Delivery, key)) and delivery.state == "queued" and time.monotonic() < until:
        time.sleep(0.02)
    return delivery


def authorization(code: TrackingCode, body: bytes) -> dict[str, str]:
    """The headers by which the receiver knows iTEP."""
    match code.auth:
        case "basic":
            return {"Authorization": f"Basic {base64.b64encode(code.secret.encode()).decode()}"}
        case "bearer":
            return {"Authorization": f"Bearer {code.secret}"}
        case "header":
            name, _, value = code.secret.partition(":")
            return {name.strip(): value.strip()}
        case "hmac":
            return {"X-Signature": hmac.new(code.secret.encode(), body, hashlib.sha256).hexdigest()}
        case _:
            return {}


def _run(store: Store) -> None:
    while True:
        key = _waiting.get()
        try:
            delivery = store.get(Delivery, key)
            if delivery and delivery.state == "queued":
                _deliver(store, delivery)
        except Exception:  # the thread must outlive anything
            _log.exception("A webhook could not be posted")


def _deliver(store: Store, delivery: Delivery) -> None:
    code = store.get(TrackingCode, delivery.tracking_code) or TrackingCode(delivery.tracking_code, delivery.url)
    status: int | None = None
    for _ in range(delivery.copies):
        began, (status, error) = now(), _post(delivery, code)
        delivery = replace(delivery, attempts=[*delivery.attempts, {"at": began, "status": status, "error": error}])
    state = "failed" if status is None else "sent" if 200 <= status < 300 else "refused"
    with store.change():
        if store.get(Delivery, delivery.key):
            store.put(replace(delivery, state=state))


def _post(delivery: Delivery, code: TrackingCode) -> tuple[int | None, str]:
    body = urlencode({"data": delivery.data}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "iTEP-sandbox"}
    try:
        answer = requests.post(
            delivery.url,
            data=body,
            headers=headers | authorization(code, body),
            timeout=_TIMEOUT,
            allow_redirects=False,
            proxies={"no_proxy": "*"},
        )
    except (requests.RequestException, ValueError) as error:
        return None, type(error).__name__
    return answer.status_code, ""

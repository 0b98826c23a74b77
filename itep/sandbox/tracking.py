"""Tracking codes: where webhooks go, and how iTEP shows who it is. At the real iTEP its staff keep these."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from itep.sandbox.panel import NotPossible, exam_of, product_of
from itep.sandbox.records import Exam, TrackingCode
from itep.sandbox.store import Store

AUTHS = ("none", "basic", "bearer", "header", "hmac")


def keep(store: Store, code: TrackingCode) -> TrackingCode:
    """Creates a tracking code, or changes it. It takes its scope over from any other. Raises NotPossible."""
    if not code.code.strip() or not code.code.isprintable():
        raise NotPossible("A tracking code needs a name.")
    if urlsplit(code.url).scheme not in {"http", "https"} or not urlsplit(code.url).hostname:
        raise NotPossible(f"{code.url!r} is not an address that begins with http:// or https://.")
    if code.auth not in AUTHS:
        raise NotPossible(f"There is no authorization {code.auth!r}. There are: {', '.join(AUTHS)}.")
    needed = {"basic": "user:password", "header": "Name: value"}.get(code.auth)
    if code.auth != "none" and (
        not code.secret or (needed and ":" not in code.secret) or not code.secret.isprintable()
    ):
        raise NotPossible(f"The authorization {code.auth} needs a secret{f' such as {needed}' if needed else ''}.")
    if code.applies_to not in ("", "all"):
        product_of(store, code.applies_to)
    with store.change():
        for other in store.all(TrackingCode):
            if code.applies_to and other.applies_to == code.applies_to and other.code != code.code:
                store.put(replace(other, applies_to=""))
        store.put(code)
    return code


def remove(store: Store, *, code: str) -> None:
    with store.change():
        if store.get(TrackingCode, code) is None:
            raise NotPossible(f"There is no tracking code {code!r}.", 404)
        store.remove(TrackingCode, code)


def give(store: Store, *, test_id: str, code: str) -> Exam:
    """Gives one test a tracking code of its own; "" takes it away."""
    if code and store.get(TrackingCode, code) is None:
        raise NotPossible(f"There is no tracking code {code!r}.", 404)
    with store.change():
        exam = replace(exam_of(store, test_id), tracking_code=code)
        store.put(exam)
    return exam

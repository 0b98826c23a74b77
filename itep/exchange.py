"""One HTTP exchange under a total deadline that is ours to keep.

requests' time-outs are per read: a server that drips outlives them, in the headers as well as in the body, and a
name that does not resolve knows no time-out at all. So the exchange runs in a thread of its own, which the caller
leaves at the deadline. From then on the thread can send nothing any more: "it never left" stays true.
"""

from __future__ import annotations

import ipaddress
import queue
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from requests import exceptions as failures

from itep.departure import Departure, WatchingAdapter

LARGEST_ANSWER = 256 * 1024  # bytes
_CHUNK = 16 * 1024


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came of it. Without `status` no answer came; `left` then tells whether the request may have arrived."""

    left: bool
    seconds: float
    status: int | None = None
    body: bytes = b""
    complete: bool = False
    retry_after: str | None = None
    unsendable: bool = False
    failure: str = ""


class _Received:
    """What the thread has of the answer so far; read by the caller at the deadline."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.retry_after: str | None = None
        self.body = bytearray()


def exchange(*, method: str, url: str, headers: Mapping[str, str], body: bytes, deadline_seconds: float) -> Exchange:
    """Sends one request, follows no redirect, and returns at the deadline at the latest. Never raises."""
    began = time.monotonic()
    departure, received = Departure(), _Received()
    ended: queue.SimpleQueue[str] = queue.SimpleQueue()

    def run() -> None:
        failure = _UNEXPECTED
        try:
            failure = _attempt(method, url, headers, body, deadline_seconds, departure, received)
        finally:
            ended.put(failure)

    threading.Thread(target=run, name="call to iTEP", daemon=True).start()
    try:
        failure = ended.get(timeout=deadline_seconds)
    except queue.Empty:
        failure = _TOO_SLOW
    left = departure.close()
    return Exchange(
        left=left,
        seconds=time.monotonic() - began,
        status=received.status,
        body=bytes(received.body[:LARGEST_ANSWER]),
        complete=not failure,
        retry_after=received.retry_after,
        unsendable=failure == _UNSENDABLE,
        failure=failure,
    )


_TOO_SLOW = "iTEP did not answer in time."
_UNSENDABLE = "The API key has characters that cannot be sent."
_UNEXPECTED = "The call to iTEP failed."
# In this order: several of them are kinds of a later one.
_FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (failures.InvalidHeader, _UNSENDABLE),
    (failures.ConnectTimeout, "iTEP could not be reached in time."),
    (failures.SSLError, "No secure connection to iTEP could be made."),
    (failures.ProxyError, "The proxy on the way to iTEP failed."),
    (failures.ReadTimeout, _TOO_SLOW),
    (failures.InvalidURL, "The address of iTEP cannot be read."),
    (failures.InvalidSchema, "The address of iTEP cannot be read."),
    (failures.MissingSchema, "The address of iTEP cannot be read."),
)


def _attempt(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    deadline_seconds: float,
    departure: Departure,
    received: _Received,
) -> str:
    """Why the answer is not all there, or "". Never the failure's own text, whose address may hold the key."""
    try:
        with requests.Session() as session:
            session.mount("http://", WatchingAdapter(departure))
            session.mount("https://", WatchingAdapter(departure))
            response = session.request(
                method,
                url,
                headers={name: value.encode() for name, value in headers.items()},
                data=body or None,
                auth=_no_netrc,
                proxies=_no_proxy_for_ourselves(url),
                allow_redirects=False,
                stream=True,
                timeout=deadline_seconds,
            )
            return _receive(response, received)
    except Exception as error:  # whatever fails, what matters is whether the request left
        known = (text for kind, text in _FAILURES if isinstance(error, kind))
        return next(known, "iTEP closed the connection." if departure.left else "iTEP could not be reached.")


def _receive(response: requests.Response, received: _Received) -> str:
    received.retry_after = response.headers.get("Retry-After")
    received.status = response.status_code
    for chunk in response.iter_content(_CHUNK):
        received.body += chunk
        if len(received.body) > LARGEST_ANSWER:
            return "iTEP's answer is too large."
    return ""


def _no_netrc(request: Any) -> Any:
    """Keeps requests from putting a .netrc's password in place of our Authorization header."""
    return request


def _no_proxy_for_ourselves(url: str) -> dict[str, str]:
    """A proxy of the environment is for the world outside, not for this machine."""
    host = urlsplit(url).hostname or ""
    with suppress(ValueError):
        return {"no_proxy": host} if ipaddress.ip_address(host).is_loopback else {}
    return {"no_proxy": host} if host == "localhost" else {}

"""A repeated `Idempotency-Key` gives the first answer again (DESIGN.md section 7; STANDARDS: the IETF draft).

The answer is kept in the transaction of what it tells: killed in the middle, neither happened, and the repeat is a
first time. That a first request still runs is said by an advisory lock on PostgreSQL; on SQLite the second waits.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from access.encryption import keyed_digest
from access.models import ApiClient, IdempotentAnswer
from access.problems import CONTENT_TYPE, Problem, exception_handler

LIVES = timedelta(hours=24)
LONGEST_KEY = 255
REPLAYED = "Idempotent-Replayed"


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose key, for what, and of which request."""

    client: ApiClient
    route: str
    key_digest: str
    fingerprint: str


class _Refused(Exception):
    """Rolls the work back, and carries its answer out."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def once(request: Request, route: str, run: Callable[[], Response]) -> Response:
    """The answer of `run`, or the first one to the same key of this client on this route.

    `run` does its work in this function's transaction; a refusal (a raised `Problem`, or an answer of 400 and above)
    rolls it back. Raises `Problem`: idempotency-in-progress, idempotency-key-reused, bad-request.
    """
    text = request.headers.get("Idempotency-Key")
    if text is None or not isinstance(request.auth, ApiClient):
        return run()
    asked = _Asked(request.auth, route, keyed_digest(read_key(text), purpose="idempotency"), _fingerprint(request))
    try:
        with transaction.atomic():
            return _once(request, asked, run)
    except OperationalError as error:
        if connection.vendor == "sqlite" and "locked" in str(error):
            raise Problem("idempotency-in-progress") from error
        raise


def read_key(text: str) -> str:
    """The key itself: `"k"`, as the draft writes it, and plain `k` are the same."""
    key = text.strip()
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        raise Problem("bad-request", f"Idempotency-Key must have 1 to {LONGEST_KEY} printable characters.")
    return key


def forget_old() -> int:
    """Removes answers that are older than a day."""
    return IdempotentAnswer.objects.filter(created_at__lte=timezone.now() - LIVES).delete()[0]


def _once(request: Request, asked: _Asked, run: Callable[[], Response]) -> Response:
    _alone(asked)
    rows = IdempotentAnswer.objects.filter(client=asked.client, route=asked.route, key_digest=asked.key_digest)
    rows.filter(created_at__lte=timezone.now() - LIVES).delete()
    first = rows.first()
    if first is None:
        return _first_time(request, asked, run)
    if first.fingerprint != asked.fingerprint:
        raise Problem("idempotency-key-reused")
    return _replay(first)


def _first_time(request: Request, asked: _Asked, run: Callable[[], Response]) -> Response:
    response = _run(request, run)
    if 200 <= response.status_code < 300 or response.status_code in (409, 422):
        kept = {"data": response.data, "location": response.headers.get("Location", "")}
        IdempotentAnswer.objects.create(
            client=asked.client,
            route=asked.route,
            key_digest=asked.key_digest,
            fingerprint=asked.fingerprint,
            status=response.status_code,
            body=json.dumps(kept, cls=JSONEncoder),
        )
    return response


def _run(request: Request, run: Callable[[], Response]) -> Response:
    try:
        with transaction.atomic():
            response = run()
            if response.status_code >= 400:
                raise _Refused(response)
            return response
    except _Refused as refused:
        return refused.response
    except Exception as error:
        response_or_none = exception_handler(error, {"request": request})
        if response_or_none is None:
            raise
        return response_or_none


def _replay(first: IdempotentAnswer) -> Response:
    kept = json.loads(first.body)
    status = int(first.status or 200)
    response = Response(kept["data"], status=status, content_type=CONTENT_TYPE if status >= 400 else None)
    response[REPLAYED] = "true"
    if kept["location"]:
        response["Location"] = kept["location"]
    return response


def _fingerprint(request: Request) -> str:
    """The same JSON in other spacing is the same request."""
    about: Any = [request.method, request.path, sorted(request.query_params.lists()), request.data]
    return keyed_digest(json.dumps(about, sort_keys=True, default=str), purpose="idempotency")


def _alone(asked: _Asked) -> None:
    """While another request with this key runs: a problem on PostgreSQL; SQLite has let it end before we began."""
    if connection.vendor != "postgresql":
        return
    name = keyed_digest(f"{asked.client.pk}\0{asked.route}\0{asked.key_digest}", purpose="idempotency")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int(name[:15], 16)])
        if not cursor.fetchone()[0]:
            raise Problem("idempotency-in-progress")

"""iTEP's door: one address per tracking code. Accepts and keeps first; judging comes later."""

from __future__ import annotations

import logging
from typing import Protocol

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from webhooks import inbox, tracking_codes
from webhooks.authorization import proves

log = logging.getLogger(__name__)
_CHUNK = 64 * 1024


class TooLarge(Exception):
    """The body is larger than WEBHOOK_MAX_BYTES, whatever its Content-Length said."""


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


@csrf_exempt
def receive(request: HttpRequest, segment: str) -> HttpResponse:
    """200 once the raw post is committed; 401, 404, 405, 413 or 503 where it is not, with one line that says why."""
    try:
        return _receive(request, segment)
    except TooLarge:
        return _refused(413, f"A post has at most {settings.WEBHOOK_MAX_BYTES} bytes.")
    except (DatabaseError, InterfaceError) as error:
        log.error("webhook: not kept, the database is away: %s", type(error).__name__)
        return _refused(503, "Not kept. Please send it again later.", **{"Retry-After": "30"})
    except OSError:
        return _refused(400, "The post ended before its end.")


@csrf_exempt
def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address below: it may hold a mistyped secret, and must not reach a log."""
    return _refused(404, "There is no such address.")


def _receive(request: HttpRequest, segment: str) -> HttpResponse:
    code = tracking_codes.find(segment)
    if code is None:
        return _refused(404, "There is no such address.")
    if request.method != "POST":
        return _refused(405, "Results are sent by POST.", Allow="POST")
    if _declared(request) > settings.WEBHOOK_MAX_BYTES:
        raise TooLarge
    body = _read(request) if any(proof.needs_body for proof in code.proofs) else b""
    if not any(proves(proof, headers=request.headers, body=body) for proof in code.proofs):
        log.warning("webhook: wrong authorization for tracking code %s", code.code)
        return _refused(401, "The authorization is missing or wrong.", **{"WWW-Authenticate": "Basic, Bearer"})
    inbox.keep(tracking_code_id=code.pk, content_type=request.META.get("CONTENT_TYPE", ""), body=body or _read(request))
    return HttpResponse("Kept.\n", content_type="text/plain; charset=utf-8")


def _declared(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _read(request: HttpRequest) -> bytes:
    """The raw body. Never more than one byte over the limit is read, nor trusted to a Content-Length.

    Django takes a post without a Content-Length (chunked) for an empty one; a server that ends the stream itself
    (gunicorn) is read to its end.
    """
    ends_itself = request.META.get("wsgi.input_terminated")
    stream: Stream = request.META["wsgi.input"] if ends_itself else request
    left, chunks = settings.WEBHOOK_MAX_BYTES + 1, []
    while left > 0 and (chunk := stream.read(min(left, _CHUNK))):
        chunks.append(chunk)
        left -= len(chunk)
    if left <= 0:
        raise TooLarge
    return b"".join(chunks)


def _refused(status: int, why: str, **headers: str) -> HttpResponse:
    response = HttpResponse(f"{why}\n", status=status, content_type="text/plain; charset=utf-8", headers=headers)
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would log the path, which is a secret
    return response

"""A number for each request, by which a caller's report and our log lines meet."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.http import HttpRequest


def of(request: HttpRequest) -> str:
    """The request's number, or "" where the middleware did not run."""
    return str(getattr(request, "request_number", ""))


def give(request: HttpRequest) -> str:
    """Gives the request a number: the caller's own `X-Request-ID` if it is a UUID, else a new one."""
    try:
        number = str(UUID(request.headers.get("X-Request-ID", "")))
    except ValueError:
        number = str(uuid4())
    request.request_number = number  # type: ignore[attr-defined]
    request.META["HTTP_X_REQUEST_ID"] = number  # our log lines carry the same
    return number

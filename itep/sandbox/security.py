"""What every answer of the sandbox carries, and whom it refuses."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def guard(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Refuses hosts that are not this machine's, and changes asked for by a page of another site."""

    def guarded(request: HttpRequest) -> HttpResponse:
        host = request.get_host()  # raises DisallowedHost, which Django answers with 400
        origin = request.headers.get("Origin")
        if origin and request.method not in {"GET", "HEAD"} and urlsplit(origin).netloc != host:
            return HttpResponseForbidden("The sandbox takes no changes from pages of other sites.\n")
        response = answer(request)
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["Cache-Control"] = "no-store"
        return response

    return guarded

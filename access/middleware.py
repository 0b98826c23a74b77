"""What every request gets: a number, the reader's time zone and language, and problem+json below /api/."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from access import request_ids
from access.problems import CONTENT_TYPE, Problem, plain_answer

GetResponse = Callable[[HttpRequest], HttpResponse]
_API = "/api/"
LONGEST_BODY = 5 * 1024 * 1024


class RequestNumber:
    """Gives each request its number, and tells it in `X-Request-ID`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = request_ids.give(request)
        response = self.get_response(request)
        response["X-Request-ID"] = number
        return response


class ReadersOwn:
    """Dates and words as whoever is logged in reads them. Stands behind Django's LocaleMiddleware and login."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = _language(request)
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        with timezone.override(_zone(request)):
            return self.get_response(request)


class ProblemsBelowApi:
    """Below /api/ every refusal is a problem, also where no view of the API was reached."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(_API):
            return self.get_response(request)
        if _length(request) > LONGEST_BODY:
            return plain_answer(Problem("payload-too-large", f"At most {LONGEST_BODY} bytes."), request)
        response = self.get_response(request)
        if response.status_code < 400 or _is_problem(response):
            return response
        slugs = {400: "bad-request", 403: "not-allowed", 404: "not-found", 405: "method-not-allowed"}
        slug = slugs.get(response.status_code, "internal-error" if response.status_code >= 500 else "bad-request")
        problem = plain_answer(Problem(slug, status=response.status_code), request)
        problem.cookies = response.cookies
        return problem


def _length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdigit() else 0


def _is_problem(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith((CONTENT_TYPE, "application/json"))


def _language(request: HttpRequest) -> str:
    chosen = getattr(request.user, "language", "") if request.user.is_authenticated else ""
    return chosen if chosen in dict(settings.LANGUAGES) else ""


def _zone(request: HttpRequest) -> ZoneInfo | None:
    """The person's own zone; None leaves the portal's."""
    name = getattr(request.user, "time_zone", "") if request.user.is_authenticated else ""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None

"""The API's errors: RFC 9457, `application/problem+json`, for our own refusals and for those of the framework alike.

`type` is the address of a readable page; `title` is the same for every occurrence; `detail` helps to fix this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from access import request_ids
from access.problem_types import TYPES

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """A refusal that the API tells its caller. `extensions` stand beside the usual members, as `oid`.

    The slug is one of `problem_types.TYPES`, which gives title and status unless they are given here.
    """

    def __init__(
        self, slug: str, detail: str = "", *, status: int | None = None, title: str | None = None, **extensions: Any
    ) -> None:
        super().__init__(detail or slug)
        kind = TYPES[slug]
        self.slug, self.detail, self.extensions = slug, detail, extensions
        self.status = kind.status if status is None else status
        self.title = kind.title if title is None else title

    def body(self, request: HttpRequest | None = None) -> dict[str, Any]:
        """The members, as JSON can say them."""
        usual = {"type": address(self.slug), "title": self.title, "status": self.status}
        if self.detail:
            usual["detail"] = self.detail
        if request is not None and (number := request_ids.of(request)):
            usual["instance"] = f"urn:uuid:{number}"
        return usual | self.extensions


class Invalid(Problem):
    """What was sent does not fit: every fault at once, each with a JSON pointer."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        many = f"{len(errors)} values do not fit." if len(errors) > 1 else "One value does not fit."
        super().__init__("validation-error", many, errors=errors)


def address(slug: str) -> str:
    """The readable page of a type of problem, absolute."""
    return settings.PORTAL_URL.rstrip("/") + reverse("help-error", args=[slug])


def answer(problem: Problem, request: HttpRequest | None = None) -> Response:
    """The problem as DRF answers it."""
    return Response(problem.body(request), status=problem.status, content_type=CONTENT_TYPE)


def plain_answer(problem: Problem, request: HttpRequest | None = None) -> JsonResponse:
    """The problem where DRF is not reached, as for an unknown path."""
    return JsonResponse(problem.body(request), status=problem.status, content_type=CONTENT_TYPE)


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's `EXCEPTION_HANDLER`. What is no refusal is answered by the server's own 500, and logged there."""
    problem = _problem(error)
    if problem is None:
        return None
    set_rollback()
    request = context.get("request")
    response = answer(problem, getattr(request, "_request", request))
    for name in ("WWW-Authenticate", "Retry-After"):
        if value := _header(error, name):
            response[name] = value
    return response


def _header(error: Exception, name: str) -> str | None:
    if name == "WWW-Authenticate":
        return getattr(error, "auth_header", None)
    wait = getattr(error, "wait", None)
    return None if wait is None else str(int(wait) + 1)


def _problem(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, exceptions.ValidationError):
        return Invalid(pointed(error.detail))
    if isinstance(error, exceptions.ParseError):
        return Problem("bad-request", "The body is not JSON in UTF-8.")
    if isinstance(error, RequestDataTooBig):
        return Problem("payload-too-large")
    if isinstance(error, Http404):
        return Problem("not-found", "There is nothing here, or nothing that this key may see.")
    if isinstance(error, PermissionDenied):
        return Problem("not-allowed", str(error))
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    return None


def _of_framework(error: exceptions.APIException) -> Problem:
    by_status = {kind.status: slug for slug, kind in TYPES.items() if kind.of_framework}
    slug = by_status.get(error.status_code, "internal-error" if error.status_code >= 500 else "bad-request")
    return Problem(slug, str(error.detail), status=error.status_code)


def pointed(detail: Any, pointer: str = "") -> list[dict[str, str]]:
    """DRF's nested messages as a list of `{"pointer", "detail"}`, pointers as RFC 6901 writes them."""
    if isinstance(detail, dict):
        return [
            one
            for name, inner in detail.items()
            for one in pointed(inner, pointer if name == "non_field_errors" else f"{pointer}/{_escape(str(name))}")
        ]
    if isinstance(detail, list) and any(isinstance(inner, (dict, list)) for inner in detail):
        return [one for place, inner in enumerate(detail) for one in pointed(inner, f"{pointer}/{place}")]
    messages = detail if isinstance(detail, list) else [detail]
    return [{"pointer": pointer, "detail": str(message)} for message in messages]


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")

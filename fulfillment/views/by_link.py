"""Who comes by a link or a code is the candidate: how they are found, slowed down, and what every answer carries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.decorators import decorator_from_middleware
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from fulfillment import deadlines, guessing, languages, links, organization
from fulfillment.models import Fulfillment

P = ParamSpec("P")
View = Callable[[HttpRequest, Fulfillment], HttpResponseBase]


class LinkCsrf(CsrfViewMiddleware):
    """The page sends no referrer, and with that policy browsers say `Origin: null` for its own forms as well. The token
    of form and cookie has to match all the same."""

    def _origin_verified(self, request: HttpRequest) -> bool:
        return request.META.get("HTTP_ORIGIN") == "null" or super()._origin_verified(request)  # type: ignore[misc]


_checked = decorator_from_middleware(LinkCsrf)


def kept_nowhere(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Its answers are kept nowhere and tell no other site where they stood."""

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        # Nobody is known yet: the browser says which language they read, as far as we have it.
        with translation.override(languages.chosen(translation.get_language() or "")):
            response = _in_its_language(_checked(view)(request, *args, **kwargs))
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answered


def _in_its_language(response: HttpResponseBase) -> HttpResponseBase:
    """Says which language it is in, before the reader's own is said by whoever comes after."""
    response.headers.setdefault("Content-Language", translation.get_language() or "")
    return response


def by_link(view: View) -> Callable[[HttpRequest, str], HttpResponseBase]:
    """Finds the test of the link. One that never was, was revoked or has ended: the same words for all three."""

    @kept_nowhere
    @wraps(view)
    def found(request: HttpRequest, token: str) -> HttpResponseBase:
        one = links.find(token)
        if one is not None:
            with translation.override(languages.chosen(one.language)):
                return _in_its_language(view(request, one))
        if wait := guessing.until(request):
            return too_many(request, wait)
        guessing.missed(request)
        return render(request, "fulfillment/link_unknown.html", whose(), status=HTTPStatus.NOT_FOUND)

    return found


def too_many(request: HttpRequest, until: datetime) -> HttpResponse:
    """429, and when to come again."""
    context = whose() | {"until": deadlines.moment_in_words(until), "time_zone": deadlines.zone_name()}
    response = render(request, "fulfillment/link_too_many.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(max(1, round((until - timezone.now()).total_seconds())))
    return response


def whose() -> dict[str, object]:
    """Who gives the tests, as each page of candidates says it."""
    ours = organization.ours()
    return {
        "ours": ours,
        "organization": ours.name or _("Your English test"),
        "help_email": ours.help_email,
        "help_phone": ours.help_phone,
    }

"""The readable pages behind the `type` of each problem of the API. Public: they say nothing of anybody."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from access.problem_types import TYPES


def errors(request: HttpRequest) -> HttpResponse:
    """All types."""
    kinds = [(slug, kind) for slug, kind in TYPES.items()]
    return render(request, "access/help_errors.html", {"kinds": kinds})


def error(request: HttpRequest, slug: str) -> HttpResponse:
    """One type."""
    if slug not in TYPES:
        raise Http404
    return render(request, "access/help_error.html", {"slug": slug, "kind": TYPES[slug]})

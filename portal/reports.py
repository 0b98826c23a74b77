"""Reports: what there is to read and to print, each on its own page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.roles import staff_required


@require_safe
@staff_required
def reports(request: HttpRequest) -> HttpResponse:
    """The way to each report."""
    return render(request, "portal/reports.html")

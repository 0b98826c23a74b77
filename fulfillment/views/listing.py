"""The list of candidates, and a mail as it was sent."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from access.roles import staff_required
from fulfillment import queries
from fulfillment.filters import CandidateFilter
from fulfillment.models import Fulfillment, Mail

A_PAGE = 50


@require_safe
@staff_required
def listing(request: HttpRequest) -> HttpResponse:
    """Candidates, newest first."""
    rows = CandidateFilter(request.GET, queries.fulfillments().order_by("-id"))
    page = Paginator(rows.qs, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "fulfillment/list.html",
        {"filter": rows, "page": page, "filtered": any(request.GET.values()), "any": Fulfillment.objects.exists()},
    )


@require_safe
@staff_required
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    """A mail as it was sent."""
    one = get_object_or_404(Mail.objects.select_related("fulfillment__product"), pk=mail_id)
    return render(request, "fulfillment/mail.html", {"mail": one, "one": one.fulfillment})

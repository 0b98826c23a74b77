"""The list of candidates: filtered, sorted, in chosen columns, to take along."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from access.roles import staff_required
from access.spreadsheets import download
from access.views import author
from fulfillment import bulk_acts, candidate_sheet, columns, finding, queries
from fulfillment.models import Fulfillment
from inventory import text_search

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use; `url` is the list without it."""

    label: str
    value: str
    url: str


@require_safe
@staff_required
def listing(request: HttpRequest) -> HttpResponse:
    """Candidates, newest first unless sorted otherwise. The address says all that was asked for, and no more."""
    if (tidy := finding.tidied(request.GET)) is not None:
        return redirect(f"{reverse('fulfillment:list')}?{tidy}")
    user, found = author(request).user, finding.find(request.GET)
    assert user is not None
    page = Paginator(found.rows.values_list("pk", flat=True), A_PAGE).get_page(request.GET.get("page"))
    rows = queries.in_order(list(page))  # what lies before the page is passed over without being read
    asked = found.filter.in_use().get("q", "")
    words = {
        "filter": found.filter,
        "page": page,
        "rows": rows,
        "sort": found.sort,
        "chips": [Chip(label, value, _without(request.GET, name)) for name, label, value in found.filter.words()],
        "more_is_open": not set(found.filter.in_use()).isdisjoint(found.filter.MORE),
        "columns": columns.chosen(user),
        "all_columns": columns.COLUMNS,
        "in_text": queries.found_in_text(rows, asked),
        "outside": text_search.test_ids_with(asked).filter(holder__isnull=True).count() if asked else 0,
        "asked": asked,
        "acts": bulk_acts.ACTS.values(),
        "any": bool(rows) or Fulfillment.objects.exists(),
    }
    return render(request, "fulfillment/list.html", words)


def _without(query: QueryDict, *names: str) -> str:
    left = query.copy()
    for name in (*names, "page"):
        left.pop(name, None)
    return f"{reverse('fulfillment:list')}?{left.urlencode()}"


@require_POST
@staff_required
def choose_columns(request: HttpRequest) -> HttpResponse:
    """Remembers the columns for this person, and goes back to what was asked for."""
    user = author(request).user
    assert user is not None
    columns.choose(user=user, names=[] if "usual" in request.POST else request.POST.getlist("column"))
    return redirect(_without(QueryDict(request.POST.get("query", ""))))


@require_safe
@staff_required
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """All that is found, as csv or xlsx. Who took it away is kept."""
    actor, found = author(request), finding.find(request.GET)
    assert actor.user is not None
    chosen = columns.chosen(actor.user)
    narrowing = sorted(found.filter.in_use())
    candidate_sheet.taken_along(actor=actor, kind=kind, filters=narrowing, columns=chosen, rows=found.rows)
    name = f"candidates-{timezone.localdate().isoformat()}"
    return download(candidate_sheet.table(found.rows, chosen), name=name, kind=kind)

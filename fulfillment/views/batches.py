"""The page of a batch: its columns, its faults, the preview, the yes, the minute's undo, each row's outcome."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import roles
from access.roles import staff_required
from access.spreadsheets import KINDS, download
from access.views import author
from fulfillment import batch_cancelling, batch_files, batch_list, batch_pages, batch_sheet, batches, queries, undoing
from fulfillment.errors import BatchMoved, CannotUndo, DoesNotFit
from fulfillment.models import Batch, BatchState, Decision
from fulfillment.old_knowledge import OldKnowledge

MOST_FAULTS = 200
LIVE, LIST = "live", "rows"  # the parts of the page that htmx asks for by themselves
_PAGES = {
    BatchState.FAULTY: "fulfillment/batch_faults.html",
    BatchState.DRAFT: "fulfillment/batch.html",
    BatchState.DISCARDED: "fulfillment/batch_discarded.html",
}


@require_safe
@staff_required
def listing(request: HttpRequest) -> HttpResponse:
    """All batches, the latest first."""
    page = Paginator(queries.batches(), batch_pages.PAGE).get_page(request.GET.get("page"))
    return render(request, "fulfillment/batches.html", {"page": page})


@require_safe
@staff_required
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One batch, as far as it is."""
    one = _batch(batch_id)
    if one.state == BatchState.COLUMNS:
        return redirect("fulfillment:batch_columns", batch_id=one.pk)
    return _show(request, one)


def _batch(batch_id: int) -> Batch:
    return get_object_or_404(Batch.objects.select_related("product", "payer", "user", "confirmed_by"), pk=batch_id)


def _show(request: HttpRequest, one: Batch, refused: str = "", field: str = "") -> HttpResponse:
    context: dict[str, Any] = {"batch": one, "refused": refused, "refused_field": field}
    if one.state == BatchState.FAULTY:
        faults = batch_files.faults(one)
        rows = len({(fault.sheet, fault.row) for fault in faults if fault.row})
        context |= {"faults": faults[:MOST_FAULTS], "number": len(faults), "rows": rows}
    elif one.state == BatchState.DRAFT:
        context |= batch_pages.table(one, request.GET) | batch_pages.preview(one)
    elif one.state != BatchState.DISCARDED:
        context |= batch_pages.table(one, request.GET) | batch_pages.after(one, request.GET)
        context["is_administrator"] = roles.is_administrator(request.user)
    status = HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    return render(request, _template(request, one), context, status=status)


def _template(request: HttpRequest, one: Batch) -> str:
    """The whole page, or the part that htmx asks for; going back in the browser it asks for the whole page."""
    target = request.headers.get("HX-Target")
    if one.state in (BatchState.CONFIRMED, BatchState.UNDONE):
        live = target == LIVE and "HX-History-Restore-Request" not in request.headers
        return "fulfillment/_batch_live.html" if live else "fulfillment/batch_given.html"
    return _PAGES[BatchState(one.state)]


@require_POST
@staff_required
def confirm(request: HttpRequest, batch_id: int) -> HttpResponse:
    one = _batch(batch_id)
    try:
        batches.confirm(
            batch_id=batch_id,
            actor=author(request),
            allow_duplicate=request.POST.get("allow_duplicate") == "on",
            go_on=request.POST.get("go_on") == "on",
            all_or_nothing=request.POST.get("stock") == "all",
        )
    except OldKnowledge as refused:
        return _show(request, one, str(refused), "go_on")
    except DoesNotFit as refused:
        return _show(request, one, str(refused), "stock")
    except BatchMoved as refused:
        messages.error(request, str(refused))
    return redirect("fulfillment:batch", batch_id=batch_id)


@require_POST
@staff_required
def decide(request: HttpRequest, batch_id: int) -> HttpResponse:
    """What becomes of rows whose person has something already: each by itself, or `all` of them at one switch."""
    _batch(batch_id)
    one_for_all = request.POST.get("all", "")
    try:
        if one_for_all in Decision.values:
            changed = batches.decide_all(batch_id=batch_id, decision=Decision(one_for_all), actor=author(request))
        else:
            changed = batches.decide(batch_id=batch_id, decisions=_decisions(request), actor=author(request))
    except BatchMoved as refused:
        messages.error(request, str(refused))
    else:
        words = ngettext("%(n)s row was decided anew.", "%(n)s rows were decided anew.", changed)
        messages.success(request, words % {"n": changed})
    return _back(request, batch_id)


def _decisions(request: HttpRequest) -> dict[int, Decision]:
    """`row-12=give`, for each row of the page."""
    named = ((name.removeprefix("row-"), str(value)) for name, value in request.POST.items() if name.startswith("row-"))
    return {int(pk): Decision(value) for pk, value in named if pk.isascii() and pk.isdecimal() and value in Decision}


def _back(request: HttpRequest, batch_id: int) -> HttpResponse:
    """To the same part of the list."""
    there = redirect("fulfillment:batch", batch_id=batch_id)
    query = batch_list.read(request.GET).query
    page = request.GET.get("page", "")
    query += f"&page={page}" if page.isascii() and page.isdecimal() else ""
    if query:
        there["Location"] += f"?{query.lstrip('&')}"
    return there


@require_POST
@staff_required
def undo(request: HttpRequest, batch_id: int) -> HttpResponse:
    _batch(batch_id)
    try:
        undoing.undo(batch_id=batch_id, actor=author(request))
    except CannotUndo as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The batch was undone. Every test ID is free again, and nobody was told anything."))
    return redirect("fulfillment:batch", batch_id=batch_id)


@require_POST
@staff_required
def cancel_rows(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The rows that were ticked, as far as iTEP was told nothing of them."""
    rows = [int(pk) for pk in request.POST.getlist("row") if pk.isascii() and pk.isdecimal()]
    reason = request.POST.get("reason", "").strip()[:500]
    if not (rows and reason):
        messages.error(request, _("Tick the rows, and say why. Nothing was cancelled."))
        return _back(request, batch_id)
    done = batch_cancelling.cancel_rows(batch=_batch(batch_id), rows=rows, actor=author(request), reason=reason)
    words = ngettext("%(n)s test was cancelled.", "%(n)s tests were cancelled.", done.number) % {"n": done.number}
    messages.success(request, words)
    if done.too_late:
        late = _("%(n)s were left: iTEP was told of them. Cancel those on their own pages.") % {"n": done.too_late}
        messages.warning(request, late)
    return _back(request, batch_id)


@require_POST
@staff_required
def discard(request: HttpRequest, batch_id: int) -> HttpResponse:
    _batch(batch_id)
    try:
        batch_files.discard(batch_id=batch_id, actor=author(request))
    except BatchMoved as refused:
        messages.error(request, str(refused))
        return redirect("fulfillment:batch", batch_id=batch_id)
    messages.success(request, _("The file was given up. Nobody was given anything by it."))
    return redirect("fulfillment:give_many")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def rows(request: HttpRequest, batch_id: int, kind: str) -> HttpResponseBase:
    """What the table shows, all pages of it. By POST with the test IDs, which is kept in the trail."""
    if kind not in KINDS:
        raise Http404
    one = _batch(batch_id)
    told = batch_sheet.take_test_ids(batch=one, actor=author(request)) if request.method == "POST" else None
    return download(batch_sheet.table(one, batch_list.read(request.GET), told), name=f"batch-{one.pk}", kind=kind)

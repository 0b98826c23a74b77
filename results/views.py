"""Pages of results: list, one, export; and the hosts whose reports are linked."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access import audit
from access.actors import Actor
from access.roles import administrator_required, staff_required
from access.spreadsheets import download
from results import asking, queries, report_hosts, sheets
from results.filters import ResultFilter
from results.forms import AnswerForm, HostForm
from results.models import ReportHost, Result, ResultState

PAGE = 50


def _actor(request: HttpRequest) -> Actor:
    assert request.user.is_authenticated
    return Actor.person(request.user)


@require_GET
@staff_required
def results_list(request: HttpRequest) -> HttpResponse:
    narrowed = ResultFilter(request.GET, queryset=queries.current())
    page = Paginator(narrowed.qs, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "results/list.html",
        {"filter": narrowed, "page": page, "asked": queries.asked()[:20], "narrowed": bool(narrowed.narrowing())},
    )


@require_GET
@staff_required
@transaction.atomic
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One result. Who looked is kept."""
    result = queries.one(pk)
    if result is None:
        raise Http404
    about = {"oid": result.oid, "test_id": result.test_id, "subject": f"result {result.pk}"}
    audit.record(actor=_actor(request), verb="result.viewed", **about)
    return render(request, "results/one.html", {"result": result})


@require_GET
@staff_required
def of_oid(request: HttpRequest, oid: UUID) -> HttpResponse:
    """The result of a request, by its oid."""
    result = queries.of(oid)
    if result is None:
        raise Http404
    return redirect("results:one", result.pk)


@require_GET
@staff_required
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """What the list shows, as csv or xlsx. Who took it away is kept."""
    narrowed = ResultFilter(request.GET, queryset=queries.current())
    with transaction.atomic():
        detail = {"kind": kind, "filters": narrowed.narrowing(), "count": narrowed.qs.count()}
        audit.record(actor=_actor(request), verb="results.exported", detail=detail)
    name = f"results-{timezone.localdate().isoformat()}"
    return download(sheets.table(narrowed.qs), name=name, kind=kind)


@require_POST
@staff_required
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """A person says whether a revision counts."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please say why; it is kept in the history."))
        return redirect("results:one", pk)
    said = form.cleaned_data
    try:
        if said["act"] == "accept":
            state = ResultState(said["state"] or ResultState.FINAL)
            asking.accept(result_id=pk, state=state, actor=_actor(request), reason=said["reason"])
        else:
            asking.ignore(result_id=pk, actor=_actor(request), reason=said["reason"])
    except Result.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Noted."))
    return redirect("results:one", pk)


@require_http_methods(["GET", "POST"])
@administrator_required
def hosts(request: HttpRequest) -> HttpResponse:
    """The hosts whose score reports are linked."""
    form = HostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            report_hosts.allow(host=form.cleaned_data["host"], actor=_actor(request))
            return redirect("results:report_hosts")
        except report_hosts.BadHost as error:
            form.add_error("host", str(error))
    return render(request, "results/report_hosts.html", {"form": form, "hosts": ReportHost.objects.all()})


@require_POST
@administrator_required
def forbid_host(request: HttpRequest, pk: int) -> HttpResponse:
    report_hosts.forbid(pk=pk, actor=_actor(request))
    return redirect("results:report_hosts")

"""Uploads of iTEP's AVAILABLE TESTS: file, columns, preview, applied."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access import roles
from access.actors import Actor
from access.models import User
from inventory import column_pages, faulty_rows, upload_pages, upload_work
from inventory import uploads as kept
from inventory.column_forms import ChooseColumns
from inventory.column_pages import Columns
from inventory.models import Upload
from inventory.models.uploads import UploadState
from inventory.reconciliation import CannotApply
from inventory.sheets import UnreadableFile
from inventory.upload_forms import UploadForm
from inventory.views import plans

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Act = Callable[[HttpRequest, Upload], HttpResponse]
BUSY = (UploadState.PLANNING, UploadState.APPLYING)


@roles.staff_required
def uploads(request: HttpRequest) -> HttpResponse:
    page = Paginator(Upload.objects.select_related("user"), PAGE).get_page(request.GET.get("page"))
    same = upload_pages.first_of_same(list(page.object_list))
    return render(request, "inventory/uploads/list.html", {"page": page, "same": same, "open": upload_work.OPEN})


@roles.staff_required
def upload_new(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "inventory/uploads/new.html", {"form": form}, status=422 if form.is_bound else 200)
    file = form.cleaned_data["file"]
    upload = kept.keep(
        content=file.read(),
        file_name=file.name or "",
        actor=_actor(request),
        exported_at=form.cleaned_data["exported_at"],
        scope=form.cleaned_data["scope"],
    )
    return redirect("inventory:upload", upload_id=upload.pk)


@roles.staff_required
def upload(request: HttpRequest, upload_id: int) -> HttpResponse:
    """One upload, as far as it is; what a person decides comes here by POST, in the field `act`."""
    one = get_object_or_404(Upload, pk=upload_id)
    if request.method == "POST":
        act: Act = _ACTS.get(request.POST.get("act", ""), _unknown)
        return act(request, one)
    if one.state in BUSY:
        return plans.busy(request, one)
    if plans.asks_for(request, plans.PROGRESS):
        return HttpResponse(headers={"HX-Refresh": "true"})  # the work that the page waited for has come to its end
    if one.state in (UploadState.UPLOADED, UploadState.FAILED) or ("columns" in request.GET and _is_open(one)):
        return _columns(request, one)
    return plans.show(request, one)


@roles.staff_required
def upload_faults(request: HttpRequest, upload_id: int) -> HttpResponse:
    """The rows with faults as a workbook, as long as the file is kept."""
    one = get_object_or_404(Upload, pk=upload_id)
    try:
        content = faulty_rows.workbook(one)
    except (CannotApply, UnreadableFile) as impossible:
        messages.error(request, str(impossible))
        return redirect("inventory:upload", upload_id=one.pk)
    disposition = f'attachment; filename="errors-of-upload-{one.pk}.xlsx"'
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition})


def _columns(request: HttpRequest, one: Upload) -> HttpResponse:
    """What the columns hold: as chosen or remembered, or, where `recognized` is asked for, by their names alone."""
    by_names = "recognized" in request.GET
    found = column_pages.columns(one, remembered=not by_names)
    return _columns_page(request, one, found, found.forms(), by_names=by_names)


def _columns_page(
    request: HttpRequest, one: Upload, found: Columns, forms: list[ChooseColumns], *, by_names: bool = False
) -> HttpResponse:
    if found.problem:
        return render(request, "inventory/uploads/unreadable.html", {"upload": one, "problem": found.problem})
    sections = list(column_pages.sections(found, forms))
    context = {"upload": one, "found": found, "sections": sections, "form": forms[0], "by_names": by_names}
    status = 422 if any(form.is_bound for form in forms) else 200
    return render(request, "inventory/uploads/columns.html", context, status=status)


def _plan(request: HttpRequest, one: Upload) -> HttpResponse:
    found = column_pages.columns(one)
    forms = found.forms(request.POST)
    if found.problem or any(form.errors for form in forms):
        return _columns_page(request, one, found, forms)
    try:
        upload_work.plan(
            upload_id=one.pk,
            rows=found.rows,
            columns=[(group.header, form.chosen) for group, form in zip(found.groups, forms, strict=True)],
            default_product=forms[0].cleaned_data["default_product"],
            ready_only=forms[0].cleaned_data["ready_only"],
            actor=_actor(request),
        )
    except CannotApply as refused:
        messages.error(request, str(refused))
    return redirect("inventory:upload", upload_id=one.pk)


def _apply(request: HttpRequest, one: Upload) -> HttpResponse:
    try:
        upload_work.apply(
            upload_id=one.pk,
            actor=_actor(request),
            accept_withdrawals="accept_withdrawals" in request.POST,
            accept_mass_change="accept_mass_change" in request.POST,
        )
    except CannotApply as refused:
        messages.error(request, str(refused))
    return redirect("inventory:upload", upload_id=one.pk)


def _discard(request: HttpRequest, one: Upload) -> HttpResponse:
    try:
        upload_work.discard(upload_id=one.pk, actor=_actor(request))
    except CannotApply as refused:
        messages.error(request, str(refused))
        return redirect("inventory:upload", upload_id=one.pk)
    messages.success(request, _("The upload was discarded. Nothing was changed."))
    return redirect("inventory:uploads")


def _unknown(request: HttpRequest, one: Upload) -> HttpResponse:
    return redirect("inventory:upload", upload_id=one.pk)


_ACTS: dict[str, Act] = {"plan": _plan, "apply": _apply, "discard": _discard}


def _is_open(one: Upload) -> bool:
    return one.state == UploadState.PLANNED


def _actor(request: HttpRequest) -> Actor:
    return Actor.person(cast("User", request.user))

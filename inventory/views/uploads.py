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
from inventory import upload_pages, upload_work
from inventory import uploads as kept
from inventory.models import Upload
from inventory.models.uploads import UploadState
from inventory.reconciliation import CannotApply
from inventory.upload_forms import ColumnsForm, UploadForm
from inventory.views import plans

PAGE = 50
Act = Callable[[HttpRequest, Upload], HttpResponse]
BUSY = (UploadState.PLANNING, UploadState.APPLYING)


@roles.staff_required
def uploads(request: HttpRequest) -> HttpResponse:
    page = Paginator(Upload.objects.defer("content").select_related("user"), PAGE).get_page(request.GET.get("page"))
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
    one = get_object_or_404(Upload.objects.defer("content"), pk=upload_id)
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


def _columns(request: HttpRequest, one: Upload, form: ColumnsForm | None = None) -> HttpResponse:
    found = upload_pages.columns(one)
    if found.problem:
        return render(request, "inventory/uploads/unreadable.html", {"upload": one, "problem": found.problem})
    form = form or ColumnsForm(names=found.names, initial=found.initial)
    context = {"upload": one, "form": form, "fields": upload_pages.with_samples(form, found), "found": found}
    return render(request, "inventory/uploads/columns.html", context, status=422 if form.is_bound else 200)


def _plan(request: HttpRequest, one: Upload) -> HttpResponse:
    found = upload_pages.columns(one)
    form = ColumnsForm(request.POST, names=found.names)
    if found.problem or not form.is_valid():
        return _columns(request, one, form)
    upload_work.plan(
        upload_id=one.pk,
        rows=found.rows,
        mapping=form.chosen,
        default_product=form.cleaned_data["default_product"],
        ready_only=form.cleaned_data["ready_only"],
    )
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

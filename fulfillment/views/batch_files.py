"""The file of a batch: which column holds what, and the rows with faults."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.roles import staff_required
from access.views import author
from fulfillment import batch_files
from fulfillment.errors import BatchMoved
from fulfillment.forms.many import CandidateColumnsForm
from fulfillment.models import Batch
from inventory import column_pages
from inventory.column_forms import ChooseColumns
from inventory.column_pages import Columns
from inventory.sheets import UnreadableFile

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def columns(request: HttpRequest, batch_id: int) -> HttpResponse:
    """As chosen, remembered or recognized; or, where `recognized` is asked for, by their names alone."""
    one = get_object_or_404(Batch, pk=batch_id, adopts=False)
    if one.state not in batch_files.OPEN:
        return redirect("fulfillment:batch", batch_id=one.pk)
    by_names = "recognized" in request.GET
    try:
        headers = batch_files.headers_of(one, remembered=not by_names)
        found = column_pages.of_headers(headers, CandidateColumnsForm)
    except UnreadableFile as problem:
        messages.error(request, str(problem))
        return redirect("fulfillment:give_many")
    forms = found.forms(request.POST if request.method == "POST" else None, keep_others=one.keep_others)
    if request.method != "POST" or any(form.errors for form in forms):
        return _page(request, one, found, forms, by_names=by_names)
    return _choose(request, one, found, forms)


def _page(
    request: HttpRequest, one: Batch, found: Columns, forms: list[ChooseColumns], *, by_names: bool
) -> HttpResponse:
    sections = list(column_pages.sections(found, forms))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    context = {"batch": one, "found": found, "sections": sections, "by_names": by_names}
    return render(request, "fulfillment/batch_columns.html", context, status=status)


def _choose(request: HttpRequest, one: Batch, found: Columns, forms: list[ChooseColumns]) -> HttpResponse:
    try:
        batch_files.choose(
            batch=one,
            columns=[(group.header, form.chosen) for group, form in zip(found.groups, forms, strict=True)],
            keep_others=forms[0].cleaned_data["keep_others"],
            actor=author(request),
        )
    except (UnreadableFile, BatchMoved) as refused:
        messages.error(request, str(refused))
    return redirect("fulfillment:batch", batch_id=one.pk)


@require_safe
@staff_required
def faulty_rows(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The rows with faults as a workbook, as long as the file is kept."""
    one = get_object_or_404(Batch, pk=batch_id, adopts=False)
    try:
        content = batch_files.faulty_rows(one)
    except UnreadableFile as impossible:
        messages.error(request, str(impossible))
        return redirect("fulfillment:batch", batch_id=one.pk)
    disposition = f'attachment; filename="errors-of-batch-{one.pk}.xlsx"'
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition})


@require_POST
@staff_required
def good_rows(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Goes on with the rows without faults."""
    one = get_object_or_404(Batch, pk=batch_id, adopts=False)
    try:
        batch_files.leave_faulty_rows_out(batch=one, actor=author(request))
    except (UnreadableFile, BatchMoved) as refused:
        messages.error(request, str(refused))
    return redirect("fulfillment:batch", batch_id=one.pk)

"""The plan of an upload: preview, progress, applied, and as a list to take along."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from access import roles
from access.spreadsheets import download
from inventory import plan_list, plan_pages, plan_sheet, upload_progress
from inventory.models import Upload
from inventory.models.uploads import UploadState

PART, PROGRESS = "plan", "progress"  # the parts of the page that htmx asks for by themselves


def asks_for(request: HttpRequest, part: str) -> bool:
    """Whether htmx asks for this part alone; going back in the browser it asks for the whole page."""
    return request.headers.get("HX-Target") == part and "HX-History-Restore-Request" not in request.headers


def show(request: HttpRequest, upload: Upload) -> HttpResponse:
    """Preview or applied; or the table alone where the reader filters it."""
    context = plan_pages.table(upload, plan_list.read(request.GET), request.GET.get("page"))
    if asks_for(request, PART):
        return render(request, "inventory/uploads/plan_part.html", context | {"is_part": True})
    if upload.state == UploadState.APPLIED:
        return render(request, "inventory/uploads/applied.html", context | plan_pages.applied(upload))
    return render(request, "inventory/uploads/preview.html", context | plan_pages.preview(upload))


def busy(request: HttpRequest, upload: Upload) -> HttpResponse:
    """The progress, asked for again by the page itself; once the work is done, the page is loaded anew."""
    name = "progress_part" if asks_for(request, PROGRESS) else "progress"
    context = {"upload": upload, "progress": upload_progress.of(upload, request.GET)}
    context["is_administrator"] = roles.is_administrator(request.user)
    return render(request, f"inventory/uploads/{name}.html", context)


@require_GET
@roles.staff_required
def sheet(request: HttpRequest, upload_id: int, kind: str) -> HttpResponseBase:
    """What the table shows, all pages of it, as csv or xlsx."""
    upload = get_object_or_404(Upload, pk=upload_id)
    wanted = plan_list.read(request.GET)
    name = f"upload-{upload.pk}-{wanted.cause if wanted.causes else 'changes'}"
    return download(plan_sheet.table(upload, wanted), name=name, kind=kind)

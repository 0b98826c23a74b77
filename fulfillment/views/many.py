"""*Give many*: a file, or rows that are pasted; and the template to fill in."""

from __future__ import annotations

from http import HTTPStatus

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from access.roles import staff_required
from access.spreadsheets import KINDS, download
from access.views import author
from fulfillment import batch_files, candidate_template
from fulfillment.forms.many import GiveManyForm
from fulfillment.models import Batch
from fulfillment.sheet_requests import MOST_ROWS, Same
from inventory.models import Product
from inventory.sheets import UnreadableFile


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def give_many(request: HttpRequest) -> HttpResponse:
    """The rows, and what is the same for all of them."""
    form = GiveManyForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("fulfillment:batch", batch_id=_keep(request, form).pk)
        except UnreadableFile as refused:
            form.add_error(form.rows_field, str(refused))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    context = {"form": form, "most": MOST_ROWS, "has_products": Product.objects.exists()}
    return render(request, "fulfillment/give_many.html", context, status=status)


def _keep(request: HttpRequest, form: GiveManyForm) -> Batch:
    asked = form.cleaned_data
    file = asked["file"]
    content, name = (file.read(), file.name or "file") if file else (asked["pasted"].encode(), "")
    same = Same(asked["product"], asked["payer"], asked["delivery"], asked["deadline"], sitting=asked["sitting"])
    return batch_files.keep(content=content, file_name=name, same=same, actor=author(request))


@require_safe
@staff_required
def template(request: HttpRequest, kind: str) -> HttpResponseBase:
    """An empty list with the columns' names; as xlsx with help and drop-downs."""
    if kind not in KINDS:
        raise Http404
    if kind == "csv":
        return download(candidate_template.table(), name="candidates", kind=kind)
    return FileResponse(candidate_template.workbook(), as_attachment=True, filename="candidates.xlsx")

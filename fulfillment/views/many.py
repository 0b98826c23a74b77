"""*Give many*: a file, every fault of it at once, a preview, a yes, and each row's outcome."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.roles import staff_required
from access.views import author
from fulfillment import batches, old_knowledge, queries, seating, sheet_requests
from fulfillment.forms.many import GiveManyForm
from fulfillment.models import Batch
from fulfillment.old_knowledge import OldKnowledge
from fulfillment.sheet_requests import CellFault
from fulfillment.views.listing import A_PAGE
from inventory import outlook_words, reading
from inventory.models import Delivery

MOST_FAULTS = 200


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def give_many(request: HttpRequest) -> HttpResponse:
    """The file, and what is the same for all of its rows."""
    form = GiveManyForm(request.POST or None, request.FILES or None)
    faults: list[CellFault] = []
    if request.method == "POST" and form.is_valid():
        try:
            faults, batch = _read(request, form.cleaned_data)
        except reading.UnreadableFile as refused:
            form.add_error("file", str(refused))
        else:
            if batch is not None:
                return redirect("fulfillment:batch", batch_id=batch.pk)
    words = {"form": form, "faults": faults[:MOST_FAULTS], "number": len(faults), "columns": sheet_requests.COLUMNS}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "fulfillment/give_many.html", words, status=status)


def _read(request: HttpRequest, asked: dict[str, Any]) -> tuple[list[CellFault], Batch | None]:
    file, product = asked["file"], asked["product"]
    delivery = asked["delivery"] or product.delivery
    sheets = reading.read(file.read(), file.name).sheets
    found = sheet_requests.read(sheets, needs_email=delivery != Delivery.NONE)
    faults = [*found.faults, *seating.lacking(asked["sitting"], rows=len(found.rows))]
    if faults:
        return faults, None
    batch = batches.draft(
        rows=found.rows,
        file_name=file.name,
        product=product,
        actor=author(request),
        payer=asked["payer"],
        delivery=delivery,
        deadline=asked["deadline"],
        sitting=asked["sitting"],
    )
    return [], batch


@require_safe
@staff_required
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The preview before the yes; each row's outcome after it, live until all are done."""
    return _show(request, batch_id)


def _show(request: HttpRequest, batch_id: int, refused: str = "") -> HttpResponse:
    one = get_object_or_404(Batch.objects.select_related("product", "payer", "user", "sitting"), pk=batch_id)
    page = Paginator(one.rows.select_related("fulfillment"), A_PAGE).get_page(request.GET.get("page"))
    counts = queries.batch_counts(one)
    doubles = batches.open_before(one) if one.confirmed_at is None else set()
    live = bool(getattr(request, "htmx", False)) and request.htmx.target == "live"  # type: ignore[attr-defined]
    return render(
        request,
        "fulfillment/_batch_live.html" if live else "fulfillment/batch.html",
        {
            "batch": one,
            "page": page,
            "counts": counts,
            "settled": one.confirmed_at is None or counts.todo == 0,
            "doubles": doubles,
            "to_give": counts.todo - len(doubles),
            "refused": refused,
            **(_knowledge(one, counts.todo) if one.confirmed_at is None else {}),
        },
        status=HTTPStatus.CONFLICT if refused else HTTPStatus.OK,
    )


def _knowledge(one: Batch, rows: int) -> dict[str, object]:
    """How old the knowledge of the stock is, and whether that is too old for so many."""
    found = old_knowledge.outlook(one)
    return {
        "stock": found,
        "seen": outlook_words.seen(found) if found else "",
        "too_old": old_knowledge.is_asked(rows=rows, found=found),
    }


@require_POST
@staff_required
def confirm(request: HttpRequest, batch_id: int) -> HttpResponse:
    get_object_or_404(Batch, pk=batch_id)
    allow = request.POST.get("allow_duplicate") == "on"
    go_on = request.POST.get("go_on") == "on"
    try:
        batches.confirm(batch_id=batch_id, actor=author(request), allow_duplicate=allow, go_on=go_on)
    except OldKnowledge as refused:
        return _show(request, batch_id, str(refused))
    return redirect("fulfillment:batch", batch_id=batch_id)

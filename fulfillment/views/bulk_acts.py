"""One act on many candidates: from the ticks on the list, over what can be done and what not, to each one's outcome."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from access.roles import staff_required
from access.views import author
from fulfillment import bulk_acts, finding
from fulfillment.bulk_acts import ACTS, CannotBegin
from fulfillment.models import BulkAct, BulkState, Fulfillment
from fulfillment.views.listing import A_PAGE

_BEFORE = (
    (BulkState.NEW, _("being looked at"), ""),
    (BulkState.POSSIBLE, _("can be done"), "good"),
    (BulkState.BLOCKED, _("cannot be done"), ""),
)
_AFTER = (
    (BulkState.POSSIBLE, _("still to do"), ""),
    (BulkState.DONE, _("done"), "good"),
    (BulkState.BLOCKED, _("could not be done"), ""),
    (BulkState.REFUSED, _("not done after all"), "bad"),
)


@dataclass(frozen=True, slots=True)
class Tile:
    """As `components/tile.html` draws it."""

    label: Promise | str
    number: int
    url: str
    selected: bool
    kind: str


@require_POST
@staff_required
def begin(request: HttpRequest) -> HttpResponse:
    """The ticked ones, or all that the list found, as it finds them now."""
    try:
        bulk = bulk_acts.draft(act=request.POST.get("act", ""), chosen=_chosen(request), actor=author(request))
    except CannotBegin as refused:
        messages.error(request, str(refused))
        return redirect(f"{reverse('fulfillment:list')}?{request.POST.get('query', '')}")
    return redirect("fulfillment:bulk", bulk_id=bulk.pk)


def _chosen(request: HttpRequest) -> list[int]:
    if "all" in request.POST:
        rows = finding.find(QueryDict(request.POST.get("query", ""))).rows
        return list(rows.values_list("pk", flat=True)[: bulk_acts.MOST + 1])
    oids = [UUID(one) for one in request.POST.getlist("row") if _is_oid(one)]
    return list(Fulfillment.objects.filter(oid__in=oids).order_by("-id").values_list("pk", flat=True))


def _is_oid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@require_safe
@staff_required
def bulk(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """For how many it can be done, and for which not and why; after the yes each one's outcome, live."""
    return _show(request, bulk_id)


def _show(request: HttpRequest, bulk_id: int, refused: str = "") -> HttpResponse:
    one = get_object_or_404(BulkAct.objects.select_related("user"), pk=bulk_id)
    counts = bulk_acts.counted(one)
    rows = one.rows.select_related("fulfillment__product")
    state = request.GET.get("state", "")
    shown = rows.filter(state=state) if state in BulkState.values else rows
    live = bool(getattr(request, "htmx", False)) and request.htmx.target == "live"  # type: ignore[attr-defined]
    words = {
        "bulk": one,
        "act": ACTS[one.act],
        "counts": {state.value: number for state, number in counts.items()},
        "tiles": _tiles(one, counts, state),
        "total": sum(counts.values()),
        "state": state,
        "page": Paginator(shown, A_PAGE).get_page(request.GET.get("page")),
        "reasons": bulk_acts.reasons(one),
        "settled": not counts[BulkState.NEW] and (one.confirmed_at is None or not counts[BulkState.POSSIBLE]),
        "refused": refused,
    }
    template = "fulfillment/_bulk_live.html" if live else "fulfillment/bulk.html"
    return render(request, template, words, status=HTTPStatus.CONFLICT if refused else HTTPStatus.OK)


def _tiles(one: BulkAct, counts: dict[BulkState, int], chosen: str) -> list[Tile]:
    """How many stand where; what nobody has to look for is left out."""
    words = _AFTER if one.confirmed_at else _BEFORE
    always = (BulkState.POSSIBLE, BulkState.BLOCKED) if one.confirmed_at is None else (BulkState.DONE,)
    return [
        Tile(label, counts[state], f"?state={state}", chosen == state, kind)
        for state, label, kind in words
        if counts[state] or state in always
    ]


@require_POST
@staff_required
def confirm(request: HttpRequest, bulk_id: int) -> HttpResponse:
    get_object_or_404(BulkAct, pk=bulk_id)
    try:
        bulk_acts.confirm(bulk_id=bulk_id, actor=author(request), reason=request.POST.get("reason", ""))
    except CannotBegin as refused:
        return _show(request, bulk_id, str(refused))
    return redirect("fulfillment:bulk", bulk_id=bulk_id)

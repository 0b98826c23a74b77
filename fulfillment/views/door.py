"""The day of a sitting: who comes is ticked off on a tablet; and the roster on paper."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.roles import staff_required
from access.spreadsheets import download
from access.views import author
from fulfillment import attending, roster_sheet, rosters, sittings
from fulfillment.errors import SittingRefuses
from fulfillment.models import Fulfillment, Sitting
from fulfillment.rosters import Roster


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def door(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """Big buttons for each person. POST: with test IDs, which count as told from then on."""
    sitting = get_object_or_404(sittings.listed(), pk=sitting_id)
    if request.method == "POST":
        roster = rosters.with_test_ids(sitting=sitting, actor=author(request), how="opened")
    else:
        roster = rosters.roster(sitting)
    return render(request, "fulfillment/sittings/door.html", _words(roster))


@require_safe
@staff_required
def changes(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """What was marked on other screens since this one asked last, each mark in its place."""
    roster = rosters.roster(get_object_or_404(Sitting, pk=sitting_id))
    since = parse_datetime(request.GET.get("since", "").replace(" ", "+")) or roster.sitting.created_at
    rows = [row for row in roster.rows if row.day.marked_at and row.day.marked_at > since]
    return render(request, "fulfillment/sittings/_door_changes.html", _words(roster) | {"rows": rows})


def _words(roster: Roster) -> dict[str, object]:
    sitting = roster.sitting
    latest = max((row.day.marked_at for row in roster.rows if row.day.marked_at), default=sitting.created_at)
    return {
        "sitting": sitting,
        "roster": roster,
        "rows": roster.rows,
        "facts": sittings.SittingFacts.of(sitting),
        "latest": latest.isoformat(),
        "why_not": attending.why_not(sitting),
        "printed_at": timezone.now(),
    }


@require_POST
@staff_required
def mark(request: HttpRequest, oid: UUID, act: str) -> HttpResponse:
    """`arrived`, `photo-id` or `incident`; `undo=1`: taken back. htmx gets the marks again."""
    try:
        one = _marked(request, oid, act)
    except Fulfillment.DoesNotExist as error:
        raise Http404 from error
    except SittingRefuses as refused:
        messages.error(request, str(refused))
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return redirect("candidate", oid=oid)
    sitting = sittings.of(one)
    assert sitting is not None, "only who has a seat is marked"
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('fulfillment:door', args=[sitting.pk])}#p-{oid}")
    roster = rosters.roster(sitting)
    row = next(row for row in roster.rows if row.one.oid == oid)
    return render(request, "fulfillment/sittings/_door_answer.html", _words(roster) | {"row": row})


def _marked(request: HttpRequest, oid: UUID, act: str) -> Fulfillment:
    actor, undo, text = author(request), request.POST.get("undo") == "1", request.POST.get("text", "")
    match act:
        case "arrived":
            return attending.arrived(oid=oid, actor=actor, undo=undo)
        case "photo-id":
            return attending.photo_id_checked(oid=oid, actor=actor, undo=undo)
        case "incident":
            return attending.note_incident(oid=oid, text=text, actor=actor)
        case _:
            raise Http404


@never_cache
@staff_required
def printed(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """The roster on paper. Its test IDs count as told, so a GET (a reload) shows the page with the button instead."""
    if request.method != "POST":
        return redirect("fulfillment:sitting", sitting_id=sitting_id)
    sitting = get_object_or_404(Sitting, pk=sitting_id)
    roster = rosters.with_test_ids(sitting=sitting, actor=author(request), how="printed")
    return render(request, "fulfillment/sittings/print.html", _words(roster))


@staff_required
def sheet(request: HttpRequest, sitting_id: int) -> HttpResponseBase:
    """The roster as xlsx; as `printed`."""
    if request.method != "POST":
        return redirect("fulfillment:sitting", sitting_id=sitting_id)
    sitting = get_object_or_404(Sitting, pk=sitting_id)
    roster = rosters.with_test_ids(sitting=sitting, actor=author(request), how="downloaded")
    return download(roster_sheet.table(roster), name=f"roster-{sitting.date.isoformat()}", kind="xlsx")

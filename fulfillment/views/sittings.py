"""Sittings: which there are, one with its people, and arranging them."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.roles import staff_required
from access.views import author
from fulfillment import arranging, deadlines, rosters, seating, sitting_mails, sittings
from fulfillment.errors import BadRequest, SittingRefuses
from fulfillment.forms.sittings import MoveForm, SittingForm
from fulfillment.models import Sitting
from fulfillment.views.listing import A_PAGE


@require_safe
@staff_required
def listing(request: HttpRequest) -> HttpResponse:
    """What is to come, the next in front; below it what is over."""
    page = Paginator(sittings.past(), A_PAGE).get_page(request.GET.get("page"))
    context = {"coming": list(sittings.coming()), "past": list(page), "page": page, "zone": deadlines.zone_name()}
    return render(request, "fulfillment/sittings/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def new(request: HttpRequest) -> HttpResponse:
    form = SittingForm(request.POST or None)
    if form.is_valid():
        try:
            one = arranging.arrange(what=form.arrangement, actor=author(request))
        except BadRequest as refused:
            form.take_faults(refused)
        else:
            messages.success(request, _("The sitting is arranged. Add people to it."))
            return redirect("fulfillment:sitting", sitting_id=one.pk)
    return _form(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def change(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """Says who was told already, and tells them anew where that is wanted."""
    one = get_object_or_404(sittings.listed(), pk=sitting_id)
    form = SittingForm(request.POST or None, sitting=one)
    if form.is_valid():
        try:
            changed = arranging.change(sitting_id=one.pk, what=form.arrangement, actor=author(request))
        except BadRequest as refused:
            form.take_faults(refused)
        except SittingRefuses as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            if form.cleaned_data["tell"]:
                _tell(request, changed)
            return redirect("fulfillment:sitting", sitting_id=one.pk)
    return _form(request, form, one)


def _form(request: HttpRequest, form: SittingForm, one: Sitting | None = None) -> HttpResponse:
    told = sitting_mails.told(one).count() if one else 0
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form, "sitting": one, "told": told, "zone": deadlines.zone_name()}
    return render(request, "fulfillment/sittings/form.html", context, status=status)


@require_safe
@staff_required
def one(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """A sitting and its people. `?show=missed`: those who did not come, ticked."""
    found = get_object_or_404(sittings.listed(), pk=sitting_id)
    roster = rosters.roster(found)
    only_missed = request.GET.get("show") == "missed"
    context = {
        "sitting": found,
        "roster": roster,
        "rows": roster.missed if only_missed else roster.rows,
        "only_missed": only_missed,
        "day": deadlines.in_words(found.date),
        "facts": sittings.SittingFacts.of(found),
        "zone": deadlines.zone_name(),
        "told_otherwise": sitting_mails.told_otherwise(found).count() if not deadlines.is_over(found.date) else 0,
        "why_no_more": seating.why_no_more(found),
        "why_not_cancel": arranging.why_not_cancel(found, taken=len(roster.rows)),
        "move": MoveForm(without=found),
        "is_over": deadlines.is_over(found.date),
    }
    return render(request, "fulfillment/sittings/one.html", context)


@require_POST
@staff_required
def close(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """Nobody is added any more; `open=1` opens it again."""
    found = get_object_or_404(Sitting, pk=sitting_id)
    closed = request.POST.get("open") != "1"
    arranging.close(sitting_id=found.pk, actor=author(request), closed=closed)
    messages.success(request, _("Closed: nobody is added any more.") if closed else _("People can be added again."))
    return redirect("fulfillment:sitting", sitting_id=found.pk)


@require_POST
@staff_required
def cancel(request: HttpRequest, sitting_id: int) -> HttpResponse:
    found = get_object_or_404(Sitting, pk=sitting_id)
    try:
        arranging.cancel(sitting_id=found.pk, actor=author(request), reason=request.POST.get("reason", ""))
    except SittingRefuses as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The sitting is cancelled."))
    return redirect("fulfillment:sitting", sitting_id=found.pk)


@require_POST
@staff_required
def tell(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """The mail goes out again to all who were mailed another day or place."""
    found = get_object_or_404(Sitting, pk=sitting_id)
    _tell(request, found)
    return redirect("fulfillment:sitting", sitting_id=found.pk)


def _tell(request: HttpRequest, found: Sitting) -> None:
    told = sitting_mails.tell_anew(sitting=found, actor=author(request))
    if told.count:
        words = ngettext("%d mail goes out with the new words.", "%d mails go out with the new words.", told.count)
        messages.success(request, words % told.count)
    for each in told.refused:
        messages.error(request, f"{each.one.name}: {each.why}")

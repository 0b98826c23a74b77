"""Test IDs: the list, one's story and acts, adding by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from access import audit, roles
from access.actors import Actor
from access.models import User
from inventory import claims, id_pages, queries
from inventory import test_ids as ids
from inventory.errors import NotPossible, ReasonNeeded
from inventory.forms import AddForm, FilterForm
from inventory.models import ClaimState, Holding, TestID

PAGE = 50
MOST_REFUSED = 10  # that are named


@roles.staff_required
def test_ids(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET or None)
    filters = form.filters if form.is_bound else queries.Filters()
    page = Paginator(queries.test_ids(filters), PAGE).get_page(request.GET.get("page"))
    in_text = queries.found_in_text(page.object_list, filters)
    context = {"form": form, "page": page, "is_filtered": form.is_bound and form.has_changed(), "in_text": in_text}
    return render(request, "inventory/test_ids.html", context)


@require_POST
@roles.staff_required
def many(request: HttpRequest) -> HttpResponse:
    """Sets the ticked IDs aside, or offers them again; back to the list that they were ticked on."""
    acts: dict[str, Callable[..., TestID]] = {"set_aside": claims.set_aside, "take_back": claims.take_back}
    act, ids_ticked = acts.get(request.POST.get("act", "")), request.POST.getlist("ids")
    if act is None:
        return HttpResponse(status=400)
    try:
        done, refused = claims.each(
            act, test_ids=ids_ticked, actor=_actor(request), reason=request.POST.get("reason", "")
        )
    except ReasonNeeded:
        messages.error(request, _("Say why: it is kept in the history."))
    else:
        _say(request, done, refused, aside=act is claims.set_aside)
    there = request.POST.get("back", "")
    return redirect(f"{reverse('inventory:test_ids')}?{there}" if there else reverse("inventory:test_ids"))


def _say(request: HttpRequest, done: list[str], refused: dict[str, str], *, aside: bool) -> None:
    if done and aside:
        words = ngettext("%d test ID is set aside.", "%d test IDs are set aside.", len(done))
        messages.success(request, words % len(done))
    elif done:
        words = ngettext("%d test ID is offered again.", "%d test IDs are offered again.", len(done))
        messages.success(request, words % len(done))
    elif not refused:
        messages.error(request, _("Nothing changed: tick test IDs first."))
    for test_id, why in list(refused.items())[:MOST_REFUSED]:
        messages.error(request, f"{test_id}: {why}")
    if (more := len(refused) - MOST_REFUSED) > 0:
        messages.error(request, ngettext("%d more was left as it is.", "%d more were left as they are.", more) % more)


@roles.staff_required
def test_id(request: HttpRequest, test_id: str) -> HttpResponse:
    """One ID's story; acts on it come here by POST, in the field `act`."""
    row = get_object_or_404(TestID, test_id=test_id.upper())
    if request.method == "POST" and request.POST.get("act") == "reveal":
        return _reveal(request, row)
    if request.method == "POST":
        return _act(request, row)
    return render(request, "inventory/test_id.html", id_pages.page(row.test_id, reader=request.user))


@roles.staff_required
def add(request: HttpRequest) -> HttpResponse:
    """Adds a pasted list. While any line is bad nothing is written, unless the person says: add the good ones."""
    form = AddForm(request.POST or None, initial={"product": request.GET.get("product")})
    if request.method != "POST" or not form.is_valid():
        return render(request, "inventory/add.html", {"form": form}, status=200 if not form.is_bound else 422)
    read = ids.read_list(form.cleaned_data["lines"])
    if (read.bad and "good_only" not in request.POST) or not read.good:
        return render(request, "inventory/add.html", {"form": form, "read": read}, status=422)
    product, until = form.cleaned_data["product"], form.cleaned_data["valid_until"]
    number = ids.add(product=product, lines=read.good, actor=_actor(request), valid_until=until)
    messages.success(request, _("%(n)s added to %(product)s.") % {"n": number, "product": product})
    return redirect("inventory:product", code=product.code)


def _act(request: HttpRequest, row: TestID) -> HttpResponse:
    reason, actor = request.POST.get("reason", ""), _actor(request)
    acts: dict[str, Callable[[], Any]] = {
        "release": lambda: claims.release(test_id=row.test_id, actor=actor, reason=reason),
        "set_aside": lambda: claims.set_aside(test_id=row.test_id, actor=actor, reason=reason),
        "take_back": lambda: claims.take_back(test_id=row.test_id, actor=actor, reason=reason),
        "cleared": lambda: claims.cleared(test_id=row.test_id, actor=actor),
    }
    try:
        acts[request.POST.get("act", "")]()
    except KeyError:
        return HttpResponse(status=400)
    except NotPossible as refused:
        messages.error(request, refused.why)
    except ReasonNeeded:
        messages.error(request, _("Say why: it is kept in the history."))
    return redirect("inventory:test_id", test_id=row.test_id)


@transaction.atomic
def _reveal(request: HttpRequest, row: TestID) -> HttpResponse:
    """Password and texts in full. That somebody looked is kept in the history, and they may hand it out from now on."""
    oid = row.holder.oid if row.holder else None
    if row.holder is not None and row.holding == Holding.CURRENT and row.holder.state == ClaimState.CONFIRMED:
        claims.told(oid=row.holder.oid)
    audit.record(actor=_actor(request), verb="test_id.shown", oid=oid, test_id=row.test_id, product=row.product.code)
    return render(request, "inventory/test_id.html", id_pages.page(row.test_id, reader=request.user, reveal=True))


def _actor(request: HttpRequest) -> Actor:
    return Actor.person(cast("User", request.user))

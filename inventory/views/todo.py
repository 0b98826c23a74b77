"""To do at iTEP: what a person does there because no call does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from access import roles
from access.actors import Actor
from access.models import User
from access.spreadsheets import download
from inventory import claims, hand_work, proving, queries, texts, todo_sheet
from inventory.errors import ClaimMoved, NotPossible, ReasonNeeded, TestIdNeeded
from inventory.models import Claim
from itep.test_ids import UnreadableTestId, read_test_id


def _by_its_button(view: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """The list takes texts, so a GET (a reload, or back from the log-in) shows the page with the button instead."""

    @wraps(view)
    def shown(request: HttpRequest) -> HttpResponseBase:
        return view(request) if request.method == "POST" else redirect("inventory:todo")

    return shown


@roles.staff_required
def todo(request: HttpRequest) -> HttpResponse:
    product = request.GET.get("product", "")
    context = {
        "work": queries.todo_at_itep(product),
        "said": proving.waiting_for_proof(product=product),
        "product": product,
        "products": queries.products(),
    }
    return render(request, "inventory/todo.html", context)


@roles.staff_required
@require_POST
def act(request: HttpRequest, oid: UUID, act: str) -> HttpResponse:
    """`taken`, `done`, `not_done` or `undone`. htmx gets its row again, or nothing once the row is done."""
    try:
        said = _acted(request, oid, act)
    except Claim.DoesNotExist:
        raise Http404 from None
    except (ClaimMoved, UnreadableTestId, NotPossible) as refused:
        messages.error(request, str(refused))
    except TestIdNeeded:
        messages.error(request, _("Say which test ID iTEP gave."))
    except ReasonNeeded:
        messages.error(request, _("Say why: it is kept in the history."))
    else:
        if request.headers.get("HX-Request"):
            return _row_again(request, oid)
        messages.success(request, said)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect("inventory:todo")


@roles.staff_required
@require_POST
def many(request: HttpRequest) -> HttpResponse:
    """Many are done at once; those that cannot be stay, and are named with the reason."""
    done = hand_work.done(
        oids=request.POST.getlist("oid"), cleared=request.POST.getlist("cleared"), actor=_actor(request)
    )
    for named, why in done.refused:
        messages.error(request, f"{named}: {why}")
    if done.count:
        words = ngettext(
            "%(n)s done. The next export proves it.", "%(n)s done. The next export proves them.", done.count
        )
        messages.success(request, words % {"n": done.count})
    elif not done.refused:
        messages.error(request, _("Choose what is done first."))
    return redirect("inventory:todo")


@roles.staff_required
@_by_its_button
def sheet(request: HttpRequest) -> HttpResponseBase:
    """The list as xlsx. Every text on it counts as taken."""
    return download(todo_sheet.table(_taken(request)), name="to-do-at-itep", kind="xlsx")


@roles.staff_required
@_by_its_button
def printed(request: HttpRequest) -> HttpResponse:
    """The list on paper. Every text on it counts as taken."""
    return render(request, "inventory/todo_print.html", {"work": _taken(request)})


def _acted(request: HttpRequest, oid: UUID, act: str) -> str:
    actor = _actor(request)
    if act == "taken":
        if why := texts.why_none(oid):
            raise ClaimMoved(oid, why)
        claims.text_taken(oid=oid, text=texts.text_for(oid), actor=actor)
        return _("The text is yours. Say when it is done.")
    if act == "done":
        return _done(request, oid)
    if act == "not_done":
        claims.not_done_at_itep(oid=oid, actor=actor)
        return _("It stays to be done.")
    if act == "undone":
        claims.done_was_wrong(oid=oid, actor=actor, reason=request.POST.get("reason", ""))
        return _("It is to be done again.")
    raise Http404


def _done(request: HttpRequest, oid: UUID) -> str:
    typed = request.POST.get("test_id", "").strip()
    password = request.POST.get("password", "").strip()
    test_id = read_test_id(typed) if typed else ""
    done = claims.done_at_itep(oid=oid, actor=_actor(request), test_id=test_id, password=password)
    if done.conflict:
        raise ClaimMoved(oid, done.reason)
    return _("Assigned at iTEP. The next export proves it.")


def _row_again(request: HttpRequest, oid: UUID) -> HttpResponse:
    row = queries.todo_row(oid)
    return render(request, "inventory/todo_row.html", {"row": row}) if row else HttpResponse("")


def _taken(request: HttpRequest) -> queries.Todo:
    """What stands on the list: all whose text could be taken, in one transaction with their listing."""
    work = queries.todo_at_itep(request.POST.get("product", ""))
    taken = claims.texts_taken(
        texts={row.oid: row.text for row in work.assign if not row.why_none}, actor=_actor(request)
    )
    return replace(work, assign=[row for row in work.assign if row.oid in taken])


def _actor(request: HttpRequest) -> Actor:
    return Actor.person(cast("User", request.user))

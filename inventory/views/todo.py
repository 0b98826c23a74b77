"""To do at iTEP: what a person does there because no call does it."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access import roles
from access.actors import Actor
from access.models import User
from inventory import claims, queries, texts, todo_sheet
from inventory.errors import ClaimMoved, TestIdNeeded
from inventory.models import Claim
from itep.test_ids import UnreadableTestId, read_test_id


@roles.staff_required
def todo(request: HttpRequest) -> HttpResponse:
    work = queries.todo_at_itep(request.GET.get("product", ""))
    return render(request, "inventory/todo.html", {"work": work, "product": request.GET.get("product", "")})


@roles.staff_required
@require_POST
def act(request: HttpRequest, oid: UUID, act: str) -> HttpResponse:
    """`taken`, `done` or `not_done`. An htmx request gets its row again, or nothing once the row is done."""
    try:
        said = _acted(request, oid, act)
    except Claim.DoesNotExist:
        raise Http404 from None
    except (ClaimMoved, UnreadableTestId) as refused:
        messages.error(request, str(refused))
    except TestIdNeeded:
        messages.error(request, _("Say which test ID iTEP gave."))
    else:
        if request.headers.get("HX-Request"):
            return _row_again(request, oid)
        messages.success(request, said)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect("inventory:todo")


@roles.staff_required
@require_POST
def sheet(request: HttpRequest) -> HttpResponse:
    """The list as xlsx. Every text on it counts as taken."""
    rows = _taken(request)
    name = "to-do-at-itep.xlsx"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(todo_sheet.write(rows), content_type=kind, headers={"Content-Disposition": disposition})


@roles.staff_required
@require_POST
def printed(request: HttpRequest) -> HttpResponse:
    """The list on paper. Every text on it counts as taken."""
    return render(request, "inventory/todo_print.html", {"rows": _taken(request)})


def _acted(request: HttpRequest, oid: UUID, act: str) -> str:
    actor = _actor(request)
    if act == "taken":
        claims.text_taken(oid=oid, text=texts.text_for(oid), actor=actor)
        return _("The text is yours. Say when it is done.")
    if act == "done":
        typed = request.POST.get("test_id", "").strip()
        test_id = read_test_id(typed) if typed else ""
        done = claims.done_at_itep(
            oid=oid, actor=actor, test_id=test_id, password=request.POST.get("password", "").strip()
        )
        if done.conflict:
            raise ClaimMoved(oid, done.reason)
        return _("Assigned at iTEP.")
    if act == "not_done":
        claims.not_done_at_itep(oid=oid, actor=actor)
        return _("It stays to be done.")
    raise Http404


def _row_again(request: HttpRequest, oid: UUID) -> HttpResponse:
    row = queries.todo_row(oid)
    return render(request, "inventory/todo_row.html", {"row": row}) if row else HttpResponse("")


def _taken(request: HttpRequest) -> list[queries.Assign]:
    """The rows that stand on the list: all whose text could be taken, in one transaction with their listing."""
    rows = queries.todo_at_itep(request.POST.get("product", "")).assign
    taken = claims.texts_taken(texts={row.oid: row.text for row in rows}, actor=_actor(request))
    return [row for row in rows if row.oid in taken]


def _actor(request: HttpRequest) -> Actor:
    return Actor.person(cast("User", request.user))

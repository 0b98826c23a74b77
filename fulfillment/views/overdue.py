"""Tests past their deadline, never seen started: the list, who it would be and why not, then the act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from access.actors import Actor
from access.roles import staff_required
from access.views import author
from fulfillment import overdue, reminding, rules
from fulfillment.forms.overdue import FreeForm, RemindForm
from fulfillment.models import Fulfillment
from fulfillment.overdue import Idle


@dataclass(frozen=True, slots=True)
class Way:
    """One of the two acts for many. `do` returns why not, for those that stayed as they were."""

    form: type[forms.Form]
    why_not: Callable[[Fulfillment], str]
    do: Callable[[list[UUID], Actor, Mapping[str, str | date]], Mapping[UUID, str]]


def _remind(oids: list[UUID], actor: Actor, said: Mapping[str, str | date]) -> Mapping[UUID, str]:
    day = said["deadline"]
    assert isinstance(day, date)
    return reminding.remind_many(oids=oids, actor=actor, reason=str(said["reason"]), deadline=day)


def _free(oids: list[UUID], actor: Actor, said: Mapping[str, str | date]) -> Mapping[UUID, str]:
    return overdue.free(oids=oids, actor=actor, reason=str(said["reason"]))


WAYS = {
    "remind": Way(RemindForm, overdue.why_not_remind, _remind),
    "free": Way(FreeForm, rules.why_not_cancel, _free),
}


@require_safe
@staff_required
def listing(request: HttpRequest) -> HttpResponse:
    """Those that are over longest first; `?act=` is what the reader came for."""
    rows = overdue.tests()
    number = rows.count()
    found = overdue.idle(rows.order_by("deadline", "id")[: overdue.MOST])
    context = {
        "found": found,
        "number": number,
        "most": overdue.MOST,
        "costs": overdue.costs(found),
        "act": request.GET.get("act", "remind"),
    }
    return render(request, "fulfillment/overdue.html", context)


@require_POST
@staff_required
def preview(request: HttpRequest, act: str) -> HttpResponse:
    """Who it would be, and who not and why. Nothing is done yet."""
    way = _way(act)
    return _preview(request, act, overdue.chosen(_oids(request)), way.form())


@require_POST
@staff_required
def do(request: HttpRequest, act: str) -> HttpResponse:
    """Does it for those that were shown and still can be; says how many, and why the others not."""
    way, found, form = _way(act), overdue.chosen(_oids(request)), _way(act).form(request.POST)
    if not form.is_valid():
        return _preview(request, act, found, form, status=422)
    oids = [idle.one.oid for idle in found if not way.why_not(idle.one)]
    refused = way.do(oids, author(request), form.cleaned_data)
    _tell(request, act, len(oids) - len(refused), refused)
    return redirect("fulfillment:overdue")


def _preview(request: HttpRequest, act: str, found: list[Idle], form: forms.Form, *, status: int = 200) -> HttpResponse:
    judged = [(idle, _way(act).why_not(idle.one)) for idle in found]
    context = {
        "act": act,
        "form": form,
        "can": [idle for idle, why in judged if not why],
        "cannot": [(idle, why) for idle, why in judged if why],
    }
    return render(request, "fulfillment/overdue_preview.html", context, status=status)


def _way(act: str) -> Way:
    if act not in WAYS:
        raise Http404
    return WAYS[act]


def _oids(request: HttpRequest) -> list[UUID]:
    """What was ticked; what is no oid is left out."""
    found = []
    for text in request.POST.getlist("oid"):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _tell(request: HttpRequest, act: str, number: int, refused: Mapping[UUID, str]) -> None:
    if act == "remind":
        done = ngettext("%d candidate is reminded.", "%d candidates are reminded.", number)
    else:
        done = ngettext("%d test is cancelled.", "%d tests are cancelled.", number)
    if number:
        messages.success(request, done % number)
    for why in sorted(set(refused.values())):
        count = list(refused.values()).count(why)
        messages.warning(request, _("%(n)d stayed as they were: %(why)s") % {"n": count, "why": why})

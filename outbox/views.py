"""The page *Work under way*: what is due, what is being done, what stopped and needs a person."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from access.roles import administrator_required
from access.views import author
from outbox import entries, locks, queries
from outbox.errors import NotNow
from outbox.models import Entry

PER_PAGE = 50


@administrator_required
def work(request: HttpRequest) -> HttpResponse:
    """Open entries, filtered by where they stand."""
    which, kind = request.GET.get("which", ""), request.GET.get("kind", "")
    page = Paginator(queries.entries(which, kind), PER_PAGE).get_page(request.GET.get("page"))
    now, stopped = locks.database_now(), queries.stopped(kind)
    context = {
        "page_obj": page,
        "rows": [(entry, queries.where(entry, now=now)) for entry in page.object_list],
        "tiles": _tiles(which, kind),
        "which": which,
        "kind": kind,
        "kinds": queries.open_kinds(),
        "stopped": stopped,
        "chosen": "?" + urlencode({"kind": kind, "newest": stopped.newest}),
    }
    return render(request, "outbox/list.html", context)


def _tiles(which: str, kind: str) -> list[tuple[str, str, int, str, bool]]:
    """Link, words, number, kind of tile, and whether it is the one chosen."""
    counts = queries.counts(kind)
    named = [
        ("stopped", _("Stopped"), counts.stopped, "bad" if counts.stopped else ""),
        ("unknown", _("Outcome not known"), counts.unknown, "warn" if counts.unknown else ""),
        ("due", _("Due now"), counts.due, ""),
        ("working", _("Being done"), counts.working, ""),
        ("later", _("Later"), counts.later, ""),
    ]
    more = {"kind": kind} if kind else {}
    return [
        (f"?{urlencode({'which': name, **more})}", words, number, colour, name == which)
        for name, words, number, colour in named
    ]


@administrator_required
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry with every attempt at it."""
    entry = get_object_or_404(Entry, pk=pk)
    where = queries.where(entry, now=locks.database_now())
    return render(request, "outbox/one.html", {"entry": entry, "where": where, "attempts": entry.attempts.all()})


@administrator_required
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Tries an entry that stopped once more."""
    get_object_or_404(Entry, pk=pk)
    try:
        entries.again(entry_id=pk, actor=author(request))
        messages.success(request, _("It is tried again now."))
    except NotNow as refused:
        messages.error(request, refused.why)
    return redirect("outbox:one", pk=pk)


@administrator_required
@require_POST
def many(request: HttpRequest, act: str) -> HttpResponse:
    """All that stopped, of one kind or of all, as the person saw it: tried `again` in order, or given up (`drop`)."""
    kind, reason = request.GET.get("kind", ""), request.POST.get("reason", "").strip()[:500]
    newest = request.GET.get("newest", "")
    chosen: dict[str, Any] = {"kind": kind, "newest": int(newest) if newest.isdecimal() else 0}
    if act == "again":
        number = entries.again_many(actor=author(request), **chosen)
        words = ngettext("%d is tried again now, in order.", "%d are tried again now, in order.", number)
    elif reason:
        number = entries.drop_many(actor=author(request), reason=reason, **chosen)
        words = ngettext("%d was given up.", "%d were given up.", number)
    else:
        messages.error(request, _("Say why: it is kept in the history."))
        return redirect("outbox:list")
    messages.success(request, words % number)
    return redirect("outbox:list")


@administrator_required
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives an entry up, with a reason."""
    entry = get_object_or_404(Entry, pk=pk)
    reason = request.POST.get("reason", "").strip()[:500]
    if not reason or entry.state != "dead":
        messages.error(request, _("Only what has stopped can be given up, and only with a reason."))
        return redirect("outbox:one", pk=pk)
    try:
        entries.drop(entry_id=pk, actor=author(request), reason=reason)
        messages.success(request, _("It was given up."))
    except NotNow as refused:
        messages.error(request, refused.why)
    return redirect("outbox:one", pk=pk)

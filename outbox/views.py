"""The page *Work under way*: what is due, what is being done, what stopped and needs a person."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
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
    which = request.GET.get("which", "")
    page = Paginator(queries.entries(which), PER_PAGE).get_page(request.GET.get("page"))
    now = locks.database_now()
    rows = [(entry, queries.where(entry, now=now)) for entry in page.object_list]
    context = {"page_obj": page, "rows": rows, "tiles": _tiles(which), "which": which}
    return render(request, "outbox/list.html", context)


def _tiles(which: str) -> list[tuple[str, str, int, str, bool]]:
    """Link, words, number, kind of tile, and whether it is the one chosen."""
    counts = queries.counts()
    named = [
        ("stopped", _("Stopped"), counts.stopped, "bad" if counts.stopped else ""),
        ("unknown", _("Outcome not known"), counts.unknown, "warn" if counts.unknown else ""),
        ("due", _("Due now"), counts.due, ""),
        ("working", _("Being done"), counts.working, ""),
        ("later", _("Later"), counts.later, ""),
    ]
    return [(f"?which={name}", words, number, kind, name == which) for name, words, number, kind in named]


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

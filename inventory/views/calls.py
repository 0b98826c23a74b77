"""Calls to iTEP: paused and resumed by administrators, for one product or for all."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access import roles
from access.views import author
from inventory import pauses, products, queries
from inventory.errors import ReasonNeeded
from inventory.models import Product


@require_http_methods(["GET", "HEAD", "POST"])
@roles.staff_required
def calls(request: HttpRequest) -> HttpResponse:
    """What is paused, since when, by whom and why; `product` in a POST names one, blank means all calls."""
    if request.method == "POST":
        if not roles.is_administrator(request.user):
            raise PermissionDenied(_("An administrator pauses and resumes calls."))
        return _change(request)
    rows = [(one, pauses.calls_waiting(one)) for one in queries.products().select_related("paused_by")]
    context = {"waiting": pauses.calls_waiting(), "rows": rows}
    return render(request, "inventory/calls.html", context)


def _change(request: HttpRequest) -> HttpResponse:
    code, actor, reason = request.POST.get("product", ""), author(request), request.POST.get("reason", "")
    one = get_object_or_404(Product, code=code) if code else None
    act = request.POST.get("act")
    if act not in ("pause", "resume"):
        return HttpResponse(status=400)
    try:
        if act == "resume":
            done = products.resume(product=one, actor=actor) if one else pauses.resume_all(actor=actor)
        else:
            done = _pause(one, reason, request)
    except ReasonNeeded:
        messages.error(request, _("Say why: everybody reads it while calls are paused."))
    else:
        messages.success(request, _said(one, act, done=done))
    return redirect("inventory:calls")


def _pause(one: Product | None, reason: str, request: HttpRequest) -> bool:
    if one is None:
        return pauses.pause_all(because=reason, actor=author(request))
    return products.pause(product=one, because=reason, actor=author(request))


def _said(one: Product | None, act: str, *, done: bool) -> str:
    if not done:
        return _("Somebody else did that already.")
    words = {
        ("pause", True): _("Calls for %(product)s are paused."),
        ("resume", True): _("Calls for %(product)s go on."),
        ("pause", False): _("All calls are paused."),
        ("resume", False): _("Calls go on, in order."),
    }
    return words[act, one is not None] % ({"product": one} if one else {})

"""Calls to iTEP: whether it answers, who waits, what is unknown or stopped; by hand and back; all tried again."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from access.models import User
from access.roles import staff_required
from access.views import author
from fulfillment import calling_again
from fulfillment import calls as the_calls
from inventory import products
from inventory.models import Product
from outbox import ways

PER_PAGE = 50


@require_safe
@staff_required
def calls(request: HttpRequest) -> HttpResponse:
    """One list of the three, the one with most need first where none is chosen."""
    lines, product = the_calls.by_product(), request.GET.get("product", "")
    counts = {name: sum(getattr(line, name) for line in lines) for name in the_calls.LISTS}
    which = request.GET.get("which", "")
    if which not in the_calls.LISTS:
        which = next((name for name in ("unknown", "stopped", "waiting") if counts[name]), "waiting")
    found = the_calls.listed(which, product)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    words = the_calls.said([one.oid for one in page.object_list])
    rows = [(one, words.get(one.oid, ""), the_calls.settles_after(one.claim)) for one in page.object_list]
    context = {
        "silence": the_calls.silence(),
        "lines": lines,
        "tiles": _tiles(counts, which),
        "which": which,
        "product": product,
        "page_obj": page,
        "rows": rows,
        "chosen": "?" + urlencode({"product": product, "newest": found.aggregate(pk=Max("claim_id"))["pk"] or 0}),
        "by_hand": [line for line in lines if line.product.by_hand_since],
        "by_calls": [line for line in lines if line.changes and not line.product.by_hand_since],
    }
    return render(request, "fulfillment/calls.html", context)


def _tiles(counts: dict[str, int], which: str) -> list[tuple[str, str, int, str, bool]]:
    named = (
        ("waiting", _("Waiting to be told"), ""),
        ("unknown", _("Answer not known"), "warn"),
        ("stopped", _("Stopped"), "bad"),
    )
    return [(f"?which={n}", words, counts[n], kind if counts[n] else "", n == which) for n, words, kind in named]


@require_POST
@staff_required
def by_hand(request: HttpRequest) -> HttpResponse:
    """One product, or all: what no call was begun for becomes hand work at iTEP."""
    changed = products.go_by_hand(products=_chosen(request), actor=author(request))
    if not changed:
        messages.error(request, _("It goes by hand already."))
        return redirect("fulfillment:calls")
    messages.success(request, _("By hand from now on. What waits stands under To do at iTEP within seconds."))
    return redirect("inventory:todo")


@require_POST
@staff_required
def by_calls(request: HttpRequest) -> HttpResponse:
    """Back to calls: what nobody has in hand is called for."""
    if products.go_by_calls(products=_chosen(request), actor=author(request)):
        messages.success(request, _("By calls again. A text that somebody has in hand stays with them."))
    return redirect("fulfillment:calls")


@require_POST
@staff_required
def again(request: HttpRequest) -> HttpResponse:
    """All stopped calls that the person saw, or those of one product."""
    newest = request.GET.get("newest", "")
    number = calling_again.all_again(
        user=cast("User", request.user),
        product=request.GET.get("product", ""),
        newest=int(newest) if newest.isdecimal() else 0,
    )
    words = ngettext("%d call is made again, in order.", "%d calls are made again, in order.", number)
    messages.success(request, words % number)
    return redirect("fulfillment:calls")


@require_POST
@staff_required
def try_now(request: HttpRequest) -> HttpResponse:
    """The next call goes out at once, to see whether iTEP answers."""
    if ways.try_now(name=the_calls.WAY, actor=author(request)):
        messages.success(request, _("One call is tried now. If iTEP answers, the others follow in order."))
    return redirect("fulfillment:calls")


def _chosen(request: HttpRequest) -> list[Product]:
    code = request.POST.get("product", "")
    found = Product.objects.order_by("code")
    return list(found.filter(code=code) if code else found)

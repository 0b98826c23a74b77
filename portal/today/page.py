"""The page itself: each part asked once, and put together."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from access.roles import staff_required
from inventory import outlooks
from portal.today import health, needs, stock, under_way, weeks
from portal.today.hints import hints
from portal.today.latest import latest

CARDS = 4


@staff_required
def today(request: HttpRequest) -> HttpResponse:
    """What can be given now, what is under way, what needs a person."""
    day = timezone.localdate()
    found = outlooks.outlooks(day)
    cards = stock.cards(found)
    context = {
        "available": sum(card.available for card in cards),
        "health": health.health(),
        "hints": hints(),
        "stock": cards[:CARDS],
        "stock_count": len(cards),
        "stock_url": reverse("inventory:overview") if cards else reverse("inventory:upload_new"),
        "under_way": under_way.ways(day),
        "needs": [*needs.needs(day), *stock.needs(found)],
        "needs_checked_at": timezone.now(),
        "chart": weeks.chart(day, found),
        "chart_note": _("No test was given yet. Once one is, each week shows here."),
        "results": latest(),
        "results_url": reverse("results:list"),
    }
    return render(request, "portal/today.html", context)

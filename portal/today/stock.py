"""Stock: a card per product, with how long it lasts and how old the knowledge is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fulfillment.models import Fulfillment
from inventory import queries

HISTORY = timedelta(weeks=8)  # what the pace is reckoned from
LEAST_HISTORY = timedelta(weeks=3)
LEAST_COVER, MOST_COVER = 1, 30  # days until the stock should be looked at again


@dataclass(frozen=True, slots=True)
class Card:
    """One product's stock, as `components/stock_card.html` draws it."""

    name: str
    code: str
    url: str
    available: int
    reserved: int
    assigned: int
    pace: str
    order: str
    seen: str
    urgent: bool


@dataclass(frozen=True, slots=True)
class Use:
    """How many were given in how many days, from which the pace follows."""

    given: int
    days: int

    @property
    def is_enough(self) -> bool:
        return self.days >= LEAST_HISTORY.days and self.given > 0

    @property
    def per_day(self) -> float:
        return self.given / max(self.days, 1)

    def lasts(self, available: int) -> tuple[int, int]:
        """Days that `available` tests last, at the least and at the most: by twice the spread of a count."""
        spread = sqrt(self.given) * 2
        fast, slow = self.given + spread, max(self.given - spread, 0.5)
        return int(available * self.days / fast), int(available * self.days / slow)


def cards(today: date) -> list[Card]:
    """Every product, those with stock or use first."""
    used = _use_by_product(today)
    return [_card(one, used.get(one.product.pk, Use(0, 0)), today) for one in queries.stock_by_product()]


def _use_by_product(today: date) -> dict[int, Use]:
    since = timezone.now() - HISTORY
    rows = (
        Fulfillment.objects.filter(assigned_at__gte=since)
        .values("product")
        .annotate(given=Count("pk"), first=Min("assigned_at"))
    )
    return {row["product"]: Use(row["given"], (today - timezone.localtime(row["first"]).date()).days) for row in rows}


def _card(one: queries.StockCard, use: Use, today: date) -> Card:
    pace, order, urgent = _forecast(one, use, today)
    return Card(
        name=str(one.product),
        code=one.product.code,
        url=reverse("inventory:product", args=[one.product.code]),
        available=one.available,
        reserved=one.reserved,
        assigned=one.assigned,
        pace=pace,
        order=order,
        seen=_seen(one.seen_at, use, one.available, today),
        urgent=urgent,
    )


def _forecast(one: queries.StockCard, use: Use, today: date) -> tuple[str, str, bool]:
    if not use.given:
        return "", "", False
    if not use.is_enough:
        tests = ngettext("%d test", "%d tests", use.given) % use.given
        days = ngettext("%d day", "%d days", use.days) % use.days
        words = _("Too little history: %(tests)s in %(days)s. First estimate after 3 weeks.")
        return words % {"tests": tests, "days": days}, "", False
    soonest, latest = (today + timedelta(days=days) for days in use.lasts(one.available))
    order_by = soonest - timedelta(days=one.product.lead_days)
    week = _("%(n)s a week: lasts until %(soonest)s to %(latest)s.")
    pace = week % {"n": round(use.per_day * 7), "soonest": _day(soonest), "latest": _day(latest)}
    words = _("Order by %(day)s (%(lead)s days' lead).") if order_by > today else _("Order now (%(lead)s days' lead).")
    return pace, words % {"day": _day(order_by), "lead": one.product.lead_days}, order_by <= today + timedelta(days=7)


def _seen(seen_at: datetime | None, use: Use, available: int, today: date) -> str:
    if seen_at is None:
        return _("Never seen at iTEP.")
    seen = timezone.localtime(seen_at).date()
    days = (today - seen).days
    ago = ngettext("%d day ago", "%d days ago", days) % days if days else _("today")
    cover = use.lasts(available)[0] // 2 if use.is_enough else MOST_COVER
    check = seen + timedelta(days=min(max(cover, LEAST_COVER), MOST_COVER))
    words = _("Seen at iTEP %(ago)s. Check again by %(check)s.")
    return words % {"ago": ago, "check": _day(check)}


def _day(day: date) -> str:
    return date_format(day, "j M")

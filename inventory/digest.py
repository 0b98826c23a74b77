"""The weekly digest: every product's stock and outlook in one mail, on the weekday that was set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory import expiring, stock_mails, unexplained, warning_words
from inventory.levels import Level
from inventory.models import Product, Said, StockWarning
from inventory.outlook_words import span
from inventory.outlooks import Outlook
from inventory.warning_words import Words
from outbox import staff_mails

HOUR = 7  # in the portal's zone: it lies there when people come in


def due(now: datetime) -> date | None:
    """The day whose digest should have gone out and did not: the last one only, however long nothing ran.

    None where there was nothing yet to tell of on that day, and where nobody is to be told.
    """
    weekday = stock_mails.ours().digest_on
    if weekday is None or stock_mails.nobody_is_told():
        return None
    day = last_day(timezone.localtime(now), weekday)
    began = timezone.make_aware(datetime.combine(day, time(HOUR)))
    if not Product.objects.filter(created_at__lt=began).exists():
        return None
    return None if StockWarning.objects.filter(said=Said.DIGEST, about=day.isoformat()).exists() else day


def last_day(here: datetime, weekday: int) -> date:
    """The latest day of this weekday on which the hour of the digest has struck."""
    day = here.date() - timedelta(days=(here.weekday() - weekday) % 7)
    return day if day < here.date() or here.hour >= HOUR else day - timedelta(days=7)


@transaction.atomic
def send_if_due(found: Sequence[Outlook]) -> int:
    """Writes the digest and its mails, where one is due: 1 or 0. Whoever calls it holds the products' locks."""
    day = due(timezone.now())
    if day is None:
        return 0
    StockWarning.objects.create(said=Said.DIGEST, about=day.isoformat())
    watched, soon = [one for one in found if one.is_stocked], _expiring(timezone.localdate())
    words = {
        "available": sum(one.card.available for one in watched),
        "low": sum(one.level() >= Level.LOW for one in watched),
        "products": [
            _words(one, soon.get(one.product.pk, [])) for one in sorted(watched, key=lambda one: -one.level())
        ],
        "unexplained": unexplained.number(),
        "forecast_url": staff_mails.address(reverse("inventory:forecast")),
    }
    stock_mails.write(template="digest", words=words, key=f"digest-{day.isoformat()}")
    return 1


def _words(one: Outlook, expiring_soon: list[str]) -> Words:
    parts = [ngettext("%d available", "%d available", one.card.available) % one.card.available]
    if one.card.waiting:
        parts.append(ngettext("%d waiting", "%d waiting", one.card.waiting) % one.card.waiting)
    return Words([f"{one.product}: {', '.join(parts)}"], [*warning_words.lines(one), *expiring_soon])


def _expiring(today: date) -> dict[int, list[str]]:
    """By product, what expires before the next digests: free, and with candidates who have not started."""
    days = max(expiring.HORIZONS)
    words = _("Expiring %(span)s: %(free)s not given, %(given)s with candidates.")
    return {
        one.product: [words % {"span": span(one.first, one.last), "free": one.free, "given": one.given}]
        for one in expiring.count(expiring.within(days, today), days)
    }

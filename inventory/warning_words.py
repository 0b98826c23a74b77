"""What was said about a stock, in words: from the numbers that were kept, so that the history reads as the mail did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.expiring import Expiring
from inventory.models import Said
from inventory.outlook_words import ForecastWords, day, span
from inventory.outlooks import Outlook

Numbers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """One paragraph of a mail: about one product."""

    headlines: list[str]
    lines: list[str]
    url: str = ""


def headline(said: str, product: object, numbers: Numbers) -> str:
    """ "iTEP Academic-Plus runs low: 3 left"."""
    match said:
        case Said.OVERDUE:
            return _("%(product)s: look at iTEP again. %(seen)s") % {"product": product, "seen": _seen(numbers)}
        case Said.EXPIRING:
            return _expiring(product, numbers)
        case Said.OUT:
            words = _("%(product)s is used up: %(left)s")
        case Said.LOW:
            words = _("%(product)s runs low: %(left)s")
        case _:
            words = _("%(product)s is getting low: %(left)s")
    return words % {"product": product, "left": _left(numbers)}


def numbers_of(one: Outlook) -> dict[str, object]:
    """What is kept of a level: how many were available and waiting."""
    return {"available": one.card.available, "waiting": one.card.waiting}


def numbers_of_expiring(one: Expiring) -> dict[str, object]:
    return {
        "days": one.days,
        "free": one.free,
        "given": one.given,
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
    }


def lines(one: Outlook) -> list[str]:
    """The outlook of a product, line by line."""
    words = ForecastWords.of(one)
    found = (words.pace, f"{words.order} {words.how_many}".strip(), words.coming, words.seen)
    return [line for line in found if line]


def _left(numbers: Numbers) -> str:
    words = ngettext("%d available", "%d available", numbers["available"]) % numbers["available"]
    waiting = int(numbers["waiting"])
    return f"{words}, {ngettext('%d waiting', '%d waiting', waiting) % waiting}" if waiting else words


def _seen(numbers: Numbers) -> str:
    if not numbers["seen"]:
        return _("No export has named it yet.")
    seen = timezone.localtime(datetime.fromisoformat(numbers["seen"])).date()
    return _("It was last seen on %(day)s.") % {"day": day(seen)}


def _expiring(product: object, numbers: Numbers) -> str:
    free, given = int(numbers["free"]), int(numbers["given"])
    when = span(date.fromisoformat(numbers["first"]), date.fromisoformat(numbers["last"]))
    parts = []
    if free:
        parts.append(ngettext("%d not given", "%d not given", free) % free)
    if given:
        parts.append(ngettext("%d with a candidate", "%d with candidates", given) % given)
    words = ngettext(
        "%(product)s: %(n)s test ID expires %(span)s (%(parts)s)",
        "%(product)s: %(n)s test IDs expire %(span)s (%(parts)s)",
        free + given,
    )
    return words % {"product": product, "n": free + given, "span": when, "parts": ", ".join(parts)}

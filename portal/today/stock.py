"""Stock: a card per product, with how long it lasts and how old the knowledge is; and what of it needs a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from inventory import outlook_words as words
from inventory import stock_mails, stock_warnings
from inventory.levels import Level
from inventory.outlooks import Outlook
from portal.today.needs import Act, Need


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
    overdue: bool


def cards(found: Sequence[Outlook]) -> list[Card]:
    """Every product, what is low or used up first, then those with stock or use."""
    return [_card(one) for one in sorted(found, key=lambda one: -max(one.level(), Level.NOTICE))]


def needs(found: Sequence[Outlook]) -> Iterator[Need]:
    """Stock that runs out, worst first; knowledge that is too old; and that nobody is mailed about any of it."""
    open_since = stock_warnings.open_since()
    low = [one for one in found if one.level() > Level.NONE]
    for one in sorted(low, key=lambda one: -one.level()):
        since = open_since.get((one.product.pk, stock_warnings.SAID[one.level()]))
        why = " ".join(filter(None, (words.pace(one), words.order(one), words.how_many(one), words.coming(one))))
        yield Need(stock_warnings.headline(one), why, since, [Act(_("Look at it"), _page(one))])
    for one in found:
        if one.is_overdue:
            upload = Act(_("Upload an export"), reverse("inventory:upload_new"))
            what = _("%(product)s: iTEP's stock was not looked at for long") % {"product": one.product}
            yield Need(what, words.seen(one), None, [upload])
    if any(one.is_stocked for one in found) and stock_mails.nobody_is_told():
        why = _("No administrator has an address, or Set-up says so. What runs low is said here alone.")
        yield Need(
            _("Nobody gets mail about the stock"), why, None, [Act(_("Set it"), reverse("inventory:stock_mails"))]
        )


def _card(one: Outlook) -> Card:
    return Card(
        name=str(one.product),
        code=one.product.code,
        url=_page(one),
        available=one.card.available,
        reserved=one.card.reserved,
        assigned=one.card.assigned,
        pace=words.pace(one),
        order=words.order(one),
        seen=words.seen(one),
        urgent=one.level() >= Level.NOTICE,
        overdue=one.is_overdue,
    )


def _page(one: Outlook) -> str:
    return reverse("inventory:product", args=[one.product.code])

"""Words about a candidate's test."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fulfillment import origins
from fulfillment.models import BulkState, Fulfillment
from inventory.models import Delivery
from inventory.text_search import Where

register = template.Library()
Word = Promise | str
_DELIVERIES: dict[str, Word] = {
    Delivery.PORTAL: _("We, by mail"),
    Delivery.ITEP: _("iTEP"),
    Delivery.NONE: _("Whoever asked for it"),
}
_WHERE: dict[str, Word] = {
    Where.AT_ITEP: _("found in Assigned-to at iTEP"),
    Where.OURS: _("found in what we wrote into Assigned-to"),
}
_BULK: dict[str, tuple[Word, str]] = {
    BulkState.NEW: (_("Being looked at"), "neutral"),
    BulkState.POSSIBLE: (_("Can be done"), "info"),
    BulkState.BLOCKED: (_("Cannot be done"), "neutral"),
    BulkState.DONE: (_("Done"), "good"),
    BulkState.REFUSED: (_("Not done"), "bad"),
}


@register.filter
def origin_word(origin: str) -> Word:
    """How it came."""
    return origins.WORDS.get(origin, origin)


@register.filter
def started_by(one: Fulfillment) -> str:
    """Who started it: a person or a system."""
    return origins.who(one)


@register.filter
def delivery_word(delivery: str) -> Word:
    """Who tells the candidate."""
    return _DELIVERIES.get(delivery, delivery)


@register.filter
def found_word(one: Fulfillment, in_text: dict[int, Where]) -> Word:
    """In which Assigned-to it was found; "" where a field of its own was."""
    return _WHERE.get(in_text.get(one.pk, ""), "")


@register.filter
def bulk_word(state: str) -> Word:
    """What a bulk act came to for one test."""
    return _BULK[state][0]


@register.filter
def bulk_kind(state: str) -> str:
    return _BULK[state][1]

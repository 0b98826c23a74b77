"""Inside words to the words on the page (SCREENS.md, "Words on the page"), and the kind of chip that each is worth.

A word that is not known is shown as it is: iTEP may say something new, and a page must not break over it.
"""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inventory.causes import CAUSES

register = template.Library()

Words = dict[str, tuple[Promise | str, str]]
Text = Promise | str

STATES: Words = {
    "waiting": (_("Waiting for a test ID"), "warn"),
    "claimed": (_("Reserved, telling iTEP"), "info"),
    "unknown": (_("iTEP did not answer, checking"), "warn"),
    "assigned": (_("Assigned at iTEP"), "info"),
    "sent": (_("Sent to the candidate"), "good"),
    "cancelled": (_("Cancelled"), "neutral"),
    "failed": (_("Needs a person"), "bad"),
}
BY_HAND = _("Reserved, to do at iTEP")
ITEP_SENDS = _("iTEP sends it")

ITEP: Words = {
    "ready": (_("Ready"), "neutral"),
    "started": (_("Started"), "info"),
    "finished": (_("Finished"), "info"),
    "review": (_("Review"), "warn"),
    "problem": (_("Problem"), "bad"),
    "invalidated": (_("Invalidated"), "bad"),
    "completed": (_("Completed"), "good"),
    "disabled": (_("Disabled"), "bad"),
}
IDS: Words = {
    "available": (_("Available"), "good"),
    "claimed": (_("Reserved"), "info"),
    "assigned": (_("Assigned"), "neutral"),
    "assigned_outside": (_("Assigned outside"), "neutral"),
    "unavailable": (_("Not available"), "warn"),
    "withdrawn": (_("No longer offered by iTEP"), "neutral"),
}
RESULTS: Words = {
    "provisional": (_("Provisional"), "info"),
    "final": (_("Final"), "good"),
    "held": (_("Held back"), "warn"),
    "withdrawn": (_("Taken back"), "bad"),
}
MAIL: Words = {
    "queued": (_("Queued"), "neutral"),
    "accepted": (_("Accepted by the mail server"), "good"),
    "refused": (_("Refused"), "bad"),
    "bounced": (_("Bounced"), "bad"),
    "withheld": (_("Withheld"), "neutral"),
}
WORK: Words = {
    "fulfillment.call": (_("Tell iTEP"), "neutral"),
    "fulfillment.mail": (_("Mail to the candidate"), "neutral"),
    "fulfillment.settle": (_("Bring a candidate in line with iTEP"), "neutral"),
    "fulfillment.serve_waiting": (_("Serve waiting requests"), "neutral"),
    "fulfillment.bulk": (_("One act on many candidates"), "neutral"),
    "fulfillment.batch": (_("Give many"), "neutral"),
    "inventory.plan": (_("Read an export"), "neutral"),
    "inventory.apply": (_("Apply an export"), "neutral"),
    "inventory.search_words": (_("Make texts searchable"), "neutral"),
    "results.follow": (_("Bring results to an adopted test ID"), "neutral"),
    "inventory.stock_mail": (_("Mail about the stock"), "neutral"),
    "outbox.alarm": (_("Alarm by mail"), "neutral"),
    "fulfillment.call_again": (_("Make a call again"), "neutral"),
    "results.doubt": (_("Ask about a result"), "neutral"),
}
SOURCES: Words = {
    "export": (_("an export"), "neutral"),
    "answer": (_("iTEP's answer"), "neutral"),
    "webhook": (_("webhook"), "neutral"),
    "person": (_("a person"), "neutral"),
}


@register.filter
def state_word(state: str | None, how: str = "") -> Text:
    """Our state. `how` is the product's calls or delivery: "manual" and "itep" read otherwise."""
    if state == "claimed" and how == "manual":
        return BY_HAND
    if state == "sent" and how == "itep":
        return ITEP_SENDS
    return _word(STATES, state)


@register.filter
def state_kind(state: str | None) -> str:
    return _kind(STATES, state)


@register.filter
def itep_word(status: str | None) -> Text:
    """iTEP's status: its own word."""
    return _word(ITEP, status)


@register.filter
def itep_kind(status: str | None) -> str:
    return _kind(ITEP, status)


@register.filter
def id_word(state: str | None) -> Text:
    return _word(IDS, state)


@register.filter
def id_kind(state: str | None) -> str:
    return _kind(IDS, state)


@register.filter
def result_word(state: str | None) -> Text:
    return _word(RESULTS, state)


@register.filter
def result_kind(state: str | None) -> str:
    return _kind(RESULTS, state)


@register.filter
def mail_word(state: str | None) -> Text:
    """Never "delivered": nobody knows."""
    return _word(MAIL, state)


@register.filter
def mail_kind(state: str | None) -> str:
    return _kind(MAIL, state)


@register.filter
def cause_word(cause: str | None) -> Text:
    """The cause of a change that an upload would make (DESIGN.md section 5)."""
    return _word(CAUSES, cause)


@register.filter
def cause_kind(cause: str | None) -> str:
    return _kind(CAUSES, cause)


@register.filter
def source_word(source: str | None) -> Text:
    return _word(SOURCES, source)


def _word(words: Words, key: str | None) -> Text:
    return words[key][0] if key in words else (key or "")


def _kind(words: Words, key: str | None) -> str:
    return words[key][1] if key in words else "neutral"


@register.filter
def work_word(kind: str | None) -> Text:
    """A kind of work under way."""
    return _word(WORK, kind)

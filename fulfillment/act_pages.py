"""What each act asks and says before it is done: the same in its dialog and, where there is no script, on its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fulfillment import deadlines, extending, settling
from fulfillment.forms.acts import FORMS, ActForm
from fulfillment.models import Fulfillment
from fulfillment.offering import BY_NAME, Act, offers
from inventory.models import ClaimSource, Delivery, TestID


@dataclass(frozen=True, slots=True)
class Asked:
    """An act with its form, and the sentences above it."""

    act: Act
    words: Promise | str
    form: ActForm
    said: list[str]


def asked(one: Fulfillment, name: str, form: ActForm | None = None) -> Asked:
    """`form`: one that was sent and refused; else a fresh one."""
    act = BY_NAME[name]
    return Asked(act, act.words_for(one), form or FORMS[name](one), _said(one, name))


def dialogs(one: Fulfillment) -> list[Asked]:
    """Of the acts that are possible now, and that ask something first."""
    return [asked(one, offer.act.name) for offer in offers(one) if not offer.why_not and not offer.act.at_once]


def outlived_by_deadline(one: Fulfillment) -> date | None:
    """The last day of its test ID, where the deadline is later and the test is still to come."""
    if extending.why_it_does_not_matter(one):
        return None
    return extending.expires_before(one, one.deadline)


def _said(one: Fulfillment, name: str) -> list[str]:
    match name:
        case "cancel":
            return [_("If iTEP was not called yet, the ID is free at once. Else somebody has to clear it at iTEP.")]
        case "resend":
            return [_("The test ID and the link stay the same. iTEP is not called.")]
        case "remind":
            return [_("One mail of ours, at once, with the test ID, the deadline and the link as they are.")]
        case "done_at_itep":
            saw = _("You saw the text of this candidate in Assigned-to, or wrote it there.")
            return [f"{saw} {_('The next export will prove it.')}"]
        case "not_done_at_itep":
            looked = _("You looked at iTEP: this test ID's Assigned-to is empty.")
            return [f"{looked} {_('It is then called again, or stays to be done by hand.')}"]
        case "replace":
            return [part for part in (_old_id(one), _new_id(one), _who_is_told(one)) if part]
        case "extend":
            return [part for part in (_nothing_at_itep(one), _valid_until(one)) if part]
        case "correct":
            return [_text_at_itep(one)]
        case _:
            return []


def _old_id(one: Fulfillment) -> str:
    held = settling.held_by(one)
    return _(
        "%(id)s is theirs no longer. It is listed to be cleared at iTEP, and given to nobody until a person or an "
        "export says that it is free."
    ) % {"id": held.test_id if held else ""}


def _new_id(one: Fulfillment) -> str:
    if one.claim.source == ClaimSource.SALE:
        if one.product.price is None:
            return _("A new test is bought at iTEP for it.")
        price = {"price": f"{one.product.price:f} {one.product.currency}".strip()}
        return _("A new test is bought at iTEP for it: it costs %(price)s.") % price
    left = TestID.objects.available().filter(product=one.product).count()
    if not left:
        return _("No other one is available now: it waits in order, and the candidate hears nothing until it has one.")
    words = ngettext(
        "The next of %(product)s takes its place: %(n)d is available.",
        "The next of %(product)s takes its place: %(n)d are available.",
        left,
    )
    return words % {"product": one.product, "n": left}


def _who_is_told(one: Fulfillment) -> str:
    match one.delivery:
        case Delivery.PORTAL:
            return _("The candidate gets a mail with the new one, which says that the old one no longer counts.")
        case Delivery.ITEP:
            return _("iTEP sends the new one. Tell the candidate yourself that the old one no longer counts.")
        case _:
            return _("Nobody is mailed: whoever asked for the test hands the new one out.")


def _nothing_at_itep(one: Fulfillment) -> str:
    ours = _("The deadline is ours: at iTEP nothing changes by it.")
    if "{deadline}" in str(one.product.assigned_to_keys) and settling.held_by(one):
        return f"{ours} {_('What was written into Assigned-to keeps the old one.')}"
    return ours


def _valid_until(one: Fulfillment) -> str:
    held = settling.held_by(one)
    if held is None or held.valid_until is None:
        return ""
    day = {"id": held.test_id, "day": deadlines.day_with_year(held.valid_until)}
    return _("iTEP says that %(id)s is valid until %(day)s: for a later deadline, replace it as well.") % day


def _text_at_itep(one: Fulfillment) -> str:
    if one.claim.assigned_to_records.exists():
        return _("iTEP keeps what was written into its Assigned-to: there the old name and address stay.")
    return _("iTEP has not been told yet: what you enter here is what will be written there.")

"""What stands for the placeholders of a letter to one candidate, in the words of the active language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from fulfillment import deadlines, links, organization, sittings, troubles
from fulfillment.models import Fulfillment, Organization, Trouble
from inventory.models import Product, TestID

HAPPENED = {
    Trouble.Kind.PROBLEM: _("iTEP reports a technical problem with it."),
    Trouble.Kind.INVALIDATED: _("iTEP tells us that it does not count."),
    Trouble.Kind.DISABLED: _("iTEP has closed it."),
}


def of(one: Fulfillment) -> dict[str, str]:
    """Every placeholder; "" where nothing is known."""
    held = TestID.objects.filter(holder=one.claim_id, holding="current").first()
    ours = organization.ours()
    return {
        **of_house(ours, one.product),
        **_when_and_where(one),
        "name": one.name,
        "test_id": held.test_id if held else "",
        "earlier_test_id": void_test_id(one, held),
        "password": _password_for_mail(one.product, held),
        "page_url": links.page_url(one),
        "page_code": links.code_of(one.link_token),
        "code_url": links.code_url(),
        "result_receivers": str(one.payer) if one.payer else ours.result_receivers,
        "reference": one.reference,
        "what_happened": _what_happened(one),
    }


def void_test_id(one: Fulfillment, held: TestID | None) -> str:
    """The ID that the candidate knows and that is theirs no longer; "" where there is none."""
    before = one.forget_test_id or one.sent_test_id
    return "" if held and held.test_id == before else before


def of_house(ours: Organization, product: Product) -> dict[str, str]:
    """What is the same for every candidate of a product."""
    return {
        "organization": ours.name,
        "product_name": str(product),
        "minutes": str(product.minutes or ""),
        "time_zone": deadlines.zone_name(),
        "start_url": product.start_url or ours.start_url,
        "technical_check": ours.technical_check,
        "itep_help": ours.itep_help,
        "help": deadlines.joined(ours.help_email, ours.help_phone),
        "help_email": ours.help_email,
        "help_phone": ours.help_phone,
        "result_time": deadlines.days_in_words(product.result_days),
        "result_receivers": ours.result_receivers,
    }


def _when_and_where(one: Fulfillment) -> dict[str, str]:
    """At a centre day, hour and place; else the deadline."""
    facts = sittings.facts_of(one)
    if facts is None:
        return {
            "deadline": deadlines.in_words(one.deadline),
            "deadline_short": deadlines.day_in_words(one.deadline),
        }
    return {
        "sitting_date": facts.when,
        "sitting_day": facts.day_short,
        "place": facts.where,
        "arrive_by": facts.arrive_by,
    }


def _what_happened(one: Fulfillment) -> str:
    latest = troubles.latest_open(one)
    return str(HAPPENED.get(Trouble.Kind(latest.kind), "")) if latest else ""


def _password_for_mail(product: Product, held: TestID | None) -> str:
    """It stays on the page, unless an administrator decided otherwise for the product."""
    return held.password if held and product.password_in_mail else ""

"""What stands for the placeholders of a letter to one candidate, in the words of the active language."""

from __future__ import annotations

from django.utils.translation import pgettext

from fulfillment import deadlines, links, organization, sittings
from fulfillment.models import Fulfillment, Organization
from inventory.models import Product, TestID


def of(one: Fulfillment) -> dict[str, str]:
    """Every placeholder; "" where nothing is known."""
    held = TestID.objects.filter(holder=one.claim_id, holding="current").first()
    ours = organization.ours()
    return {
        **of_house(ours, one.product),
        "name": one.name,
        "deadline": deadlines.in_words(one.deadline),
        "deadline_short": deadlines.day_in_words(one.deadline),
        "test_id": held.test_id if held else "",
        "password": _password_for_mail(one.product, held),
        "page_url": links.page_url(one),
        "page_code": links.code_of(one.link_token),
        "code_url": links.code_url(),
        "void_test_id": "",  # `mailing` knows
        "result_receivers": str(one.payer) if one.payer else ours.result_receivers,
        "reference": one.reference,
        **at_a_centre(one),
    }


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
        "help": joined(ours.help_email, ours.help_phone),
        "help_email": ours.help_email,
        "help_phone": ours.help_phone,
        "result_time": deadlines.days_in_words(product.result_days),
        "result_receivers": ours.result_receivers,
    }


def joined(*texts: str) -> str:
    """Those that are set, with the comma of the language."""
    return pgettext("between the items of a list", ", ").join(text for text in texts if text)


def at_a_centre(one: Fulfillment) -> dict[str, str]:
    """Where it is taken, and when; blank for a test that is taken at home."""
    facts = sittings.facts_of(one)
    if facts is None:
        return {"sitting_date": "", "place": "", "arrive_by": ""}
    # The day is the sitting's: a deadline beside it would be a second one.
    blank = {"deadline": "", "deadline_short": ""}
    return blank | {"sitting_date": facts.when, "place": facts.where, "arrive_by": facts.arrive_by}


def _password_for_mail(product: Product, held: TestID | None) -> str:
    """It stays on the page, unless an administrator decided otherwise for the product."""
    return held.password if held and product.password_in_mail else ""

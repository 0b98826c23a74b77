"""A letter as it would read: about a candidate of late, their secrets covered, or about an example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from fulfillment import deadlines, links, organization
from fulfillment.letters import checking, values, writing
from fulfillment.letters.choosing import Place, Text
from fulfillment.letters.filling import Values
from fulfillment.letters.reading import Fault
from fulfillment.letters.writing import Written
from fulfillment.models import Fulfillment, LetterKind, Trouble
from inventory.models import Product

COVERED = "••••••••"
LATEST = 10
AT_A_CENTRE = (LetterKind.CENTRE, LetterKind.SITTING_MOVED)


@dataclass(frozen=True, slots=True)
class Preview:
    """The letter filled, and what one should know of it. `wrong`: it cannot be used as it is."""

    written: Written
    wrong: Sequence[Fault]
    warnings: Sequence[Fault]


def preview(place: Place, text: Text, about: Fulfillment | None) -> Preview:
    """The text as it would read to somebody; about None: to the example."""
    told = told_by(place, about)
    wrong = [*checking.subject_faults(text.subject), *checking.body_faults(place.kind, text.body)]
    return Preview(
        writing.fill(text, told, place.language), wrong, checking.warnings(place.kind, text.subject, text.body)
    )


def latest(product: Product | None) -> list[Fulfillment]:
    """Candidates of late, whom a letter can be looked at with."""
    rows = _people().order_by("-pk")
    return list(rows.filter(product=product)[:LATEST] if product else rows[:LATEST])


def told_by(place: Place, about: Fulfillment | None) -> Values:
    """The values in the language of the letter. What opens a test is covered: pages show no secrets."""
    with translation.override(place.language):
        if about is None:
            return _example(place)
        found = values.of(about)
    token = about.link_token
    covered = {"page_url": found["page_url"].replace(token, COVERED), "page_code": COVERED} if token else {}
    return found | covered | {"password": COVERED if found["password"] else ""}


def _people() -> QuerySet[Fulfillment]:
    return Fulfillment.objects.select_related("claim", "product", "payer", "seat__sitting")


def _example(place: Place) -> Values:
    """Nobody's test: what house and product say, and made-up words for the rest."""
    product = place.product or Product.objects.first() or Product(name="iTEP Academic-Plus", minutes=90)
    day = deadlines.today() + timedelta(days=21)
    home = {"deadline": deadlines.in_words(day), "deadline_short": deadlines.day_in_words(day)}
    centre = {
        "sitting_date": deadlines.joined(deadlines.weekday_in_words(day), "10:00"),
        "sitting_day": deadlines.day_in_words(day),
        "place": "Rua Augusta 1, Lisboa",
        "arrive_by": "09:30",
    }
    return {
        **values.of_house(organization.ours(), product),
        **(centre if place.kind in AT_A_CENTRE else home),
        "name": "Ana Silva",
        "test_id": "123982B8AP",
        "password": "example" if product.password_in_mail else "",
        "page_url": f"{settings.PORTAL_URL.rstrip('/')}/c/{COVERED}/",
        "page_code": COVERED,
        "code_url": links.code_url(),
        "reference": "req-2026-114",
        "earlier_test_id": "119204C7AP",
        "what_happened": str(values.HAPPENED[Trouble.Kind.PROBLEM]),
    }

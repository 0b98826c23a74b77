"""Which text a mail has: the product's own, else the one for all products, else the one that the portal ships."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from fulfillment.letters import shipped
from fulfillment.models import Letter, LetterKind
from inventory.models import Product


@dataclass(frozen=True, slots=True)
class Place:
    """Where a letter belongs. `product` None: for all products that have none of their own."""

    kind: LetterKind
    language: str
    product: Product | None = None

    def versions(self) -> QuerySet[Letter]:
        """Its own texts, newest first; at most one of them is on."""
        found = Letter.objects.filter(kind=self.kind, language=self.language, product=self.product)
        return found.order_by("-revision")


@dataclass(frozen=True, slots=True)
class Text:
    """Subject and body with placeholders. `own`: the administrator's text that it is; None: shipped."""

    subject: str
    body: str
    own: Letter | None = None


def text_for(place: Place) -> Text:
    """The text that a mail there has now. The language is one that is on (`languages.chosen`), and so has one."""
    either = Q(product=place.product) | Q(product=None)
    found = Letter.objects.filter(either, kind=place.kind, language=place.language, is_on=True)
    own = found.order_by(F("product").asc(nulls_last=True)).first()
    return Text(own.subject, own.body, own) if own else shipped_for(place)


def shipped_for(place: Place) -> Text:
    text = shipped.texts(place.language)[place.kind]
    return Text(text.subject, text.body)

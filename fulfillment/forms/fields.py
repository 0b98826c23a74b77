"""What several forms of this room ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from fulfillment import prospect_words
from fulfillment.errors import BadRequest
from inventory.models import Delivery, Product, SeenProduct, Source, Standing

if TYPE_CHECKING:  # Django's forms take no parameters at run time
    _ProductChoice = forms.ModelChoiceField[Product]
else:
    _ProductChoice = forms.ModelChoiceField


DELIVERIES = [
    ("", _("As the product says")),
    (Delivery.PORTAL, _("We send it by mail")),
    (Delivery.ITEP, _("iTEP sends it")),
    (Delivery.NONE, _("I hand it out myself")),
]


class ProductChoice(_ProductChoice):
    """Products, each with its stock beside it."""

    def label_from_instance(self, product: Any) -> str:
        if product.source == Source.SALE:
            return f"{product} – {_('bought for each test')}"
        words = ngettext("%d available", "%d available", product.available) % product.available
        paused = f" ({_('paused')})" if product.paused_at else ""
        return f"{product} – {words}{paused}, {prospect_words.seen(product.seen_at)}"


def products() -> Any:
    """All products, with the number of IDs that could be given now, and when iTEP last spoke of them."""
    free = Q(test_ids__standing=Standing.OPEN, test_ids__set_aside_at=None, test_ids__holder=None)
    seen = SeenProduct.objects.filter(product=OuterRef("pk")).order_by("-exported_at").values("exported_at")[:1]
    found = Product.objects.annotate(available=Count("test_ids", filter=free), seen_at=Subquery(seen))
    return found.order_by("code")


class JudgedForm(forms.Form):
    """A form whose room refuses field by field."""

    def take_faults(self, refused: BadRequest) -> None:
        """The room's refusals beside the fields that they are about."""
        for fault in refused.errors:
            field = fault.field.removeprefix("candidate.")
            self.add_error(field if field in self.fields else None, fault.message)

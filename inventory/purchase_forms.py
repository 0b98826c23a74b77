"""Forms of purchases: an order, what has arrived of it, that no more is expected."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.day_fields import DayInput, has_come, since_2000
from inventory.forms import product_field
from inventory.models import Product, Purchase
from inventory.purchases import Order

MOST = 1_000_000
_CURRENCY = RegexValidator(r"^[A-Za-z]{3}\Z", gettext_lazy("Three letters, as USD."))


def expected_by(product: Product, ordered: date) -> date:
    """The day on which an order of the product is to be here."""
    return ordered + timedelta(days=product.lead_days)


class ProductFilterForm(forms.Form):
    """Which product's orders to list; sent by GET."""

    product = product_field(required=False)


class OrderForm(forms.Form):
    """What stands on an order. Without a day by which it is expected, the product's lead time says it."""

    count = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=MOST)
    ordered_on = forms.DateField(label=gettext_lazy("Ordered on"), widget=DayInput, validators=[since_2000, has_come])
    expected_on = forms.DateField(
        label=gettext_lazy("Expected on"),
        required=False,
        widget=DayInput,
        help_text=gettext_lazy("Blank: as many days later as an order of this product takes."),
    )
    price = forms.DecimalField(
        label=gettext_lazy("Price of one test"), required=False, min_value=0, max_digits=10, decimal_places=2
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        required=False,
        max_length=3,
        validators=[_CURRENCY],
        help_text=gettext_lazy("Three letters, as USD."),
    )
    distributor = forms.CharField(
        label=gettext_lazy("From whom"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Blank: iTEP itself. Otherwise the Distributor."),
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=500)

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean(self) -> dict[str, Any]:
        """What must fit together, said beside the field to change."""
        asked = super().clean() or {}
        if asked.get("price") is not None and not asked.get("currency") and "currency" not in self.errors:
            self.add_error("currency", _("Say in which currency the price is."))
        ordered, product = asked.get("ordered_on"), self.ordered_product
        if ordered and not asked.get("expected_on") and product and "expected_on" not in self.errors:
            asked["expected_on"] = expected_by(product, ordered)
        if ordered and asked.get("expected_on") and asked["expected_on"] < ordered:
            self.add_error("expected_on", _("That is before it was ordered."))
        return asked

    @property
    def ordered_product(self) -> Product | None:
        raise NotImplementedError

    @property
    def what(self) -> Order:
        """As the verbs take it."""
        asked = self.cleaned_data
        return Order(
            count=asked["count"],
            ordered_on=asked["ordered_on"],
            expected_on=asked["expected_on"],
            price=asked["price"],
            currency=asked["currency"],
            distributor=asked["distributor"].strip(),
            note=asked["note"].strip(),
        )


class NewOrderForm(OrderForm):
    """A new order; prefilled by what is set for the product."""

    product = product_field()
    field_order = ["product"]

    @property
    def ordered_product(self) -> Product | None:
        chosen: Product | None = self.cleaned_data.get("product")
        return chosen

    @staticmethod
    def prefilled(product: Product | None) -> dict[str, object]:
        today = timezone.localdate()
        if product is None:
            return {"ordered_on": today}
        known = {"product": product, "ordered_on": today, "expected_on": expected_by(product, today)}
        return known | {"price": product.price, "currency": product.currency}


class CorrectForm(OrderForm):
    """An order as it should have been entered; its product stays."""

    def __init__(self, one: Purchase, data: object = None) -> None:
        self.one = one
        fields: dict[str, object] = {name: getattr(one, name) for name in self.base_fields}
        super().__init__(data, initial=fields)  # type: ignore[arg-type]

    @property
    def ordered_product(self) -> Product:
        return self.one.product

    def clean_count(self) -> int:
        count: int = self.cleaned_data["count"]
        if count < self.one.arrived:
            raise forms.ValidationError(_("%(n)s have arrived already.") % {"n": self.one.arrived})
        return count


class ReasonForm(forms.Form):
    """An act that is kept with its reason."""

    reason = forms.CharField(label=gettext_lazy("Why? It is kept in the history."), max_length=500)


class CancelForm(ReasonForm):
    """What has not arrived is expected no longer."""

    def __init__(self, data: object = None) -> None:
        super().__init__(data, auto_id="cancel_%s")  # type: ignore[arg-type]


class ArrivedForm(ReasonForm):
    """How many have arrived by now: all closes the order, fewer opens it again."""

    arrived = forms.IntegerField(label=gettext_lazy("Have arrived by now"), min_value=0)
    field_order = ["arrived"]

    def __init__(self, one: Purchase, data: object = None) -> None:
        self.one = one
        now = one.count if one.is_open else one.arrived
        super().__init__(data, initial={"arrived": now}, auto_id="arrived_%s")  # type: ignore[arg-type]

    def clean_arrived(self) -> int:
        arrived: int = self.cleaned_data["arrived"]
        if arrived > self.one.count:
            raise forms.ValidationError(_("Only %(n)s were ordered.") % {"n": self.one.count})
        return arrived

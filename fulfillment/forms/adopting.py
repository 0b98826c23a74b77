"""Whose an ID is that was assigned outside."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.models import Payer
from fulfillment.forms.fields import JudgedForm
from inventory.models import Product


class AdoptForm(JudgedForm):
    """Whose an ID is that was assigned outside, as a person says; its names are those of `adopting.adopt`."""

    product = forms.ModelChoiceField(label=_("Product"), queryset=Product.objects.order_by("code"))
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.CharField(
        label=_("Email"),
        required=False,
        max_length=254,
        widget=forms.EmailInput,
        help_text=_("Nothing is sent there now."),
    )
    external_id = forms.CharField(
        label=_("Own number"), required=False, max_length=200, help_text=_("Of the person in your own system.")
    )
    payer = forms.ModelChoiceField(
        label=_("Payer"), queryset=Payer.objects.none(), to_field_name="code", required=False, empty_label=_("None")
    )
    reference = forms.CharField(label=_("Reference"), required=False, max_length=200)
    allow_duplicate = forms.BooleanField(label=_("Yes, the same person has two"), required=False)

    def __init__(self, *args: Any, needs_product: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payer"].queryset = Payer.objects.filter(is_active=True)  # type: ignore[attr-defined]
        if not needs_product:
            del self.fields["product"]

"""*Give a test*: one candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.models import Payer
from fulfillment.models import Organization
from inventory.models import Product

if TYPE_CHECKING:  # Django's forms take no parameters at run time
    _ProductChoice = forms.ModelChoiceField[Product]
    _OrganizationForm = forms.ModelForm[Organization]
else:
    _ProductChoice, _OrganizationForm = forms.ModelChoiceField, forms.ModelForm
from fulfillment.forms.fields import DELIVERIES, JudgedForm, ProductChoice, products


class GiveForm(JudgedForm):
    """*Give a test*. The names of its fields are those of `provisioning.give`, so that its faults find them."""

    product = ProductChoice(label=_("Product"), queryset=Product.objects.none(), to_field_name="code", empty_label=None)
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.CharField(
        label=_("Email"),
        required=False,
        max_length=254,
        widget=forms.EmailInput,
        help_text=_("The test ID goes there. Not needed if you hand it out yourself."),
    )
    external_id = forms.CharField(
        label=_("Own number"), required=False, max_length=200, help_text=_("Of the person in your own system.")
    )
    deadline = forms.DateField(
        label=_("Deadline"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The last day on which the test may be taken."),
    )
    payer = forms.ModelChoiceField(
        label=_("Payer"), queryset=Payer.objects.none(), to_field_name="code", required=False, empty_label=_("None")
    )
    delivery = forms.ChoiceField(label=_("Who tells the candidate"), choices=DELIVERIES, required=False)
    language = forms.CharField(
        label=_("Language"), required=False, max_length=12, help_text=_('Of the candidate, as "en" or "pt".')
    )
    reference = forms.CharField(label=_("Reference"), required=False, max_length=200)
    note = forms.CharField(label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    allow_duplicate = forms.BooleanField(label=_("Yes, give a second test"), required=False)
    allow_earlier_result = forms.BooleanField(label=_("Give a test anyway"), required=False)

    main = ("product", "name", "email", "external_id", "deadline")
    more = ("payer", "delivery", "language", "reference", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = products()  # type: ignore[attr-defined]
        self.fields["payer"].queryset = Payer.objects.filter(is_active=True)  # type: ignore[attr-defined]

    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.main]

    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.more]

    def more_is_used(self) -> bool:
        return any(self.data.get(name) or name in self.errors for name in self.more)

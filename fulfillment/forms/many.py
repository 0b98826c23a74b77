"""*Give many*."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.models import Payer
from fulfillment import deadlines, sittings
from fulfillment.models import Organization, Sitting
from inventory.models import Product

if TYPE_CHECKING:  # Django's forms take no parameters at run time
    _ProductChoice = forms.ModelChoiceField[Product]
    _OrganizationForm = forms.ModelForm[Organization]
else:
    _ProductChoice, _OrganizationForm = forms.ModelChoiceField, forms.ModelForm
from fulfillment.forms.fields import DELIVERIES, ProductChoice, products
from fulfillment.forms.sittings import SittingChoice


class GiveManyForm(forms.Form):
    """*Give many*: the file, and what is the same for all of its rows."""

    product = ProductChoice(label=_("Product"), queryset=Product.objects.none(), to_field_name="code", empty_label=None)
    file = forms.FileField(label=_("File"), widget=forms.FileInput(attrs={"accept": ".csv,.xls,.xlsx,.ods"}))
    deadline = forms.DateField(label=_("Deadline"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    sitting = SittingChoice(
        label=_("Or a sitting"),
        queryset=Sitting.objects.none(),
        required=False,
        empty_label=_("None: by the deadline"),
        help_text=_("Each gets a seat there, and is told its day and place. Leave the deadline blank then."),
    )
    payer = forms.ModelChoiceField(
        label=_("Payer"), queryset=Payer.objects.none(), to_field_name="code", required=False, empty_label=_("None")
    )
    delivery = forms.ChoiceField(label=_("Who tells the candidates"), choices=DELIVERIES, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = products()  # type: ignore[attr-defined]
        self.fields["payer"].queryset = Payer.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["sitting"].queryset = sittings.with_room()  # type: ignore[attr-defined]

    def clean_deadline(self) -> date | None:
        """Said here, or every single row would fail of it later."""
        day: date | None = self.cleaned_data["deadline"]
        if deadlines.is_over(day):
            raise forms.ValidationError(_("The deadline is in the past."))
        return day

    def clean(self) -> dict[str, Any]:
        """A deadline beside a sitting would be refused row by row later."""
        if self.cleaned_data.get("sitting") and self.cleaned_data.get("deadline"):
            self.add_error("deadline", _("Leave the deadline blank: the sitting has its own day."))
        return self.cleaned_data

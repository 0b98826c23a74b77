"""What the acts on one candidate's test ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from fulfillment.models import Organization
from inventory.models import Product

if TYPE_CHECKING:  # Django's forms take no parameters at run time
    _ProductChoice = forms.ModelChoiceField[Product]
    _OrganizationForm = forms.ModelForm[Organization]
else:
    _ProductChoice, _OrganizationForm = forms.ModelChoiceField, forms.ModelForm


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=500, required=False)


class EmailForm(forms.Form):
    email = forms.CharField(label=_("Email"), max_length=254, widget=forms.EmailInput)


class SeenForm(forms.Form):
    """What a person saw at iTEP: needed only where the portal does not know the ID, or iTEP shows another."""

    test_id = forms.CharField(label=_("Test ID"), max_length=64, required=False)
    password = forms.CharField(label=_("Password"), max_length=200, required=False)

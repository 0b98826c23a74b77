"""*Give a test*: one candidate."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from access.models import Payer
from fulfillment import by_form, sittings
from fulfillment.candidates import Candidate
from fulfillment.forms import languages
from fulfillment.forms.fields import DELIVERIES, JudgedForm, ProductChoice, products
from fulfillment.forms.sittings import SittingChoice
from fulfillment.models import Sitting
from inventory.models import Delivery, Product


class KnownPerson(forms.TextInput):
    """While one types, candidates who are known already are offered below (`static/js/known.js`)."""

    template_name = "fulfillment/widgets/known_person.html"


class KnownEmail(KnownPerson):
    input_type = "email"


class Oid(forms.UUIDField):
    """What a page put there itself; anything else is as good as nothing."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError:
            return None


class GiveForm(JudgedForm):
    """*Give a test*. The names of its fields are those of `provisioning.give`, so that its faults find them.

    The two yeses name what they were said to (`by_form.Yes`), and `once` the form itself.
    """

    product = ProductChoice(label=_("Product"), queryset=Product.objects.none(), to_field_name="code", empty_label=None)
    name = forms.CharField(label=_("Name"), max_length=200, widget=KnownPerson)
    email = forms.CharField(
        label=_("Email"),
        required=False,
        max_length=254,
        widget=KnownEmail,
        help_text=_("The test ID goes there. Not needed if you hand it out yourself."),
    )
    external_id = forms.CharField(
        label=_("Own number"),
        required=False,
        max_length=200,
        widget=KnownPerson,
        help_text=_("Of the person in your own system."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        help_text=_("Of the candidate. The mail comes in it where there is one, else in English."),
    )
    deadline = forms.DateField(
        label=_("Deadline"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day on which the test may be taken."),
    )
    sitting = SittingChoice(
        label=_("Or a sitting"),
        queryset=Sitting.objects.none(),
        required=False,
        empty_label=_("None: by the deadline"),
        help_text=_("A seat on a day; leave the deadline blank then."),
    )
    accommodation = forms.CharField(
        label=_("Accommodations"),
        required=False,
        max_length=1000,
        help_text=_("What the candidate needs to take the test, as more time."),
    )
    delivery = forms.ChoiceField(label=_("Who tells the candidate"), choices=DELIVERIES, required=False)
    payer = forms.ModelChoiceField(
        label=_("Payer"), queryset=Payer.objects.none(), to_field_name="code", required=False, empty_label=_("None")
    )
    reference = forms.CharField(label=_("Reference"), required=False, max_length=200)
    note = forms.CharField(label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    allow_duplicate = Oid(required=False)
    allow_earlier_result = Oid(required=False)
    once = Oid(required=False, widget=forms.HiddenInput)

    person = ("name", "email", "external_id", "language", "accommodation")
    test = ("deadline", "sitting", "delivery", "payer", "reference", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = products()  # type: ignore[attr-defined]
        self.fields["payer"].queryset = Payer.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["sitting"].queryset = sittings.with_room()  # type: ignore[attr-defined]
        has = self.data.get("language") or self.initial.get("language", "")
        self.fields["language"].choices = languages.choices(also=has)  # type: ignore[attr-defined]
        self.initial.setdefault("once", uuid4())

    def person_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.person]

    def test_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.test]

    @property
    def candidate(self) -> Candidate:
        asked = self.cleaned_data
        return Candidate(asked["name"], asked["email"], asked["external_id"], asked["language"])

    @property
    def yes(self) -> by_form.Yes:
        return by_form.Yes(self.cleaned_data["allow_duplicate"], self.cleaned_data["allow_earlier_result"])


class ProspectForm(forms.Form):
    """What the page asks while somebody chooses; what makes no sense is left out."""

    product = forms.ModelChoiceField(queryset=Product.objects.all(), to_field_name="code")
    delivery = forms.ChoiceField(choices=[("", ""), *Delivery.choices], required=False)
    deadline = forms.DateField(required=False)

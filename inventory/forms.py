"""Forms of the inventory's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from inventory import queries
from inventory.models import MailsTo, Product, StockMails
from inventory.own_keys_field import OwnKeysField, OwnKeysWidget
from inventory.products import Settings, check_code
from itep import placeholders

if TYPE_CHECKING:  # Django's forms take no parameters at run time
    _ProductModelForm = forms.ModelForm[Product]
    _StockMailsForm = forms.ModelForm[StockMails]
else:
    _ProductModelForm = _StockMailsForm = forms.ModelForm

STATE_LABELS = (
    ("", _("Every state")),
    ("available", _("Available")),
    ("claimed", _("Reserved")),
    ("assigned", _("Assigned")),
    ("assigned_outside", _("Assigned outside")),
    ("unavailable", _("Not available")),
    ("withdrawn", _("No longer offered by iTEP")),
)

ONLY_LABELS = (
    ("", _("All")),
    ("set_aside", _("Set aside")),
    ("to_clear", _("To clear at iTEP")),
    ("left_panel", _("Left iTEP's list")),
    ("in_doubt", _("Unexplained")),
)


def product_field(*, required: bool = True) -> forms.ModelChoiceField[Product]:
    """A product by its code; not required means all."""
    return forms.ModelChoiceField(
        Product.objects.order_by("code"),
        label=_("Product"),
        required=required,
        to_field_name="code",
        empty_label=_("Choose one") if required else _("All"),
        error_messages={"invalid_choice": _("There is no product “%(value)s”.")},
    )


class ProductForm(_ProductModelForm):
    """A product's settings. The key is never shown again: what is typed replaces it, blank keeps it."""

    new_key = forms.CharField(
        label=_("API key"),
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    start_url = forms.URLField(label=_("Where a candidate starts"), required=False, assume_scheme="https")

    assigned_to_keys = OwnKeysField(
        label=_("More keys in Assigned-to"),
        required=False,
        max_length=20_000,
        widget=OwnKeysWidget(attrs={"rows": 4, "spellcheck": "false"}),
    )

    class Meta:
        model = Product
        fields = [
            "name",
            "source",
            "delivery",
            "calls",
            "new_key",
            "lead_days",
            "price",
            "currency",
            "minutes",
            "result_days",
            "reminder_days",
            "result_valid_months",
            "needs_password",
            "password_in_mail",
            "start_url",
            "assigned_to_keys",
        ]
        labels = {
            "source": _("Where test IDs come from"),
            "delivery": _("Who sends the test ID"),
            "calls": _("Who tells iTEP"),
            "lead_days": _("Days that an order takes"),
            "price": _("Price of one test"),
            "minutes": _("Minutes that the test takes"),
            "result_days": _("Days until the result usually comes"),
            "reminder_days": _("Remind candidates, days before the deadline"),
            "result_valid_months": _("Months that a result counts"),
            "needs_password": _("A candidate needs a password as well"),
            "password_in_mail": _("The password stands in the mail"),
        }
        help_texts = {
            "reminder_days": _(
                "As 7, 2. By our mail, between 9 and 18 o'clock where you are; nobody whose test was seen started. "
                "Blank: no reminders."
            ),
            "result_valid_months": _(
                "Whoever has a younger result of this product is shown before a test is given. Blank: nobody looks."
            ),
            "password_in_mail": _("Otherwise it stands on the candidate's own page only."),
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = {
            "source": (("inventory", _("Our stock")), ("sale", _("iTEP sells one at that moment"))),
            "delivery": (
                ("portal", _("This portal, by mail")),
                ("itep", _("iTEP, by its own mail")),
                ("none", _("Nobody: whoever asked hands it out")),
            ),
            "calls": (("api", _("The portal, by iTEP's API")), ("manual", _("A person, by hand at iTEP"))),
        }
        for name, options in choices.items():
            cast("forms.ChoiceField", self.fields[name]).choices = list(options)
        key = self.instance.api_key if self.instance.pk else ""
        self.fields["new_key"].help_text = (
            _("Set, ending in %(end)s. Leave blank to keep it.") % {"end": f"…{key[-4:]}"}
            if len(key) > 8
            else _("Set. Leave blank to keep it.")
            if key
            else _("iTEP admin > PRODUCT CODE > generate.")
        )
        self.fields["assigned_to_keys"].help_text = _(
            'As JSON, for example {"site": "Lisbon", "ref": "{reference}"}; objects may stand in each other. '
            "Placeholders: %(allowed)s. What comes to nothing is left out."
        ) % {"allowed": placeholders.ALLOWED}
        cast("OwnKeysWidget", self.fields["assigned_to_keys"].widget).product = self.instance.code

    @property
    def change(self) -> Settings:
        """What to set; the key only where a new one was typed."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "new_key"}
        if self.cleaned_data["new_key"]:
            values["api_key"] = self.cleaned_data["new_key"]
        values.pop("code", None)
        if self.add_prefix("reminder_days") not in self.data:  # blank means never; not asked means as it was
            values.pop("reminder_days", None)
        return cast("Settings", values)


class NewProductForm(ProductForm):
    class Meta(ProductForm.Meta):
        fields = ["code", *ProductForm.Meta.fields]
        labels = {**ProductForm.Meta.labels, "code": _("Product code, as at iTEP")}

    field_order = ["code"]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        check_code(code)
        return code


class WarningsForm(_ProductModelForm):
    """From where on a product's stock is warned of, and how much is to be ordered at a time."""

    class Meta:
        model = Product
        fields = ["notice_count", "low_count", "notice_days", "low_days", "target_weeks"]
        labels = {
            "notice_count": _("Say “getting low” at so many available"),
            "low_count": _("Say “low” at so many available"),
            "notice_days": _("Say “getting low” at so many days of cover"),
            "low_days": _("Say “low” at so many days of cover"),
            "target_weeks": _("Weeks that an order should last"),
        }
        help_texts = {
            "notice_count": _("Blank: not by number."),
            "notice_days": _(
                "Blank: not by days. The day to order by warns in any case, a week before and when it comes."
            ),
        }

    def clean(self) -> dict[str, Any]:
        """ "Low" comes after "getting low"; said beside the number that it is about."""
        asked = super().clean() or {}
        for low, notice in (("low_count", "notice_count"), ("low_days", "notice_days")):
            first, second = asked.get(notice), asked.get(low)
            if first is not None and second is not None and second > first:
                self.add_error(low, _("At most as many as for “getting low”."))
        return asked

    @property
    def change(self) -> Settings:
        """What to set."""
        return cast("Settings", dict(self.cleaned_data))


class WhatIfForm(forms.Form):
    """What if so many more were ordered today?"""

    more = forms.IntegerField(min_value=1, max_value=100_000)


class StockMailsForm(_StockMailsForm):
    """Who is mailed about the stock, and when the digest goes out."""

    class Meta:
        model = StockMails
        fields = ["to", "addresses", "digest_on"]
        labels = {"to": _("Mails go to"), "addresses": _("Addresses"), "digest_on": _("Weekly digest on")}
        help_texts = {
            "addresses": _("One on each line. Used where “these addresses” is chosen."),
            "digest_on": _("At 7 in the morning. No day: no digest."),
        }
        widgets = {"addresses": forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})}

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        days = cast("forms.TypedChoiceField", self.fields["digest_on"])
        days.choices = [("", _("No day")), *list(cast("Any", days.choices))[1:]]  # not a row of dashes

    def clean_addresses(self) -> str:
        """Each address that is none is named."""
        text: str = self.cleaned_data["addresses"]
        for address in StockMails(addresses=text).listed:
            try:
                validate_email(address)
            except ValidationError:
                self.add_error("addresses", _("“%(address)s” is not an address.") % {"address": address})
        return text

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        if asked.get("to") == MailsTo.ADDRESSES and not asked.get("addresses") and "addresses" not in self.errors:
            self.add_error("addresses", _("Name at least one address."))
        return asked


class FilterForm(forms.Form):
    """Filters over the list of test IDs."""

    q = forms.CharField(label=_("Part of the ID, or words of Assigned-to"), required=False, max_length=254)
    product = forms.ModelChoiceField(
        Product.objects.order_by("code"), label=_("Product"), required=False, to_field_name="code", empty_label=_("All")
    )
    state = forms.ChoiceField(label=_("State"), choices=STATE_LABELS, required=False)
    only = forms.ChoiceField(label=_("Only"), choices=ONLY_LABELS, required=False)

    @property
    def filters(self) -> queries.Filters:
        """What was asked for; a value that makes no sense is left out."""
        self.full_clean()
        product = self.cleaned_data.get("product")
        return queries.Filters(
            product=product.code if product else "",
            state=self.cleaned_data.get("state", ""),
            search=self.cleaned_data.get("q", ""),
            only=self.cleaned_data.get("only", ""),
            in_texts=True,
        )


class AddForm(forms.Form):
    """Test IDs typed or pasted by a person who sees them at iTEP as Ready and not assigned."""

    product = forms.ModelChoiceField(Product.objects.order_by("code"), label=_("Product"), to_field_name="code")
    lines = forms.CharField(
        label=_("Test IDs, one on each line"),
        help_text=_("A password may follow after a comma, a semicolon or a tab."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocapitalize": "characters"}),
        max_length=500_000,
    )
    valid_until = forms.DateField(
        label=_("Valid until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

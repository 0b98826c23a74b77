"""Forms of this room's pages. They ask; the room's functions judge."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from access.models import Payer
from fulfillment import deadlines
from fulfillment.errors import BadRequest
from fulfillment.models import Organization
from inventory import outlook_words
from inventory.models import Delivery, Product, SeenProduct, Source, Standing

if TYPE_CHECKING:  # Django's forms take no parameters at run time
    _ProductChoice = forms.ModelChoiceField[Product]
    _OrganizationForm = forms.ModelForm[Organization]
else:
    _ProductChoice, _OrganizationForm = forms.ModelChoiceField, forms.ModelForm

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
        return f"{product} – {words}{paused}, {self._seen(product)}"

    def _seen(self, product: Any) -> str:
        """How old this knowledge is."""
        if product.seen_at is None:
            return str(_("never seen in an export"))
        seen = timezone.localtime(product.seen_at).date()
        return str(_("seen at iTEP %(ago)s")) % {"ago": outlook_words.ago(seen, timezone.localdate())}


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


class GiveManyForm(forms.Form):
    """*Give many*: the file, and what is the same for all of its rows."""

    product = ProductChoice(label=_("Product"), queryset=Product.objects.none(), to_field_name="code", empty_label=None)
    file = forms.FileField(label=_("File"), widget=forms.FileInput(attrs={"accept": ".csv,.xls,.xlsx,.ods"}))
    deadline = forms.DateField(label=_("Deadline"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    payer = forms.ModelChoiceField(
        label=_("Payer"), queryset=Payer.objects.none(), to_field_name="code", required=False, empty_label=_("None")
    )
    delivery = forms.ChoiceField(label=_("Who tells the candidates"), choices=DELIVERIES, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = products()  # type: ignore[attr-defined]
        self.fields["payer"].queryset = Payer.objects.filter(is_active=True)  # type: ignore[attr-defined]

    def clean_deadline(self) -> date | None:
        """Said here, or every single row would fail of it later."""
        day: date | None = self.cleaned_data["deadline"]
        if deadlines.is_over(day):
            raise forms.ValidationError(_("The deadline is in the past."))
        return day


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


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=500, required=False)


class EmailForm(forms.Form):
    email = forms.CharField(label=_("Email"), max_length=254, widget=forms.EmailInput)


class SeenForm(forms.Form):
    """What a person saw at iTEP: needed only where the portal does not know the ID, or iTEP shows another."""

    test_id = forms.CharField(label=_("Test ID"), max_length=64, required=False)
    password = forms.CharField(label=_("Password"), max_length=200, required=False)


class OrganizationForm(_OrganizationForm):
    """Who we are, as candidates read it."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=[("", _("As the server is set")), *((name, name) for name in sorted(available_timezones()))],
        help_text=_("Deadlines end at 23:59 there."),
    )

    start_url = forms.URLField(
        label=_("Where a candidate starts"),
        required=False,
        assume_scheme="https",
        help_text=_("The address that iTEP gave you. A product may have its own."),
    )

    class Meta:
        model = Organization
        fields = (
            "name",
            "help_email",
            "help_phone",
            "itep_help",
            "start_url",
            "technical_check",
            "result_receivers",
            "time_zone",
        )
        labels = {
            "name": _("Name"),
            "help_email": _("Help: email"),
            "help_phone": _("Help: telephone"),
            "itep_help": _("Help during the test"),
            "technical_check": _("Technical check"),
            "result_receivers": _("Who gets results"),
        }
        help_texts = {
            "name": _("As candidates know you."),
            "itep_help": _("Whom to ask during the test, as iTEP told you: an address, a telephone number."),
            "technical_check": _("One sentence, as iTEP told you. Blank: the mail says nothing about it."),
            "result_receivers": _("Where no payer is named, as “the admissions office”."),
        }

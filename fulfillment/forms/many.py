"""*Give many*: the file, or rows that are pasted; and which of its columns holds what."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.models import Payer
from fulfillment import deadlines, sittings
from fulfillment.forms.fields import DELIVERIES, ProductChoice, products
from fulfillment.forms.sittings import SittingChoice
from fulfillment.models import Sitting
from fulfillment.sheet_columns import VOCABULARY, Asked
from inventory.column_forms import ChooseColumns
from inventory.models import Product
from inventory.sheets import MAX_BYTES

if TYPE_CHECKING:
    from django.core.files.base import File

LABELS = {
    Asked.NAME: _("Name"),
    Asked.FIRST_NAME: _("First name"),
    Asked.LAST_NAME: _("Last name"),
    Asked.EMAIL: _("Email"),
    Asked.EXTERNAL_ID: _("Own number"),
    Asked.LANGUAGE: _("Language"),
    Asked.REFERENCE: _("Reference"),
    Asked.NOTE: _("Note"),
    Asked.PRODUCT: _("Product"),
    Asked.PAYER: _("Payer"),
    Asked.DEADLINE: _("Deadline"),
    Asked.DELIVERY: _("Who tells the candidate"),
}


class GiveManyForm(forms.Form):
    """*Give many*: a file or pasted rows, and what holds for every row that does not say it itself."""

    product = ProductChoice(
        label=_("Product"),
        queryset=Product.objects.none(),
        to_field_name="code",
        empty_label=None,
        help_text=_("This and what stands below holds for each row that does not say it in a column of its own."),
    )
    file = forms.FileField(
        label=_("File"), required=False, widget=forms.FileInput(attrs={"accept": ".csv,.xls,.xlsx,.ods,.txt"})
    )
    pasted = forms.CharField(
        label=_("or rows, pasted from a sheet"),
        required=False,
        strip=False,
        help_text=_(
            "Mark the cells in your sheet, copy, and paste them here; with or without the names of the columns."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )
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

    field_order = ("file", "pasted", "product", "deadline", "sitting", "payer", "delivery")

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

    def clean_file(self) -> File[bytes] | None:
        file: File[bytes] | None = self.cleaned_data["file"]
        if file and (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("This file is too large to be a list of candidates."))
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        pasted = bool(cleaned.get("pasted", "").strip())
        if "file" in cleaned and pasted == bool(cleaned["file"]):
            both = _("Choose a file, or paste rows: not both.")
            self.add_error("file", both if pasted else _("Choose a file, or paste rows below."))
        if cleaned.get("sitting") and cleaned.get("deadline"):  # it would be refused row by row later
            self.add_error("deadline", _("Leave the deadline blank: the sitting has its own day."))
        return cleaned

    @property
    def rows_field(self) -> str:
        """Where the rows came in, and so where it is said what is wrong with them."""
        return "file" if self.cleaned_data.get("file") else "pasted"


class CandidateColumnsForm(ChooseColumns):
    """Which column of one header of a list of candidates holds what."""

    vocabulary = VOCABULARY
    labels = LABELS
    without = _("Nobody can be given a test without a name.")
    extra = ("keep_others",)

    keep_others = forms.BooleanField(
        label=_("Keep the other columns as data of each candidate"),
        required=False,
        help_text=_("Only what you need: it is shown with the candidate, and a product may pass it on to iTEP."),
    )

    def check_first(self, cleaned: dict[str, Any]) -> None:
        if not any(cleaned.get(one) for one in (Asked.NAME, Asked.FIRST_NAME, Asked.LAST_NAME)):
            self.add_error(Asked.NAME, self.without)

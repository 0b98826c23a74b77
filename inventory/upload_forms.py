"""The forms of an upload: the file itself, and which of its columns holds what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.files.base import File
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from inventory.column_forms import ChooseColumns
from inventory.columns import EXPORT, Field
from inventory.models import Scope
from inventory.sheets import MAX_BYTES

LABELS = {
    Field.TEST_ID: _("Test ID"),
    Field.PRODUCT: _("Product"),
    Field.STATUS: _("Status"),
    Field.ASSIGNED_TO: _("Assigned-to"),
    Field.PASSWORD: _("Password"),
    Field.VALID_UNTIL: _("Valid until"),
    Field.PURCHASED_ON: _("Purchased on"),
    Field.TRACKING_CODE: _("Tracking code"),
}


class UploadForm(forms.Form):
    """A file, when it was downloaded from iTEP, and of which products it is the whole list."""

    file = forms.FileField(
        label=_("AVAILABLE TESTS from iTEP"),
        help_text=_("csv, xls, xlsx or ods, as iTEP gives it. Nothing changes before you have seen a preview."),
        widget=forms.ClearableFileInput(
            attrs={"data-modified-into": "id_exported_at", "accept": ".csv,.xls,.xlsx,.ods,.txt"}
        ),
    )
    exported_at = forms.CharField(
        label=_("When was this file downloaded from iTEP?"),
        help_text=_("Filled in from the file itself. Without an offset it is in your time zone."),
        widget=forms.TextInput(attrs={"placeholder": "2026-11-23 14:05", "autocomplete": "off"}),
    )
    scope = forms.ChoiceField(
        label=_("A test ID that the file lacks is no longer offered, if it belongs to"),
        choices=[(Scope.FILE, _("a product in the file")), (Scope.ALL, _("any product: the file is the whole list"))],
        widget=forms.RadioSelect,
        initial=Scope.FILE,
    )

    def clean_file(self) -> File[bytes]:
        file: File[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("This file is too large to be an export."))
        return file

    def clean_exported_at(self) -> datetime:
        given = self.cleaned_data["exported_at"].strip()
        try:
            at = parse_datetime(given)
        except ValueError:
            at = None
        if at is None:
            raise forms.ValidationError(
                _("Expected a time as 2026-11-23 14:05, or with an offset: 2026-11-23T14:05+01:00.")
            )
        at = at if timezone.is_aware(at) else timezone.make_aware(at)
        if at > timezone.now():
            raise forms.ValidationError(_("The file cannot have been downloaded in the future."))
        return at


class ColumnsForm(ChooseColumns):
    """Which column of one header of an export holds what; and, once for the file, what its rows do not say."""

    vocabulary = EXPORT
    labels = LABELS
    without = _("Nothing can be applied without this column.")
    extra = ("default_product", "ready_only")

    default_product = forms.CharField(
        label=_("Product of rows that name none"), required=False, max_length=64, help_text=_("A product code.")
    )
    ready_only = forms.BooleanField(label=_("The file lists Ready IDs alone (it has no Status)"), required=False)

    def check_first(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get(str(Field.STATUS)) and not cleaned.get("ready_only"):
            self.add_error(str(Field.STATUS), _("Choose the column, or say that the file lists Ready IDs alone."))
        if not cleaned.get(str(Field.PRODUCT)) and not cleaned.get("default_product"):
            self.add_error(str(Field.PRODUCT), _("Choose the column, or say below which product these IDs are of."))

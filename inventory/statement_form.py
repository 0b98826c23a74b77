"""Which product, and from when to when: what a stock statement is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.day_fields import EARLIEST, DayInput, has_come, since_2000
from inventory.forms import product_field
from inventory.models import Product
from inventory.statement import Period

# The web's names of two fields that Python would not let be called so.
_NAMES = {"first": "from", "last": "to"}


class StatementForm(forms.Form):
    """Sent by GET. `product`: blank means all; `from` and `to`: days in the reader's zone, blank means no end."""

    product = product_field(required=False)
    first = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=DayInput,
        validators=[since_2000, has_come],
    )
    last = forms.DateField(label=gettext_lazy("To"), required=False, widget=DayInput)

    def __init__(self, asked: QueryDict) -> None:
        """Without any day asked for it is this month."""
        data = asked.copy()
        if not {"from", "to"} & set(asked):
            month = timezone.localdate().replace(day=1)
            data["from"], data["to"] = month.isoformat(), timezone.localdate().isoformat()
        super().__init__(data)

    def add_prefix(self, field_name: str) -> str:
        return _NAMES.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        first, last = asked.get("first") or EARLIEST, asked.get("last")
        if last and last < first:
            self.add_error("last", _("It ends before it begins."))
        return asked

    @property
    def product_chosen(self) -> Product | None:
        chosen: Product | None = self.cleaned_data.get("product")
        return chosen

    @property
    def period(self) -> Period:
        return Period(self.cleaned_data["first"], self.cleaned_data["last"])

    @property
    def query(self) -> str:
        """What was asked for, as an address has it."""
        return urlencode({name: self.data.get(name, "") for name in ("product", "from", "to")})


@dataclass(frozen=True, slots=True)
class Preset:
    """A period that is often asked for, by a link."""

    label: str
    query: str
    is_chosen: bool


def presets(form: StatementForm) -> list[Preset]:
    """This month, last month, this year, all: of the product that is chosen."""
    today = timezone.localdate()
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    periods = [
        (_("This month"), month.isoformat(), today.isoformat()),
        (_("Last month"), before.replace(day=1).isoformat(), before.isoformat()),
        (_("This year"), today.replace(month=1, day=1).isoformat(), today.isoformat()),
        (_("All"), "", ""),
    ]
    product, now = form.data.get("product", ""), (form.data.get("from", ""), form.data.get("to", ""))
    return [
        Preset(label, urlencode({"product": product, "from": first, "to": last}), now == (first, last))
        for label, first, last in periods
    ]

"""Filters of the list of candidates, for the page and the API alike."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ChoiceField

from access.days import midnight
from access.models import Payer
from fulfillment import attention, origins, queries
from fulfillment.models import Batch, Fulfillment, State
from inventory.models import Product
from itep.statuses import Status

STATE_WORDS = [
    (State.WAITING, _("Waiting for a test ID")),
    (State.CLAIMED, _("Reserved, telling iTEP")),
    (State.UNKNOWN, _("iTEP did not answer, checking")),
    (State.ASSIGNED, _("Assigned at iTEP")),
    (State.SENT, _("Sent to the candidate")),
    (State.CANCELLED, _("Cancelled")),
    (State.FAILED, _("Needs a person")),
]


Rows = QuerySet[Fulfillment]
_STATUSES = [(one.value, one.value.capitalize()) for one in Status]
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_BATCHES_OFFERED = 30


def _latest_batches() -> list[tuple[str, str]]:
    confirmed = Batch.objects.filter(confirmed_at__isnull=False)[:_BATCHES_OFFERED]
    return [(str(one.pk), f"{one} ({date_format(localtime(one.created_at), 'j M')})") for one in confirmed]


class _AnyBatch(ChoiceField):
    """The latest are offered; an older one may stand in the address."""

    def valid_value(self, value: object) -> bool:
        return str(value).isdecimal() and len(str(value)) < 10


class _BatchFilter(django_filters.ChoiceFilter):
    field_class = _AnyBatch


class CandidateFilter(django_filters.FilterSet):
    """The page's. Whatever is asked for stands in the address, and so can be sent to somebody else."""

    q = django_filters.CharFilter(
        label=_("Name, email, own number, test ID, Assigned-to"),
        method="search",
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = django_filters.ChoiceFilter(label=_("Here"), choices=STATE_WORDS, empty_label=_("Any"))
    itep_status = django_filters.ChoiceFilter(label=_("At iTEP"), choices=_STATUSES, empty_label=_("Any"))
    product = django_filters.ModelChoiceFilter(
        label=_("Product"), queryset=Product.objects.all(), to_field_name="code", empty_label=_("Any")
    )
    needs = django_filters.ChoiceFilter(
        label=_("Needs a person"), choices=attention.KINDS, method="needing", empty_label=_("Any")
    )
    payer = django_filters.ModelChoiceFilter(
        label=_("Payer"), queryset=Payer.objects.all(), to_field_name="code", empty_label=_("Any")
    )
    origin = django_filters.ChoiceFilter(
        label=_("How it came"), choices=list(origins.WORDS.items()), empty_label=_("Any")
    )
    started = django_filters.ChoiceFilter(
        label=_("Started by"), choices=origins.starters, method="by_whom", empty_label=_("Anybody")
    )
    batch = _BatchFilter(label=_("Batch"), choices=_latest_batches, empty_label=_("Any"))
    created_from = django_filters.DateFilter(label=_("Asked for from"), method="since", widget=_DAY)
    created_to = django_filters.DateFilter(label=_("Asked for until"), method="until", widget=_DAY)
    deadline_from = django_filters.DateFilter(
        label=_("Deadline from"), field_name="deadline", lookup_expr="gte", widget=_DAY
    )
    deadline_to = django_filters.DateFilter(
        label=_("Deadline until"), field_name="deadline", lookup_expr="lte", widget=_DAY
    )
    # Behind "More filters", unless one of them is in use.
    MORE = (
        *("payer", "origin", "started", "batch"),
        *("created_from", "created_to", "deadline_from", "deadline_to"),
    )

    class Meta:
        model = Fulfillment
        fields: tuple[str, ...] = ()

    def search(self, rows: Rows, name: str, value: str) -> Rows:
        return rows.filter(queries.search(value)) if value.strip() else rows

    def needing(self, rows: Rows, name: str, value: str) -> Rows:
        return rows.filter(attention.needing(value))

    def by_whom(self, rows: Rows, name: str, value: str) -> Rows:
        return rows.filter(origins.started(value))

    def since(self, rows: Rows, name: str, value: date) -> Rows:
        return rows.filter(created_at__gte=midnight(value))

    def until(self, rows: Rows, name: str, value: date) -> Rows:
        """The whole of that day, as the reader's clock has it."""
        return rows.filter(created_at__lt=midnight(value + timedelta(days=1)))

    def in_use(self) -> dict[str, Any]:
        """The filters that narrow, each with its value."""
        self.form.is_valid()  # what makes no sense is left out
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "")}

    def words(self) -> list[tuple[str, str, str]]:
        """Name, label and value in words of each filter in use."""
        return [(name, str(self.form.fields[name].label), self._word(name, one)) for name, one in self.in_use().items()]

    def _word(self, name: str, value: Any) -> str:
        if isinstance(value, date):
            return date_format(value, "j M Y")
        if name == "batch":
            return str(Batch.objects.filter(pk=value).first() or value)
        offered = dict(getattr(self.form.fields[name], "choices", ()) if isinstance(value, str) else ())
        return str(offered.get(value, value))


class ApiFilter(django_filters.FilterSet):
    """The API's: what a system asks for, exact."""

    state = django_filters.ChoiceFilter(choices=State.choices)
    itep_status = django_filters.ChoiceFilter(choices=[(one.value, one.value) for one in Status])
    product = django_filters.CharFilter(field_name="product__code")
    payer = django_filters.CharFilter(field_name="payer__code")
    external_id = django_filters.CharFilter()
    reference = django_filters.CharFilter()
    email = django_filters.CharFilter(lookup_expr="iexact")
    created_after = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_before = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")
    updated_after = django_filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = Fulfillment
        fields: tuple[str, ...] = ()

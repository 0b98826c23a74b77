"""Filters over current results, the same for the page, the export and the API."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access.models import Payer
from inventory.models import Product
from results import queries
from results.models import Result, ResultState

STATES = [
    (ResultState.PROVISIONAL, _("Provisional")),
    (ResultState.FINAL, _("Final")),
    (ResultState.HELD, _("Held back")),
    (ResultState.WITHDRAWN, _("Taken back")),
]
_DAY = forms.DateInput(attrs={"type": "date"})
_LEVEL = forms.NumberInput(attrs={"min": 0, "max": 6, "step": "0.1", "inputmode": "decimal"})


class ResultFilter(filters.FilterSet):
    """What people narrow the list by."""

    q = filters.CharFilter(method="search", label=_("Search"), widget=forms.TextInput(attrs={"type": "search"}))
    product = filters.ModelChoiceFilter(
        field_name="fulfillment__product",
        queryset=Product.objects.all(),
        to_field_name="code",
        label=_("Product"),
        empty_label=_("All"),
    )
    payer = filters.ModelChoiceFilter(
        field_name="fulfillment__payer",
        queryset=Payer.objects.all(),
        to_field_name="code",
        label=_("Payer"),
        empty_label=_("All"),
    )
    state = filters.ChoiceFilter(choices=STATES, label=_("State"), empty_label=_("All"))
    since = filters.DateFilter(field_name="received_at", lookup_expr="date__gte", label=_("From"), widget=_DAY)
    until = filters.DateFilter(field_name="received_at", lookup_expr="date__lte", label=_("To"), widget=_DAY)
    level_from = filters.NumberFilter(
        field_name="overall_level", lookup_expr="gte", label=_("Level from"), widget=_LEVEL
    )
    level_to = filters.NumberFilter(field_name="overall_level", lookup_expr="lte", label=_("Level to"), widget=_LEVEL)

    class Meta:
        model = Result
        fields: tuple[str, ...] = ()

    def search(self, results: QuerySet[Result], name: str, value: str) -> QuerySet[Result]:
        return queries.search(results, value)

    def narrowing(self) -> list[str]:
        """The names of the filters in use, for the audit trail: not what was searched for."""
        cleaned: dict[str, Any] = self.form.cleaned_data if self.form.is_valid() else {}
        return sorted(name for name, value in cleaned.items() if value not in (None, ""))


class ApiResultFilter(filters.FilterSet):
    """What a system narrows `/api/v1/results` by."""

    oid = filters.UUIDFilter(field_name="fulfillment__oid")
    test_id = filters.CharFilter(field_name="test_id", lookup_expr="iexact")
    product = filters.CharFilter(field_name="fulfillment__product__code")
    payer = filters.CharFilter(field_name="fulfillment__payer__code")
    reference = filters.CharFilter(field_name="fulfillment__reference")
    external_id = filters.CharFilter(field_name="fulfillment__external_id")
    state = filters.ChoiceFilter(choices=STATES)
    received_after = filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="gt")
    received_before = filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="lt")

    class Meta:
        model = Result
        fields: tuple[str, ...] = ()

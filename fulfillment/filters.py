"""Filters of the list of candidates, for the page and the API alike."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access.models import Payer
from fulfillment import queries
from fulfillment.models import Fulfillment, State
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


class CandidateFilter(django_filters.FilterSet):
    """The page's."""

    q = django_filters.CharFilter(label=_("Name, email, own number, test ID"), method="search")
    state = django_filters.ChoiceFilter(label=_("Here"), choices=STATE_WORDS, empty_label=_("Any"))
    itep_status = django_filters.ChoiceFilter(
        label=_("At iTEP"), choices=[(one.value, one.value.capitalize()) for one in Status], empty_label=_("Any")
    )
    product = django_filters.ModelChoiceFilter(
        label=_("Product"), queryset=Product.objects.all(), to_field_name="code", empty_label=_("Any")
    )
    payer = django_filters.ModelChoiceFilter(
        label=_("Payer"), queryset=Payer.objects.all(), to_field_name="code", empty_label=_("Any")
    )
    needs = django_filters.ChoiceFilter(
        label=_("Attention"), choices=[("1", _("Needs a person"))], method="needing", empty_label=_("Any")
    )

    class Meta:
        model = Fulfillment
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Fulfillment], name: str, value: str) -> QuerySet[Fulfillment]:
        return rows.filter(queries.search(value)) if value.strip() else rows

    def needing(self, rows: QuerySet[Fulfillment], name: str, value: str) -> QuerySet[Fulfillment]:
        return rows.filter(queries.NEEDS_A_PERSON).distinct() if value else rows


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

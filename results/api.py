"""`/api/v1/results`: results as other systems read them (DESIGN.md section 7)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from access.api_keys import BearerKey, HasScope, visible_payers
from access.models import ApiClient, Scope
from access.pages import Pages
from results import queries
from results.filters import ApiResultFilter
from results.models import Result


class SectionData(serializers.Serializer[dict[str, Any]]):
    """One section, as iTEP sent it."""

    level = serializers.FloatField(allow_null=True)
    score = serializers.FloatField(allow_null=True)
    cefr = serializers.CharField(allow_null=True)


class ResultData(serializers.Serializer[Result]):
    """A result. Levels and scores are numbers or null; nothing is derived."""

    oid = serializers.UUIDField(source="fulfillment.oid", default=None, allow_null=True)
    test_id = serializers.CharField()
    state = serializers.CharField()
    itep_status = serializers.SerializerMethodField()
    overall_level = serializers.FloatField(allow_null=True)
    overall_cefr = serializers.SerializerMethodField()
    sections = serializers.SerializerMethodField()
    test_date = serializers.DateField(allow_null=True)
    duration_minutes = serializers.IntegerField(allow_null=True)
    score_report_url = serializers.SerializerMethodField()
    received_at = serializers.DateTimeField()

    def get_itep_status(self, result: Result) -> str | None:
        return result.itep_status or None

    def get_overall_cefr(self, result: Result) -> str | None:
        return result.overall_cefr or None

    @extend_schema_field(serializers.DictField(child=SectionData()))
    def get_sections(self, result: Result) -> dict[str, dict[str, float | str | None]]:
        return {
            one.name: {"level": _number(one.level), "score": _number(one.score), "cefr": one.cefr or None}
            for one in queries.sections_of(result)
        }

    def get_score_report_url(self, result: Result) -> str | None:
        """As iTEP sent it: whoever opens it should know the host."""
        return result.score_report_url or None


def _number(number: object) -> float | None:
    return None if number is None else float(str(number))


class ByArrival(Pages):
    """The latest first. A result whose revision changes moves to the front."""

    ordering = ("-received_at", "-id")


class _Results(GenericAPIView[Result]):
    """What both views share: who may read, and what they see."""

    authentication_classes = (BearerKey,)
    permission_classes = (HasScope(Scope.RESULTS),)
    serializer_class = ResultData

    def get_queryset(self) -> QuerySet[Result]:
        """Current results; to a client limited to payers theirs, once released."""
        results = queries.current()
        client = self.request.auth
        if not isinstance(client, ApiClient):
            return results.none()  # the schema is drawn without anybody asking
        payers = visible_payers(client)
        return results if payers is None else results.filter(fulfillment__payer__in=payers, released_at__isnull=False)


class ResultList(ListModelMixin, _Results):
    """Current results, the latest first."""

    pagination_class = ByArrival
    filterset_class = ApiResultFilter
    filter_backends = (DjangoFilterBackend,)

    def get(self, request: Request) -> Response:
        return self.list(request)


class ResultOfOid(RetrieveModelMixin, _Results):
    """The current result of one fulfillment."""

    lookup_field = "fulfillment__oid"
    lookup_url_kwarg = "oid"

    def get(self, request: Request, oid: UUID) -> Response:
        return self.retrieve(request)

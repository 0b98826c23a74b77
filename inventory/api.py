"""The API's doors to products and test IDs (DESIGN.md section 7)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request

from access.api_keys import HasScope, has_scope
from access.models import ApiClient, Scope
from access.pages import Pages
from inventory import queries, visibility
from inventory.models import Product, TestID


class ProductShape(serializers.Serializer[Product]):
    """`available` counts the test IDs that can be given now."""

    code = serializers.CharField()
    name = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    delivery = serializers.CharField()
    calls = serializers.CharField()
    needs_password = serializers.BooleanField()
    paused = serializers.SerializerMethodField()
    available = serializers.SerializerMethodField()

    def get_paused(self, product: Product) -> bool:
        return product.paused_at is not None

    def get_available(self, product: Product) -> int:
        return int(self.context["available"].get(product.pk, 0))


class TestIDShape(serializers.Serializer[TestID]):
    """`assigned_to` needs the scope `secrets`; `fulfillment` is told once the ID can no longer move."""

    test_id = serializers.CharField()
    product = serializers.CharField(source="product.code")
    state = serializers.ChoiceField(choices=queries.STATES)
    itep_status = serializers.SerializerMethodField()
    assigned_to = serializers.SerializerMethodField()
    fulfillment = serializers.SerializerMethodField()

    def get_itep_status(self, row: TestID) -> str | None:
        """The latest word: a webhook's, or the panel's."""
        told_later = row.progress and row.progress_at is not None and row.progress_at >= row.last_word_at  # type: ignore[attr-defined]
        return (row.progress if told_later else row.status or row.progress) or None

    def get_assigned_to(self, row: TestID) -> str | None:
        return row.assigned_to if has_scope(self.context["request"].auth, Scope.SECRETS) else None

    def get_fulfillment(self, row: TestID) -> str | None:
        oid = queries.oid_shown(row)
        return None if oid is None else str(oid)


class _ByCode(Pages):
    ordering = "code"


class _ByTestID(Pages):
    ordering = "test_id"


@extend_schema_view(get=extend_schema(operation_id="products"))
class Products(ListAPIView[Product]):
    """Every product, with what can be given of it now."""

    permission_classes = [HasScope(Scope.READ)]
    serializer_class = ProductShape
    pagination_class = _ByCode

    def get_queryset(self) -> QuerySet[Product]:
        return queries.products()

    def get_serializer_context(self) -> dict[str, Any]:
        available = {card.product.pk: card.available for card in queries.stock_by_product()}
        return {**super().get_serializer_context(), "available": available}


def _visible(request: Request, filters: queries.Filters) -> QuerySet[TestID]:
    """What this client may see. Assigned-to is decrypted only for whom it is told."""
    if not isinstance(request.auth, ApiClient):
        return TestID.objects.none()
    rows = visibility.test_ids_for(request.auth, queries.test_ids(filters))
    return rows.defer(None).defer("password", "other") if has_scope(request.auth, Scope.SECRETS) else rows


@extend_schema_view(
    get=extend_schema(
        operation_id="test_ids",
        parameters=[
            OpenApiParameter("product", description="Code of a product."),
            OpenApiParameter("state", enum=queries.STATES),
            OpenApiParameter("search", description="A part of the test ID."),
        ],
    )
)
class TestIDs(ListAPIView[TestID]):
    """The test IDs that this client may see: all, or those held for its payers."""

    permission_classes = [HasScope(Scope.READ)]
    serializer_class = TestIDShape
    pagination_class = _ByTestID

    def get_queryset(self) -> QuerySet[TestID]:
        product, state, search = (self.request.query_params.get(one, "") for one in ("product", "state", "search"))
        if state and state not in queries.STATES:
            raise ValidationError({"state": [f"One of {', '.join(queries.STATES)}."]})
        return _visible(self.request, queries.Filters(product, state, search))


@extend_schema_view(get=extend_schema(operation_id="test_id"))
class OneTestID(RetrieveAPIView[TestID]):
    """One test ID."""

    permission_classes = [HasScope(Scope.READ)]
    serializer_class = TestIDShape

    def get_object(self) -> Any:
        row = _visible(self.request, queries.Filters()).filter(test_id=self.kwargs["test_id"]).first()
        if row is None:
            raise Http404
        return row

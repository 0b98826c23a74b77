"""`/api/v1/fulfillments` and what hangs from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import idempotency
from access.actors import Actor
from access.api_keys import BearerKey, HasScope
from access.models import ApiClient, Scope
from access.pages import Pages
from access.problems import Problem, pointed
from fulfillment import acts, queries
from fulfillment.api import answers, asking, requests
from fulfillment.api.refusals import as_problems
from fulfillment.filters import ApiFilter
from fulfillment.models import Fulfillment

READ = HasScope(Scope.READ)
PROVISION = HasScope(Scope.PROVISION)
DRY_RUN = OpenApiParameter("dry_run", bool, description="1: says what would happen, and does nothing.")
FILTERS: tuple[str, ...] = tuple(ApiFilter.base_filters)  # type: ignore[attr-defined]
KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="Repeats get the first answer.")


class Door(APIView):
    """A view for API clients; `request.auth` is the client."""

    authentication_classes = (BearerKey,)
    scopes: dict[str, type[BasePermission]] = {}

    def get_permissions(self) -> list[BasePermission]:
        return [self.scopes.get(self.request.method or "", PROVISION)()]


def client_of(request: Request) -> ApiClient:
    assert isinstance(request.auth, ApiClient)
    return request.auth


def found(request: Request, oid: UUID) -> Fulfillment:
    """Nothing and nothing that this client may see are the same."""
    try:
        return queries.one(oid, client_of(request))
    except Fulfillment.DoesNotExist as error:
        raise Http404 from error


class Fulfillments(Door):
    scopes = {"GET": READ}

    @extend_schema(
        operation_id="fulfillments_list",
        parameters=[OpenApiParameter(name, str) for name in (*FILTERS, "cursor", "limit")],
        responses=answers.FulfillmentPageOut,
    )
    def get(self, request: Request) -> Response:
        client, pages = client_of(request), Pages()
        filtered = ApiFilter(request.query_params, queries.fulfillments(client))
        if not filtered.is_valid():  # type: ignore[no-untyped-call]
            raise Problem("validation-error", "A filter does not fit.", errors=pointed(dict(filtered.errors)))
        rows: list[Fulfillment] = pages.paginate_queryset(filtered.qs.order_by("id"), request, self) or []
        return pages.get_paginated_response([answers.fulfillment(one, client) for one in rows])

    @extend_schema(
        operation_id="fulfillments_create",
        request=requests.FulfillmentIn,
        parameters=[DRY_RUN, KEY],
        responses={201: answers.FulfillmentOut, 200: answers.FulfillmentOut},
    )
    def post(self, request: Request) -> Response:
        if request.query_params.get("dry_run") in ("1", "true"):
            return Response(asking.would_give(client_of(request), request.data))
        return idempotency.once(request, "fulfillments", lambda: _give(request))


def _give(request: Request) -> Response:
    client = client_of(request)
    one = asking.give(client, request.data)
    answer = answers.fulfillment(queries.one(one.oid, client), client)
    return Response(answer, status=status.HTTP_201_CREATED, headers={"Location": answer["links"]["self"]})


class OneFulfillment(Door):
    scopes = {"GET": READ}

    @extend_schema(operation_id="fulfillments_read", responses=answers.FulfillmentOut)
    def get(self, request: Request, oid: UUID) -> Response:
        return Response(answers.fulfillment(found(request, oid), client_of(request)))


class Cancel(Door):
    @extend_schema(
        operation_id="fulfillments_cancel",
        request=requests.ReasonIn,
        parameters=[KEY],
        responses=answers.FulfillmentOut,
    )
    def post(self, request: Request, oid: UUID) -> Response:
        return idempotency.once(request, f"cancel {oid}", lambda: _act(request, oid, acts.cancel))


class Resend(Door):
    @extend_schema(
        operation_id="fulfillments_resend",
        request=requests.ReasonIn,
        parameters=[KEY],
        responses=answers.FulfillmentOut,
    )
    def post(self, request: Request, oid: UUID) -> Response:
        return idempotency.once(request, f"resend {oid}", lambda: _act(request, oid, acts.resend))


def _act(request: Request, oid: UUID, act: Callable[..., Fulfillment]) -> Response:
    asked = requests.ReasonIn(data=request.data)
    asked.is_valid(raise_exception=True)
    client = client_of(request)
    found(request, oid)
    with as_problems():
        act(oid=oid, actor=Actor.api(client), reason=asked.validated_data.get("reason") or "")
    return Response(answers.fulfillment(queries.one(oid, client), client))


class Bulk(Door):
    @extend_schema(
        operation_id="fulfillments_bulk", request=requests.BulkIn, parameters=[DRY_RUN, KEY], responses=answers.BulkOut
    )
    def post(self, request: Request) -> Response:
        asked = requests.BulkIn(data=request.data)
        asked.is_valid(raise_exception=True)
        items, dry = asked.validated_data["items"], request.query_params.get("dry_run") in ("1", "true")
        return idempotency.once(request, "bulk", lambda: _bulk(request, items, dry=dry))


def _bulk(request: Request, items: list[Any], *, dry: bool) -> Response:
    """Each item as if it came alone: one that is refused leaves the others as they are."""
    client = client_of(request)
    results = [{"index": index} | _one_of_many(client, item, dry=dry) for index, item in enumerate(items)]
    return Response({"results": results})


def _one_of_many(client: ApiClient, item: Any, *, dry: bool) -> dict[str, Any]:
    try:
        if dry:
            return {"status": status.HTTP_200_OK, "fulfillment": asking.would_give(client, item)}
        with transaction.atomic():
            one = asking.give(client, item)
            answer = answers.fulfillment(queries.one(one.oid, client), client)
        return {"status": status.HTTP_201_CREATED, "fulfillment": answer}
    except Problem as problem:
        return {"status": problem.status, "error": problem.body()}

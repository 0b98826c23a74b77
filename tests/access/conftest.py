"""Clients of the API, and a small API of the test's own."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import Http404
from django.urls import path
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from access import api_keys, idempotency
from access.api_keys import HasScope
from access.models import ApiClient, Payer, Scope
from access.problems import Problem

RUNS: list[Any] = []


class Person(serializers.Serializer[Any]):
    name = serializers.CharField()
    email = serializers.EmailField(required=False)


class Order(serializers.Serializer[Any]):
    person = Person()
    items = serializers.ListField(child=serializers.IntegerField(), required=False)


class Orders(APIView):
    """POST does what the body says: makes a payer, then answers, refuses or breaks."""

    permission_classes = [HasScope(Scope.PROVISION)]

    def post(self, request: Request) -> Response:
        return idempotency.once(request, "orders", lambda: self._order(request))

    def _order(self, request: Request) -> Response:
        RUNS.append(request.data)
        code = f"made-{len(RUNS)}"
        Payer.objects.create(code=code, name=code)
        wish = dict(request.data).get("wish")
        if wish == "refuse":
            raise Problem("duplicate-candidate", oid="o-1")
        if wish == "answer 409":
            return Response({"no": 1}, status=409)
        if wish == "not found":
            raise Http404
        if wish == "break":
            raise ValueError("a secret")
        return Response({"code": code}, status=201, headers={"Location": f"/orders/{code}"})


class Faults(APIView):
    permission_classes = [HasScope(Scope.READ)]

    def get(self, request: Request) -> Response:
        match request.query_params["fault"]:
            case "validation":
                Order(data={"person": {"email": "x"}, "items": [1, "a"]}).is_valid(raise_exception=True)
            case "throttled":
                raise exceptions.Throttled(wait=7)
            case "missing":
                raise Http404
            case _:
                raise ValueError("a secret")
        raise AssertionError


urlpatterns = [path("api/v1/orders", Orders.as_view()), path("api/v1/faults", Faults.as_view())]


@pytest.fixture(autouse=True)
def no_runs() -> None:
    RUNS.clear()


@pytest.fixture
def api(db: None) -> APIClient:
    client = ApiClient.objects.create(name="careers", scopes=["provision", "read"])
    caller = APIClient(raise_request_exception=False)
    caller.credentials(HTTP_AUTHORIZATION=f"Bearer {api_keys.make_key(client)}")
    return caller

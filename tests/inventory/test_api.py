"""`/api/v1/products` and `/api/v1/test-ids`: shapes to the letter, and who sees what."""

from typing import Any
from uuid import uuid4

import pytest
from django.db.models import QuerySet
from rest_framework.test import APIClient

from access.api_keys import make_key
from access.models import ApiClient, Payer
from inventory import visibility
from inventory.models import Claim, ClaimState, Holding, Product, TestID
from tests.conftest import stock

pytestmark = pytest.mark.django_db


def caller(*scopes: str, payer: Payer | None = None) -> APIClient:
    client = ApiClient.objects.create(name="-".join(["of", *scopes]), scopes=list(scopes))
    if payer:
        client.payers.add(payer)
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {make_key(client)}")
    return api


def hold(row: TestID, state: ClaimState) -> Claim:
    from django.utils import timezone

    now = timezone.now()
    times = {"call_began_at": now, "confirmed_at": now} if state == ClaimState.CONFIRMED else {}
    claim = Claim.objects.create(oid=uuid4(), product=row.product, source="inventory", state=state, **times)
    TestID.objects.filter(pk=row.pk).update(holder=claim, holding=Holding.CURRENT, assigned_to=f"to {claim.oid}")
    return claim


def test_products_with_what_can_be_given(academic: Product, called: Product) -> None:
    stock(academic, 3)
    answer = caller("read").get("/api/v1/products").json()
    assert (answer["next"], answer["previous"]) == (None, None)
    assert answer["results"][0] == {
        "code": "ACAD-PLUS",
        "name": "iTEP Academic-Plus",
        "source": "inventory",
        "delivery": "portal",
        "calls": "manual",
        "needs_password": False,
        "paused": False,
        "available": 3,
    }
    assert [(one["code"], one["available"]) for one in answer["results"]] == [("ACAD-PLUS", 3), ("BUS-PLUS", 0)]
    assert "key-of-business" not in str(answer)


def test_a_test_id_reads_as_designed(academic: Product) -> None:
    free, claimed, assigned = stock(academic, 3)
    hold(claimed, ClaimState.RESERVED)
    claim = hold(assigned, ClaimState.CONFIRMED)
    results = caller("read").get("/api/v1/test-ids").json()["results"]
    shape = {"product": "ACAD-PLUS", "itep_status": "ready", "assigned_to": None}
    assert results == [
        {"test_id": free.test_id, "state": "available", "fulfillment": None, **shape},
        {"test_id": claimed.test_id, "state": "claimed", "fulfillment": None, **shape},
        {"test_id": assigned.test_id, "state": "assigned", "fulfillment": str(claim.oid), **shape},
    ]
    secret = caller("read", "secrets").get(f"/api/v1/test-ids/{assigned.test_id}").json()
    assert secret == results[2] | {"assigned_to": f"to {claim.oid}"}


def test_a_list_is_filtered_and_paged(academic: Product, called: Product) -> None:
    stock(academic, 5)
    stock(called, 2)
    api = caller("read")

    def ids(query: str) -> Any:
        return [one["test_id"] for one in api.get(f"/api/v1/test-ids?{query}").json()["results"]]

    assert ids("product=BUS-PLUS") == ["BUSPLUS0001", "BUSPLUS0002"]
    assert ids("state=assigned") == []
    assert ids("search=plus0002") == ["ACADPLUS0002", "BUSPLUS0002"]
    first = api.get("/api/v1/test-ids?limit=4").json()
    second = api.get(first["next"]).json()
    assert [len(page["results"]) for page in (first, second)] == [4, 3]
    assert (first["previous"], second["next"]) == (None, None)
    wrong = api.get("/api/v1/test-ids?state=lost")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/state")


def test_a_client_of_a_payer_sees_its_own_alone(academic: Product, hr: Payer, monkeypatch: pytest.MonkeyPatch) -> None:
    free, theirs, mine = stock(academic, 3)
    hold(theirs, ClaimState.CONFIRMED)
    own = hold(mine, ClaimState.CONFIRMED)

    def oids_of(payers: QuerySet[Payer]) -> Any:
        assert list(payers) == [hr]
        return Claim.objects.filter(pk=own.pk).values("oid")

    monkeypatch.setattr(visibility, "_oids_of", [oids_of])
    api = caller("read", payer=hr)
    assert [one["test_id"] for one in api.get("/api/v1/test-ids").json()["results"]] == [mine.test_id]
    assert [api.get(f"/api/v1/test-ids/{one.test_id}").status_code for one in (free, theirs, mine)] == [404, 404, 200]
    monkeypatch.setattr(visibility, "_oids_of", [])
    assert api.get("/api/v1/test-ids").json()["results"] == []


@pytest.mark.parametrize("path", ["products", "test-ids", "test-ids/X"])
def test_the_scope_is_needed(path: str, academic: Product) -> None:
    assert caller("provision").get(f"/api/v1/{path}").status_code == 403
    assert APIClient().get(f"/api/v1/{path}").status_code == 401
    assert caller("read").post(f"/api/v1/{path}", {}).status_code == 405

"""`/api/v1/results`, as DESIGN.md section 7 says."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from access.api_keys import make_key
from access.models import ApiClient, Payer
from fulfillment.models import Fulfillment
from inventory.models import Product
from tests.given import given
from tests.results.conftest import recorded

pytestmark = pytest.mark.django_db


@pytest.fixture
def everything(db: None) -> ApiClient:
    return ApiClient.objects.create(name="all", scopes=["results"])


def get(client: ApiClient, path: str = "", status: int = 200) -> Any:
    answer = Client().get("/api/v1/results" + path, headers={"Authorization": f"Bearer {make_key(client)}"})
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_result_reads_to_the_letter(ana: Fulfillment, everything: ApiClient) -> None:
    recorded(
        ana,
        Overall_Level="3.1",
        Overall_cefr="B1",
        Reading_Level="4.0",
        Reading_Score="70",
        Writing_cefr="A2",
        Duration="84",
        TestDate="3/9/2026",
        score_report_url="https://reports.example/r?x=1",
    )
    assert get(everything) == {
        "next": None,
        "previous": None,
        "results": [
            {
                "oid": str(ana.oid),
                "test_id": "ID1",
                "state": "final",
                "itep_status": "completed",
                "overall_level": 3.1,
                "overall_cefr": "B1",
                "sections": {
                    "Reading": {"level": 4.0, "score": 70.0, "cefr": None},
                    "Writing": {"level": None, "score": None, "cefr": "A2"},
                },
                "test_date": "2026-03-09",
                "duration_minutes": 84,
                "score_report_url": "https://reports.example/r?x=1",
                "received_at": "2026-11-22T08:00:00Z",
            }
        ],
    }


def test_what_itep_did_not_send_is_null(everything: ApiClient) -> None:
    recorded(None, test_id="OUT1", Status="Finished")
    (result,) = get(everything)["results"]
    assert result == {
        **dict.fromkeys(("oid", "overall_level", "overall_cefr", "test_date", "duration_minutes", "score_report_url")),
        "test_id": "OUT1",
        "state": "provisional",
        "itep_status": "finished",
        "sections": {},
        "received_at": "2026-11-22T08:00:00Z",
    }


def test_only_the_current_revision_is_listed(ana: Fulfillment, everything: ApiClient) -> None:
    recorded(ana, Status="Finished")
    recorded(ana, minutes=1)
    recorded(ana, Status="Invalidated", minutes=2)
    assert [one["state"] for one in get(everything)["results"]] == ["withdrawn"]
    assert get(everything, f"/{ana.oid}")["state"] == "withdrawn"


def test_a_client_of_a_payer_sees_its_own_once_released(
    ana: Fulfillment, academic: Product, hr: Payer, hr_client: ApiClient, everything: ApiClient
) -> None:
    mine = given(academic, "ID2", payer=hr)
    others = given(academic, "ID3", payer=Payer.objects.create(code="other"))
    for fulfillment, test_id in ((ana, "ID1"), (others, "ID3")):
        recorded(fulfillment, test_id=test_id)
    recorded(mine, test_id="ID2", Status="Finished")
    assert get(hr_client)["results"] == []
    get(hr_client, f"/{mine.oid}", status=404)
    recorded(mine, test_id="ID2", minutes=1)
    assert [one["test_id"] for one in get(hr_client)["results"]] == ["ID2"]
    assert get(hr_client, f"/{mine.oid}")["state"] == "final"
    recorded(mine, test_id="ID2", Status="Invalidated", minutes=2)
    assert [one["state"] for one in get(hr_client)["results"]] == ["withdrawn"]
    get(hr_client, f"/{others.oid}", status=404)
    get(hr_client, f"/{ana.oid}", status=404)
    assert len(get(everything)["results"]) == 3


def test_it_needs_a_key_with_the_scope(ana: Fulfillment) -> None:
    recorded(ana)
    assert Client().get("/api/v1/results").status_code == 401
    reader = ApiClient.objects.create(name="reader", scopes=["read", "provision", "secrets"])
    problem = get(reader, status=403)
    assert "results" in problem["detail"]
    assert "results" not in problem
    get(reader, f"/{ana.oid}", status=403)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=final", ["ID1"]),
        ("state=provisional", ["ID2"]),
        ("product=BUS-PLUS", ["ID2"]),
        ("payer=hr", ["ID2"]),
        ("test_id=id1", ["ID1"]),
        ("reference=req-1", ["ID1"]),
        ("external_id=hr-77", ["ID1"]),
        ("received_after=2026-11-22T08:00:30Z", ["ID2"]),
        ("received_before=2026-11-22T08:00:30Z", ["ID1"]),
    ],
)
def test_filters(
    ana: Fulfillment, called: Product, hr: Payer, everything: ApiClient, query: str, expected: list[str]
) -> None:
    recorded(ana)
    recorded(given(called, "ID2", payer=hr), test_id="ID2", Status="Finished", minutes=1)
    assert [one["test_id"] for one in get(everything, f"?{query}")["results"]] == expected


def test_a_bad_filter_is_refused(everything: ApiClient) -> None:
    get(everything, "?state=nonsense", status=422)
    get(everything, "?oid=nonsense", status=422)


def test_pages_by_cursor(academic: Product, everything: ApiClient) -> None:
    for number in range(5):
        recorded(given(academic, f"ID{number}"), test_id=f"ID{number}", minutes=number)
    first = get(everything, "?limit=2")
    assert [one["test_id"] for one in first["results"]] == ["ID4", "ID3"]
    second = get(everything, "?" + first["next"].partition("?")[2])
    assert [one["test_id"] for one in second["results"]] == ["ID2", "ID1"]
    assert second["previous"] is not None

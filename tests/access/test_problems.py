"""Every refusal of the API is a problem, with a page behind its type."""

from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import include, path
from rest_framework.test import APIClient

from access.problem_types import TYPES
from tests.access import conftest

urlpatterns = [*conftest.urlpatterns, path("help/errors/", include("access.help_urls"))]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def problem(response: Any, status: int, slug: str) -> dict[str, Any]:
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    body: dict[str, Any] = response.json()
    assert body["type"] == f"https://portal.example.org/help/errors/{slug}/"
    assert (body["status"], body["title"]) == (status, TYPES[slug].title)
    assert body["instance"] == f"urn:uuid:{response['X-Request-ID']}"
    assert "a secret" not in response.content.decode()
    return body


@pytest.fixture(autouse=True)
def at_home() -> Any:
    with override_settings(PORTAL_URL="https://portal.example.org"):
        yield


def test_every_fault_of_the_body_at_once_with_its_pointer(api: APIClient) -> None:
    body = problem(api.get("/api/v1/faults?fault=validation"), 422, "validation-error")
    assert [error["pointer"] for error in body["errors"]] == ["/person/name", "/person/email", "/items/1"]
    assert all(error["detail"] for error in body["errors"])


def test_own_refusals_carry_what_helps(api: APIClient) -> None:
    body = problem(api.post("/api/v1/orders", {"wish": "refuse"}), 409, "duplicate-candidate")
    assert body["oid"] == "o-1"


@pytest.mark.parametrize(("fault", "status", "slug"), [("missing", 404, "not-found"), ("bug", 500, "internal-error")])
def test_what_the_framework_refuses(fault: str, status: int, slug: str, api: APIClient) -> None:
    problem(api.get(f"/api/v1/faults?fault={fault}"), status, slug)


def test_too_many_requests_say_when_to_come_back(api: APIClient) -> None:
    response = api.get("/api/v1/faults?fault=throttled")
    problem(response, 429, "too-many-requests")
    assert response["Retry-After"] == "8"


def test_an_unknown_address_below_the_api(api: APIClient) -> None:
    problem(api.get("/api/v1/nothing"), 404, "not-found")


def test_an_unknown_address_elsewhere_is_a_page(client: Client) -> None:
    assert client.get("/nothing")["Content-Type"].startswith("text/html")


def test_other_methods_and_other_bodies(api: APIClient) -> None:
    problem(api.get("/api/v1/orders"), 405, "method-not-allowed")
    problem(api.post("/api/v1/orders", "<a/>", content_type="application/xml"), 415, "unsupported-media-type")
    problem(api.post("/api/v1/orders", "{", content_type="application/json"), 400, "bad-request")
    problem(api.post("/api/v1/orders", "[" * 200_000, content_type="application/json"), 400, "bad-request")
    assert conftest.RUNS == []


def test_too_large_a_body(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("access.middleware.LONGEST_BODY", 10)
    problem(api.post("/api/v1/orders", {"wish": "a long one"}), 413, "payload-too-large")
    assert conftest.RUNS == []


@pytest.mark.parametrize("header", ["", "Bearer itep_wrong", "Bearer ", "Basic YTpi"])
def test_without_a_key(header: str) -> None:
    response = APIClient().get("/api/v1/faults?fault=missing", headers={"Authorization": header})
    problem(response, 401, "not-authenticated")
    assert response["WWW-Authenticate"].startswith("Bearer ")


def test_without_the_scope(api: APIClient) -> None:
    from access.models import ApiClient

    ApiClient.objects.update(scopes=["read"])
    body = problem(api.post("/api/v1/orders", {}), 403, "not-allowed")
    assert body["detail"] == "The scope provision is needed."
    assert conftest.RUNS == []


@pytest.mark.parametrize("slug", list(TYPES))
def test_every_type_has_a_page(slug: str, client: Client) -> None:
    page = client.get(f"/help/errors/{slug}/").content.decode()
    assert TYPES[slug].title in page
    assert slug in client.get("/help/errors/").content.decode()


def test_an_unknown_type_has_none(client: Client) -> None:
    assert client.get("/help/errors/nothing/").status_code == 404

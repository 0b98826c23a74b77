"""`/api/v1/fulfillments` and what hangs from it (DESIGN.md section 7, "HTTP")."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from access.api_keys import make_key
from access.models import ApiClient, Payer
from fulfillment.models import Fulfillment
from inventory.models import Claim, Delivery, Product, TestID
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep

pytestmark = pytest.mark.django_db
URL = "/api/v1/fulfillments"
ANA = {"name": "Ana Silva", "email": "ana@example.org", "external_id": "hr-77", "language": "pt"}


class Caller:
    """A system with a key."""

    def __init__(self, client: ApiClient) -> None:
        self.client, self.key = Client(), make_key(client)

    def post(self, path: str = URL, data: Any = None, **headers: str) -> Any:
        return self.client.post(
            path,
            {} if data is None else data,
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.key}", **headers},
        )

    def get(self, path: str = URL) -> Any:
        return self.client.get(path, headers={"Authorization": f"Bearer {self.key}"})


@pytest.fixture
def hr_system(hr_client: ApiClient) -> Caller:
    return Caller(hr_client)


@pytest.fixture
def all_seeing(db: None) -> ApiClient:
    return ApiClient.objects.create(name="everything", scopes=["provision", "read", "secrets"])


def asked(**more: Any) -> dict[str, Any]:
    return {"product": "BUS-PLUS", "candidate": ANA} | more


def problem(response: Any) -> tuple[int, str]:
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    return response.status_code, body["type"].rstrip("/").rsplit("/", 1)[-1]


def test_what_is_asked_for_is_given(itep: PretendItep, called: Product, hr_system: Caller) -> None:
    stock(called, 1)
    deadline = (timezone.now() + timedelta(days=9)).date().isoformat()
    response = hr_system.post(
        data=asked(delivery="portal", reference="req-1", payer="hr", deadline=deadline, metadata={"site": "Lisbon"})
    )

    one = Fulfillment.objects.get()
    body = response.json()
    assert response.status_code == 201
    assert (
        response["Location"]
        == body["links"]["self"]
        == f"http://testserver{URL}/{one.oid}".replace("http://testserver", body["links"]["self"].split("/api/")[0])
    )
    assert {name: body[name] for name in ("oid", "state", "itep_status", "test_id", "test_password")} == {
        "oid": str(one.oid),
        "state": "claimed",
        "itep_status": None,
        "test_id": None,
        "test_password": None,
    }
    assert (body["product"], body["candidate"], body["payer"]) == ("BUS-PLUS", ANA, "hr")
    assert (body["reference"], body["deadline"], body["metadata"]) == ("req-1", deadline, {"site": "Lisbon"})
    assert (body["reason"], body["assigned_at"], body["sent_at"]) == (None, None, None)

    work()
    body = hr_system.get(f"{URL}/{one.oid}").json()
    assert (body["state"], body["test_id"]) == ("sent", "BUSPLUS0001")
    assert body["assigned_at"] is not None


def test_only_product_name_and_email_are_needed(called: Product, hr_system: Caller) -> None:
    response = hr_system.post(data={"product": "BUS-PLUS", "candidate": {"name": "Ana", "email": "ana@example.org"}})
    assert (response.status_code, response.json()["state"]) == (201, "waiting")
    assert response.json()["reason"] == "No test ID is available. Requests wait in order."
    assert response.json()["payer"] == "hr"


@pytest.mark.parametrize(
    ("data", "pointers"),
    [
        ({}, ["/product", "/candidate"]),
        ({"product": 7, "candidate": {"name": True}}, ["/product", "/candidate/name"]),
        (asked(product="NOPE"), ["/product"]),
        (asked(candidate={"name": "Ana"}), ["/candidate/email"]),
        (asked(candidate={"name": "Ana"}, delivery="itep"), ["/candidate/email"]),
        (asked(delivery="pigeon"), ["/delivery"]),
        (asked(deadline="12/31/2026"), ["/deadline"]),
        (asked(deadline="2020-01-01"), ["/deadline"]),
        (asked(wait="no"), ["/wait"]),
        (asked(metadata=["Lisbon"]), ["/metadata"]),
        ([], [""]),
    ],
)
def test_all_that_does_not_fit_is_pointed_at(
    called: Product, hr_system: Caller, data: Any, pointers: list[str]
) -> None:
    stock(called, 1)
    response = hr_system.post(data=data)
    assert problem(response) == (422, "validation-error")
    assert [error["pointer"] for error in response.json()["errors"]] == pointers
    assert (Claim.objects.count(), TestID.objects.available().count()) == (0, 1)


def test_a_duplicate_points_to_the_first(called: Product, hr_system: Caller) -> None:
    first = hr_system.post(data=asked()).json()
    response = hr_system.post(data=asked())
    assert problem(response) == (409, "duplicate-candidate")
    assert response.json()["oid"] == first["oid"]
    assert hr_system.post(data=asked(allow_duplicate=True)).status_code == 201
    assert Fulfillment.objects.count() == 2


def test_who_will_not_wait_is_refused(called: Product, hr_system: Caller) -> None:
    assert problem(hr_system.post(data=asked(wait=False))) == (409, "no-inventory")
    assert Claim.objects.count() == 0


def test_a_payer_of_others_is_unknown(called: Product, hr_system: Caller) -> None:
    Payer.objects.create(code="school", name="School")
    assert problem(hr_system.post(data=asked(payer="school"))) == (422, "unknown-payer")
    assert Claim.objects.count() == 0


def test_the_same_key_gets_the_first_answer(called: Product, hr_system: Caller) -> None:
    stock(called, 2)
    first = hr_system.post(data=asked(), **{"Idempotency-Key": '"k"'})
    again = hr_system.post(data=asked(), **{"Idempotency-Key": "k"})
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again["Location"] == first["Location"]
    assert Fulfillment.objects.count() == 1
    other = hr_system.post(data=asked(reference="other"), **{"Idempotency-Key": "k"})
    assert problem(other) == (422, "idempotency-key-reused")


def test_a_refusal_under_a_key_is_repeated_too(called: Product, hr_system: Caller) -> None:
    first = hr_system.post(data=asked(wait=False), **{"Idempotency-Key": "k"})
    stock(called, 1)
    again = hr_system.post(data=asked(wait=False), **{"Idempotency-Key": "k"})
    assert problem(again) == (409, "no-inventory")
    assert again.json()["type"] == first.json()["type"]
    assert Claim.objects.count() == 0


def test_a_dry_run_says_what_would_happen(called: Product, hr_system: Caller) -> None:
    stock(called, 1)
    response = hr_system.post(f"{URL}?dry_run=1", asked())
    body = response.json()
    assert (response.status_code, body["state"], body["oid"], body["links"]) == (200, "claimed", None, None)
    assert (Claim.objects.count(), TestID.objects.available().count()) == (0, 1)
    assert problem(hr_system.post(f"{URL}?dry_run=1", asked(product="NOPE"))) == (422, "validation-error")


def test_without_a_key_nothing_is_told(called: Product) -> None:
    response = Client().get(URL)
    assert problem(response) == (401, "not-authenticated")
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("scopes", "method", "status"),
    [(["read"], "post", 403), (["provision"], "get", 403), (["results"], "get", 403), (["read"], "get", 200)],
)
def test_each_door_asks_for_its_scope(
    called: Product, all_seeing: ApiClient, scopes: list[str], method: str, status: int
) -> None:
    all_seeing.scopes = scopes
    all_seeing.save()
    assert getattr(Caller(all_seeing), method)().status_code == status


def test_a_client_sees_its_payers_things_only(called: Product, hr_system: Caller, give_test: Give) -> None:
    others = give_test(called)
    assert hr_system.get().json()["results"] == []
    for path in (f"{URL}/{others.oid}", f"{URL}/{uuid4()}"):
        assert problem(hr_system.get(path)) == (404, "not-found")
    for act in ("cancel", "resend"):
        assert problem(hr_system.post(f"{URL}/{others.oid}/{act}", {"reason": "x"})) == (404, "not-found")
    assert fresh(others).state == "waiting"


def test_the_password_needs_its_scope(
    itep: PretendItep, called: Product, hr_client: ApiClient, give_test: Give
) -> None:
    stock(called, 1)
    TestID.objects.update(password="open-sesame")
    one = give_test(called, client=hr_client)
    work()
    told = Caller(hr_client).get(f"{URL}/{one.oid}").json()
    assert (told["test_id"], told["test_password"]) == ("BUSPLUS0001", "open-sesame")
    assert told["links"]["candidate_page"].endswith(f"/c/{one.link_token}/")

    hr_client.scopes = ["read"]
    hr_client.save()
    told = Caller(hr_client).get(f"{URL}/{one.oid}").json()
    assert (told["test_id"], told["test_password"]) == ("BUSPLUS0001", None)
    assert told["links"]["candidate_page"] is None


def test_with_delivery_none_the_id_needs_the_scope_and_is_told_from_then_on(
    itep: PretendItep, called: Product, hr_client: ApiClient, give_test: Give
) -> None:
    stock(called, 1)
    one = give_test(called, client=hr_client, delivery=Delivery.NONE)
    work()
    scopes, hr_client.scopes = hr_client.scopes, ["read"]
    hr_client.save()
    assert Caller(hr_client).get(f"{URL}/{one.oid}").json()["test_id"] is None
    assert fresh(one).claim.told_at is None

    hr_client.scopes = scopes
    hr_client.save()
    assert Caller(hr_client).get(f"{URL}/{one.oid}").json()["test_id"] == "BUSPLUS0001"
    assert fresh(one).claim.told_at is not None


def test_cancel(called: Product, hr_system: Caller) -> None:
    stock(called, 1)
    oid = hr_system.post(data=asked()).json()["oid"]
    response = hr_system.post(f"{URL}/{oid}/cancel", {"reason": "Not needed"})
    assert (response.status_code, response.json()["state"]) == (200, "cancelled")
    assert TestID.objects.available().count() == 1
    assert problem(hr_system.post(f"{URL}/{oid}/cancel", {"reason": "Again"})) == (409, "not-cancellable")


def test_resend(itep: PretendItep, called: Product, hr_system: Caller) -> None:
    stock(called, 1)
    oid = hr_system.post(data=asked()).json()["oid"]
    assert problem(hr_system.post(f"{URL}/{oid}/resend", {"reason": "Lost"})) == (409, "not-resendable")
    work()
    response = hr_system.post(f"{URL}/{oid}/resend", {"reason": "Lost"})
    assert (response.status_code, response.json()["state"]) == (200, "sent")
    assert Fulfillment.objects.get().mails.count() == 2
    work()
    assert len(itep.asked) == 1


def test_bulk_answers_each_item_alone(called: Product, hr_system: Caller) -> None:
    stock(called, 1)
    ben = {"name": "Ben", "email": "ben@example.org"}
    response = hr_system.post(
        f"{URL}/bulk", {"items": [asked(), asked(), asked(candidate={}), asked(candidate=ben, wait=False), 5, None]}
    )
    results = response.json()["results"]
    assert response.status_code == 200
    assert [(one["index"], one["status"]) for one in results] == [
        (0, 201),
        (1, 409),
        (2, 422),
        (3, 409),
        (4, 422),
        (5, 422),
    ]
    assert results[0]["fulfillment"]["state"] == "claimed"
    assert results[1]["error"]["oid"] == results[0]["fulfillment"]["oid"]
    assert results[2]["error"]["errors"][0]["pointer"] == "/candidate/name"
    assert results[3]["error"]["type"].rstrip("/").endswith("no-inventory")
    assert Fulfillment.objects.count() == 1


def test_bulk_under_a_key_is_done_once(called: Product, hr_system: Caller) -> None:
    items = {"items": [asked()]}
    first = hr_system.post(f"{URL}/bulk", items, **{"Idempotency-Key": "k"})
    again = hr_system.post(f"{URL}/bulk", items, **{"Idempotency-Key": "k"})
    assert (again.status_code, again.json()) == (200, first.json())
    assert Fulfillment.objects.count() == 1


def test_a_list_has_filters_and_a_cursor(called: Product, hr_system: Caller) -> None:
    for number in range(3):
        person = {"name": f"Ana {number}", "email": f"ana{number}@example.org", "external_id": str(number)}
        hr_system.post(data=asked(candidate=person))
    body = hr_system.get(f"{URL}?limit=2").json()
    assert ([one["candidate"]["name"] for one in body["results"]], body["previous"]) == (["Ana 0", "Ana 1"], None)
    body = hr_system.get(body["next"]).json()
    assert ([one["candidate"]["name"] for one in body["results"]], body["next"]) == (["Ana 2"], None)

    def names(query: str) -> list[str]:
        return [one["candidate"]["name"] for one in hr_system.get(f"{URL}?{query}").json()["results"]]

    assert names("external_id=1") == ["Ana 1"]
    assert names("state=sent") == []
    assert names("email=ANA2@example.org") == ["Ana 2"]
    assert problem(hr_system.get(f"{URL}?state=nonsense")) == (422, "validation-error")


def test_a_list_takes_few_statements(
    called: Product, hr_system: Caller, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    stock(called, 20)
    for number in range(12):
        hr_system.post(data=asked(candidate={"name": f"Ana {number}", "email": f"ana{number}@example.org"}))
    hr_system.get()
    with django_assert_max_num_queries(6):
        assert len(hr_system.get().json()["results"]) == 12


def test_events_come_in_order_and_of_its_payers_only(called: Product, hr_system: Caller, give_test: Give) -> None:
    give_test(called)
    oid = hr_system.post(data=asked()).json()["oid"]
    events = hr_system.get("/api/v1/events").json()["results"]
    assert {event["oid"] for event in events} == {oid}
    assert [event["number"] for event in events] == sorted(event["number"] for event in events)
    assert "fulfillment.requested" in [event["type"] for event in events]

    last = events[-1]["number"]
    assert hr_system.get(f"/api/v1/events?after={last}").json() == {"next": None, "previous": None, "results": []}
    hr_system.post(f"{URL}/{oid}/cancel", {"reason": "x"})
    following = hr_system.get(f"/api/v1/events?after={last}").json()["results"]
    assert "fulfillment.cancelled" in [event["type"] for event in following]
    assert problem(hr_system.get("/api/v1/events?after=x")) == (422, "validation-error")


def test_names_and_addresses_are_in_no_event(called: Product, hr_system: Caller) -> None:
    hr_system.post(data=asked())
    text = hr_system.get("/api/v1/events").content.decode()
    assert "Ana" not in text
    assert "example.org" not in text

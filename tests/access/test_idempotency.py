"""A repeated key gives the first answer again, and does nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from access import api_keys, idempotency
from access.models import ApiClient, IdempotentAnswer, Payer
from tests.access.conftest import RUNS
from tests.outbox.test_locks import in_threads

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.access.test_problems")]


def order(api: APIClient, key: str | None = "k", **body: Any) -> Any:
    return api.post("/api/v1/orders", body, headers={} if key is None else {"Idempotency-Key": key})


def test_the_repeat_gets_the_first_answer_and_nothing_is_done(api: APIClient) -> None:
    first = order(api, '"k"', name="Ana")
    again = order(api, "k", name="Ana")
    assert (first.status_code, first.json(), "Idempotent-Replayed" in first) == (201, {"code": "made-1"}, False)
    assert (again.status_code, again.json(), again["Idempotent-Replayed"]) == (201, {"code": "made-1"}, "true")
    assert (again["Location"], len(RUNS), Payer.objects.count()) == ("/orders/made-1", 1, 1)


def test_without_a_key_each_request_is_its_own(api: APIClient) -> None:
    assert [order(api, None).status_code, order(api, None).status_code] == [201, 201]
    assert (Payer.objects.count(), IdempotentAnswer.objects.count()) == (2, 0)


def test_other_spacing_and_order_is_the_same_request(api: APIClient) -> None:
    for body in ('{"a": 1, "b": 2}', '{"b":2,"a":1}'):
        answer = api.post("/api/v1/orders", body, content_type="application/json", headers={"Idempotency-Key": "k"})
        assert answer.json() == {"code": "made-1"}
    assert len(RUNS) == 1


def test_another_body_is_refused(api: APIClient) -> None:
    order(api, name="Ana")
    refused = order(api, name="Eva")
    assert (refused.status_code, refused.json()["type"].split("/")[-2]) == (422, "idempotency-key-reused")
    assert (len(RUNS), order(api, name="Ana").json()) == (1, {"code": "made-1"})


def test_a_domain_refusal_is_repeated_and_undone(api: APIClient) -> None:
    first, again = order(api, wish="refuse"), order(api, wish="refuse")
    assert (first.status_code, again.status_code, again["Content-Type"]) == (409, 409, "application/problem+json")
    assert (again.json()["oid"], again["Idempotent-Replayed"]) == ("o-1", "true")
    assert (len(RUNS), Payer.objects.count()) == (1, 0)


def test_an_answer_that_refuses_is_undone_too(api: APIClient) -> None:
    assert [order(api, wish="answer 409").status_code, order(api, wish="answer 409").status_code] == [409, 409]
    assert (len(RUNS), Payer.objects.count()) == (1, 0)


@pytest.mark.parametrize(("wish", "status"), [("not found", 404), ("break", 500)])
def test_other_failures_are_not_kept(wish: str, status: int, api: APIClient) -> None:
    assert [order(api, wish=wish).status_code, order(api, wish=wish).status_code] == [status, status]
    assert (len(RUNS), Payer.objects.count(), IdempotentAnswer.objects.count()) == (2, 0, 0)


def test_another_client_has_keys_of_its_own(api: APIClient) -> None:
    other = APIClient()
    key = api_keys.make_key(ApiClient.objects.create(name="other", scopes=["provision"]))
    other.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    assert (order(api).json(), order(other).json()) == ({"code": "made-1"}, {"code": "made-2"})


def test_after_a_day_a_key_is_new(api: APIClient) -> None:
    order(api)
    IdempotentAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert order(api).json() == {"code": "made-2"}
    IdempotentAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert idempotency.forget_old() == 1


@pytest.mark.parametrize("key", ["", '""', "x" * 256, "a\tb"])
def test_a_key_is_one(key: str, api: APIClient) -> None:
    assert (order(api, key).status_code, len(RUNS)) == (400, 0)


def test_the_kept_answer_is_not_readable(api: APIClient) -> None:
    order(api)
    with connection.cursor() as cursor:
        cursor.execute("SELECT body, key_digest FROM access_idempotentanswer")
        body, digest = cursor.fetchone()
    assert "made-1" not in body
    assert len(digest) == 64


@pytest.mark.django_db(transaction=True)
def test_at_once_it_is_done_once(api: APIClient) -> None:
    answers = in_threads(4, lambda: order(api, name="Ana"))
    statuses = sorted(answer.status_code for answer in answers)  # type: ignore[attr-defined]
    assert Payer.objects.count() == 1
    assert statuses[0] == 201
    assert set(statuses) <= {201, 409}


@pytest.mark.django_db(transaction=True)
def test_while_the_first_runs_the_second_is_told(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "postgresql":
        told: list[Any] = []
        run = idempotency._run

        def meanwhile(*args: Any) -> Any:
            told.extend(in_threads(1, lambda: order(api, name="Ana")))
            return run(*args)

        monkeypatch.setattr(idempotency, "_run", meanwhile)
        assert order(api, name="Ana").status_code == 201
        assert told[0].json()["type"].split("/")[-2] == "idempotency-in-progress"
    else:
        assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert IdempotentAnswer.objects.count() == (1 if connection.vendor == "postgresql" else 0)


def test_killed_in_the_middle_neither_happened(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*args: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(IdempotentAnswer.objects, "create", die)
        with transaction.atomic(), pytest.raises(KeyboardInterrupt):
            order(api)
    assert (Payer.objects.count(), IdempotentAnswer.objects.count()) == (0, 0)
    assert order(api).status_code == 201

"""API clients' pages: a key is shown once, a second one overlaps, a revoked one ends."""

import pytest
from django.test import Client

from access.api_keys import client_of
from access.models import ApiClient, ApiKey, AuditEntry, Payer

pytestmark = pytest.mark.django_db


def add(browser: Client, **fields: object) -> str:
    answer = browser.post(
        "/setup/api-clients/add/", {"name": "careers", "scopes": ["read"], "is_active": "on", **fields}
    )
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    key: str = answer.context["key"]
    assert key in answer.content.decode()
    return key


def test_a_client_is_added_and_its_key_is_shown_once(ada_browser: Client, hr: Payer) -> None:
    key = add(ada_browser, scopes=["read", "results"], payers=["hr"])
    client = client_of(key)
    assert client is not None
    assert (client.name, client.scopes, list(client.payers.all())) == ("careers", ["read", "results"], [hr])
    assert key not in ada_browser.get(f"/setup/api-clients/{client.pk}/").content.decode()
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["api_client.created", "api_key.made"]


def test_a_second_key_and_the_first_revoked(ada_browser: Client) -> None:
    first = add(ada_browser)
    client = ApiClient.objects.get()
    second = ada_browser.post(f"/setup/api-clients/{client.pk}/keys/").context["key"]
    assert (client_of(first), client_of(second)) == (client, client)
    page = f"/setup/api-keys/{ApiKey.objects.get(prefix=first[:12]).pk}/revoke/"
    assert ada_browser.get(page).status_code == 405
    assert ada_browser.post(page).status_code == 302
    assert (client_of(first), client_of(second)) == (None, client)


def test_a_client_is_changed_and_ended(ada_browser: Client, hr: Payer) -> None:
    key = add(ada_browser, payers=["hr"])
    client = ApiClient.objects.get()
    ada_browser.post(f"/setup/api-clients/{client.pk}/", {"scopes": ["provision"]})
    client.refresh_from_db()
    assert (client.scopes, client.payers.count(), client.is_active, client_of(key)) == (["provision"], 0, False, None)
    assert "careers" in ada_browser.get("/setup/api-clients/").content.decode()


@pytest.mark.parametrize(
    "fields", [{"name": "careers"}, {"name": ""}, {"name": "x", "scopes": ["all"]}, {"payers": ["no"]}]
)
def test_a_client_that_does_not_fit(fields: dict[str, object], ada_browser: Client) -> None:
    add(ada_browser)
    answer = ada_browser.post("/setup/api-clients/add/", {"name": "new", "scopes": ["read"], **fields})
    assert answer.status_code == 422
    assert (ApiClient.objects.count(), ApiKey.objects.count()) == (1, 1)


def test_staff_make_and_revoke_nothing(ada_browser: Client, sam_browser: Client) -> None:
    key = add(ada_browser)
    client, kept = ApiClient.objects.get(), ApiKey.objects.get()
    assert sam_browser.post(f"/setup/api-clients/{client.pk}/keys/").status_code == 403
    assert sam_browser.post(f"/setup/api-keys/{kept.pk}/revoke/").status_code == 403
    assert (ApiKey.objects.count(), client_of(key)) == (1, client)

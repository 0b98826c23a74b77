"""Keys are shown once, found by their digest, and end at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access import api_keys
from access.actors import Actor
from access.models import ApiClient, ApiKey, AuditEntry, Payer, Scope

pytestmark = pytest.mark.django_db


def test_a_key_finds_its_client_and_is_not_kept(hr_client: ApiClient) -> None:
    key = api_keys.make_key(hr_client)
    assert api_keys.client_of(key) == hr_client
    kept = ApiKey.objects.values().get()
    assert key not in str(kept)
    assert (kept["prefix"], kept["last_used_at"] is not None) == (key[:12], True)
    assert key not in str(AuditEntry.objects.values().get())


def test_a_second_key_leaves_the_first(hr_client: ApiClient) -> None:
    first, second = api_keys.make_key(hr_client), api_keys.make_key(hr_client)
    assert first != second
    assert (api_keys.client_of(first), api_keys.client_of(second)) == (hr_client, hr_client)


def test_a_revoked_key_opens_nothing_and_is_revoked_once(hr_client: ApiClient, by_sam: Actor) -> None:
    first, second = api_keys.make_key(hr_client), api_keys.make_key(hr_client)
    one = ApiKey.objects.get(prefix=first[:12])
    assert [api_keys.revoke_key(key=one, actor=by_sam), api_keys.revoke_key(key=one, actor=by_sam)] == [True, False]
    assert (api_keys.client_of(first), api_keys.client_of(second)) == (None, hr_client)
    assert AuditEntry.objects.filter(verb="api_key.revoked").count() == 1


def test_an_expired_key_or_an_ended_client_opens_nothing(hr_client: ApiClient) -> None:
    assert api_keys.client_of(api_keys.make_key(hr_client, expires_at=timezone.now() - timedelta(seconds=1))) is None
    key = api_keys.make_key(hr_client, expires_at=timezone.now() + timedelta(days=1))
    assert api_keys.client_of(key) == hr_client
    ApiClient.objects.update(is_active=False)
    assert api_keys.client_of(key) is None


@pytest.mark.parametrize("key", ["", "itep_", "nothing", "itep_" + "x" * 43])
def test_other_texts_open_nothing(key: str, hr_client: ApiClient) -> None:
    api_keys.make_key(hr_client)
    assert api_keys.client_of(key) is None


def test_a_use_is_noted_once_a_minute(hr_client: ApiClient, django_assert_num_queries: object) -> None:
    key = api_keys.make_key(hr_client)
    api_keys.client_of(key)
    noted = ApiKey.objects.get().last_used_at
    api_keys.client_of(key)
    assert ApiKey.objects.get().last_used_at == noted
    ApiKey.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    api_keys.client_of(key)
    assert ApiKey.objects.get().last_used_at > noted - timedelta(seconds=1)  # type: ignore[operator]


def test_payers_limit_what_is_seen(hr_client: ApiClient, hr: Payer) -> None:
    payers = api_keys.visible_payers(hr_client)
    assert payers is not None
    assert list(payers) == [hr]
    assert api_keys.visible_payers(ApiClient.objects.create(name="all")) is None


def test_scopes_are_the_clients_alone(hr_client: ApiClient) -> None:
    assert api_keys.has_scope(hr_client, Scope.SECRETS) is True
    assert api_keys.has_scope(ApiClient(name="none"), Scope.SECRETS) is False
    assert api_keys.has_scope(None, Scope.READ) is False

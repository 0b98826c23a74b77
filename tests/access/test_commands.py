"""`create_payer`, `create_api_client`, `create_user`: what they print, make and refuse."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from access.api_keys import client_of
from access.models import ApiClient, ApiKey, AuditEntry, Payer, User
from access.roles import ADMINISTRATOR, STAFF, role_of

pytestmark = pytest.mark.django_db


def run(*words: str) -> list[str]:
    out = StringIO()
    call_command(*words, stdout=out, stderr=StringIO())
    return out.getvalue().splitlines()


def test_a_payer_is_made_and_renamed() -> None:
    run("create_payer", "hr", "--name", "Human Resources")
    run("create_payer", "hr")
    run("create_payer", "hr", "--name", "People")
    assert list(Payer.objects.values_list("code", "name")) == [("hr", "People")]
    assert list(AuditEntry.objects.values_list("verb", "by", "actor_kind")) == [
        ("payer.created", "create_payer", "command"),
        ("payer.changed", "create_payer", "command"),
    ]


def test_a_payer_without_a_name_has_its_code() -> None:
    run("create_payer", "hr")
    assert Payer.objects.get().name == "hr"


@pytest.mark.parametrize("code", ["", "h r", "é"])
def test_a_bad_code_is_refused(code: str) -> None:
    with pytest.raises(CommandError):
        run("create_payer", code)
    assert (Payer.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_a_client_gets_a_key_alone_on_its_line(hr: Payer) -> None:
    lines = run("create_api_client", "careers", "--scope", "read", "--scope", "secrets", "--payer", "hr")
    assert len(lines) == 1
    client = client_of(lines[0])
    assert client is not None
    assert (client.name, client.scopes, list(client.payers.all())) == ("careers", ["read", "secrets"], [hr])
    assert lines[0] not in str(list(AuditEntry.objects.values()))


def test_without_scopes_it_may_provision_and_read() -> None:
    run("create_api_client", "careers")
    client = ApiClient.objects.get()
    assert (client.scopes, client.payers.count()) == (["provision", "read"], 0)


def test_again_gives_a_further_key_and_changes_only_what_is_said(hr: Payer) -> None:
    (first,) = run("create_api_client", "careers", "--scope", "results", "--payer", "hr")
    (second,) = run("create_api_client", "careers")
    client = ApiClient.objects.get()
    assert (client_of(first), client_of(second)) == (client, client)
    assert (client.scopes, client.payers.count()) == (["results"], 1)
    run("create_api_client", "careers", "--scope", "read")
    client.refresh_from_db()
    assert (client.scopes, client.payers.count()) == (["read"], 1)


@pytest.mark.parametrize("words", [("--payer", "nobody"), ("--scope", "everything")])
def test_an_unknown_payer_or_scope_is_refused(words: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        run("create_api_client", "careers", *words)
    assert (ApiClient.objects.count(), ApiKey.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)


def test_a_person_gets_a_password_to_start_with() -> None:
    (password,) = run("create_user", "a@example.org", "--administrator")
    run("create_user", "s@example.org")
    admin, staff = User.objects.order_by("email")
    assert (admin.check_password(password), role_of(admin), role_of(staff)) == (True, ADMINISTRATOR, STAFF)
    with pytest.raises(CommandError, match="works here already"):
        run("create_user", "a@example.org")

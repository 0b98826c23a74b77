"""Tracking codes: each way of authorization, right, wrong and with the old secret; the command."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from access.models import AuditEntry
from tests.webhooks.conftest import COMMAND, FORM
from webhooks import tracking_codes
from webhooks.errors import BadTrackingCode
from webhooks.models import Post, TrackingCode

pytestmark = pytest.mark.django_db
BODY = b"data=%7B%22TestID%22%3A%22A1%22%7D"


def basic(secret: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(secret.encode()).decode()}


def bearer(secret: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def header(secret: str) -> dict[str, str]:
    name, _, value = secret.partition(": ")
    return {"HTTP_" + name.upper().replace("-", "_"): value}


def signature(secret: str, body: bytes = BODY) -> bytes:
    return hmac.new(secret.encode(), body, hashlib.sha256).digest()


def by_hex(secret: str) -> dict[str, str]:
    return {"HTTP_X_SIGNATURE": signature(secret).hex()}


METHODS = [
    ("basic", "itep:päss:word", "itep:other", basic),
    ("bearer", "token-1", "token-2", bearer),
    ("header", "X-Itep-Key: value 1", "X-Itep-Key: value 2", header),
    ("hmac", "key-1", "key-2", by_hex),
]


def status(code: TrackingCode, headers: dict[str, str]) -> int:
    return Client().post(tracking_codes.path_of(code), BODY, content_type=FORM, **headers).status_code  # type: ignore[arg-type]


@pytest.mark.parametrize(("auth", "secret", "other", "prove"), METHODS)
def test_right_wrong_and_missing(auth: str, secret: str, other: str, prove: Any) -> None:
    code = tracking_codes.create(code="c", auth=auth, secret=secret, actor=COMMAND)
    assert status(code, prove(secret)) == 200
    assert Post.objects.count() == 1
    assert [status(code, prove(other)), status(code, {}), status(code, prove(secret + "x"))] == [401] * 3
    assert Post.objects.count() == 1


@pytest.mark.parametrize(("auth", "secret", "other", "prove"), METHODS)
def test_the_old_secret_is_valid_until_it_is_removed(auth: str, secret: str, other: str, prove: Any) -> None:
    tracking_codes.create(code="c", auth=auth, secret=secret, actor=COMMAND)
    code = tracking_codes.create(code="c", secret=other, actor=COMMAND)
    tracking_codes._known.clear()
    assert [status(code, prove(secret)), status(code, prove(other)), status(code, {})] == [200, 200, 401]
    tracking_codes.remove_old_secret(code="c", actor=COMMAND)
    tracking_codes._known.clear()
    assert [status(code, prove(secret)), status(code, prove(other))] == [401, 200]


def test_the_old_method_is_valid_with_the_old_secret_alone() -> None:
    tracking_codes.create(code="c", auth="bearer", secret="token", actor=COMMAND)
    code = tracking_codes.create(code="c", auth="hmac", secret="key", actor=COMMAND)
    assert [status(code, bearer("token")), status(code, by_hex("key"))] == [200, 200]
    assert [status(code, bearer("key")), status(code, by_hex("token"))] == [401, 401]


def test_from_none_to_a_secret_closes_the_door_at_once() -> None:
    tracking_codes.create(code="c", actor=COMMAND)
    code = tracking_codes.create(code="c", auth="bearer", secret="token", actor=COMMAND)
    assert [status(code, {}), status(code, bearer("")), status(code, bearer("token"))] == [401, 401, 200]


@pytest.mark.parametrize(
    "sent",
    [
        lambda raw: raw.hex(),
        lambda raw: raw.hex().upper(),
        lambda raw: "sha256=" + raw.hex(),
        lambda raw: base64.b64encode(raw).decode(),
        lambda raw: "sha256=" + base64.b64encode(raw).decode(),
    ],
)
def test_a_signature_may_come_in_hex_or_base64(sent: Any) -> None:
    code = tracking_codes.create(code="c", auth="hmac", secret="key", actor=COMMAND)
    assert status(code, {"HTTP_X_SIGNATURE": sent(signature("key"))}) == 200
    assert status(code, {"HTTP_X_SIGNATURE": sent(signature("key", BODY + b" "))}) == 401


def test_a_signature_may_stand_in_another_header() -> None:
    code = tracking_codes.create(
        code="c", auth="hmac", secret="key", signature_header="X-Hub-Signature-256", actor=COMMAND
    )
    assert status(code, by_hex("key")) == 401
    assert status(code, {"HTTP_X_HUB_SIGNATURE_256": "sha256=" + signature("key").hex()}) == 200


@pytest.mark.parametrize("sent", ["Basic", "Basic %%%", "Basic aXRlcA", "bearer token", "token", "Basic token"])
def test_broken_credentials_are_401(sent: str) -> None:
    code = tracking_codes.create(code="c", auth="basic", secret="itep:token", actor=COMMAND)
    assert status(code, {"HTTP_AUTHORIZATION": sent}) == 401
    assert not Post.objects.exists()


def test_the_scheme_has_no_case() -> None:
    code = tracking_codes.create(code="c", auth="bearer", secret="token", actor=COMMAND)
    assert status(code, {"HTTP_AUTHORIZATION": "bearer token"}) == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"auth": "basic", "secret": "no-colon"},
        {"auth": "header", "secret": "no colon"},
        {"auth": "header", "secret": "Bad Name: value"},
        {"auth": "header", "secret": "Name:"},
        {"auth": "bearer"},
        {"auth": "hmac", "secret": ""},
        {"auth": "none", "secret": "unused"},
        {"secret": "method missing"},
        {"auth": "oauth"},
        {"auth": "bearer", "secret": "two\nlines"},
        {"auth": "hmac", "secret": "key", "signature_header": "no spaces please"},
    ],
)
def test_what_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadTrackingCode):
        tracking_codes.create(code="c", actor=COMMAND, **wrong)
    assert not TrackingCode.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("code", ["", "a/b", "a b", "-a", "x" * 65, "ä"])
def test_a_code_fits_into_a_path(code: str) -> None:
    with pytest.raises(BadTrackingCode):
        tracking_codes.create(code=code, actor=COMMAND)


def run(*args: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    call_command("create_tracking_code", *args)
    return capsys.readouterr().out.splitlines()


def test_the_command_prints_the_path_alone_on_its_line_and_never_changes_it(capsys: pytest.CaptureFixture[str]) -> None:
    first = run("acad-plus", capsys=capsys)
    assert len(first) == 1
    assert re.fullmatch(r"/webhooks/itep/acad-plus-[0-9a-f]{32}", first[0])
    assert run("acad-plus", "--auth", "basic", "--secret", "u:p", capsys=capsys) == first
    assert run("acad-plus", "--secret", "u:p2", capsys=capsys) == first
    code = TrackingCode.objects.get()
    assert (code.auth, code.secret, code.old_secret) == ("basic", "u:p2", "u:p")
    assert run("acad-plus", capsys=capsys) == first
    assert run("other", capsys=capsys) != first


def test_the_command_says_what_is_wrong() -> None:
    with pytest.raises(CommandError, match="user:password"):
        call_command("create_tracking_code", "c", "--auth", "basic", "--secret", "x")


def test_every_change_has_an_author() -> None:
    tracking_codes.create(code="c", auth="bearer", secret="token-of-c", actor=COMMAND)
    tracking_codes.create(code="c", secret="another-token", actor=COMMAND)
    tracking_codes.remove_old_secret(code="c", actor=COMMAND)
    entries = AuditEntry.objects.all()
    assert [one.verb for one in entries] == [
        "tracking_code.created",
        "tracking_code.changed",
        "tracking_code.old_secret_removed",
    ]
    assert not any("token" in str(one.detail) for one in entries)

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from itep.client import Call, Source, build, masked
from itep.dialect import Auth, CallPath, Calls, Dialect, RequestNames
from tests.itep.calls import KEY, OID, TEXT, request

BASE = "http://itep.example/base/"


def test_the_default_dialect() -> None:
    prepared = build(Dialect(), BASE, request())
    assert (prepared.method, prepared.full_url) == ("POST", "http://itep.example/base/api/assign")
    assert prepared.headers["X-Api-Key"] == KEY
    assert prepared.headers["Content-Type"] == "application/json"
    assert json.loads(prepared.body) == {
        "product_code": "ACAD-PLUS",
        "test_id": "123982B8AP",
        "source": "inventory",
        "assigned_to": json.loads(TEXT),
    }


def test_the_second_call_has_the_same_parameters() -> None:
    first, second = (build(Dialect(), BASE, request(call=call)) for call in Call)
    assert second.url == "http://itep.example/base/api/assign-and-send"
    assert (first.body, first.headers) == (second.body, second.headers)


def test_a_sale_asks_for_no_id() -> None:
    prepared = build(Dialect(), BASE, request(test_id=None, source=Source.SALE))
    assert json.loads(prepared.body) == {
        "product_code": "ACAD-PLUS",
        "source": "sale",
        "assigned_to": json.loads(TEXT),
    }


OTHER_NAMES = RequestNames(
    encoding="form",
    product_code="pc",
    test_id="",
    source="src",
    source_inventory="I",
    source_sale="S",
    oid="order",
    tracking_code="tc",
    assigned_to="who",
    assigned_to_as="string",
)
OTHER_CALLS = Calls(CallPath("PUT", "v2/give?a=1"), CallPath("GET", "/v2/mail"))
FORM = {"pc": ["ACAD-PLUS"], "src": ["I"], "order": [str(OID)], "tc": ["TC-1"], "who": [TEXT]}


def test_a_form_with_the_key_in_the_body() -> None:
    dialect = Dialect(auth=Auth("body", "key", "K "), calls=OTHER_CALLS, request=OTHER_NAMES)
    prepared = build(dialect, BASE, request())
    assert (prepared.method, prepared.full_url) == ("PUT", "http://itep.example/base/v2/give?a=1")
    assert parse_qs(prepared.body.decode()) == FORM | {"key": [f"K {KEY}"]}
    assert prepared.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_a_get_with_the_key_in_the_query() -> None:
    dialect = Dialect(auth=Auth("query", "key", ""), calls=OTHER_CALLS, request=OTHER_NAMES)
    prepared = build(dialect, BASE, request(call=Call.ASSIGN_AND_SEND))
    assert parse_qs(urlsplit(prepared.full_url).query) == FORM | {"key": [KEY]}
    assert prepared.body == b""
    assert "Content-Type" not in prepared.headers


def test_the_key_in_the_query_of_a_path_that_has_one() -> None:
    dialect = Dialect(auth=Auth("query", "key", ""), calls=OTHER_CALLS)
    assert build(dialect, BASE, request()).full_url == f"http://itep.example/base/v2/give?a=1&key={KEY}"


def test_assigned_to_as_text_in_json_and_as_object_in_a_form() -> None:
    as_text = Dialect(request=replace(RequestNames(), assigned_to_as="string"))
    assert json.loads(build(as_text, BASE, request()).body)["assigned_to"] == TEXT
    in_form = Dialect(request=replace(RequestNames(), encoding="form"))
    assert parse_qs(build(in_form, BASE, request()).body.decode())["assigned_to"] == [TEXT]


@pytest.mark.parametrize("auth", [Auth(), Auth("header", "Authorization", "Bearer "), Auth("query"), Auth("body")])
def test_no_repr_and_no_shown_request_holds_the_key(auth: Auth) -> None:
    dialect = Dialect(auth=auth)
    prepared = build(dialect, BASE, request())
    assert KEY not in repr(prepared)
    assert "Zoë" not in repr(prepared)
    shown = masked(dialect, prepared)
    assert KEY not in shown
    assert auth.name in shown
    assert "123982B8AP" in shown

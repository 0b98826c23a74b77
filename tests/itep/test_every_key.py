"""Every key of the dialect, one at a time: changing it changes what it says, and nothing else."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest

from itep.assigned_to import AssignedToTooLong, compose
from itep.client import Call, CallRequest, Outcome, Source, build, judge
from itep.dialect import Dialect, load

# DESIGN.md section 7, word for word.
DEFAULT = """
[auth]
in = "header"                 # header | query | body
name = "X-Api-Key"
prefix = ""
[calls.assign]                # the customer sends
method = "POST"
path = "/api/assign"
[calls.assign_and_send]       # iTEP sends
method = "POST"
path = "/api/assign-and-send"
[request]                     # names of the parameters; "" = not sent
encoding = "json"             # json | form
product_code = "product_code"
test_id = "test_id"           # "" = iTEP picks
source = "source"
source_inventory = "inventory"
source_sale = "sale"
oid = ""
tracking_code = ""
assigned_to = "assigned_to"
assigned_to_as = "object"     # object | string (a JSON text)
[assigned_to]                 # keys of the JSON; "" = left out
name = "name"
email = "email"
oid = "oid"
external_id = "external_id"
max_bytes = 0                 # 0 = no limit
[response]                    # dotted paths
test_id = "test_id"
password = "password"
error = "error.message"
[outcomes]
success = [200, 201, 202]
unavailable = [409]           # this ID is not to be had
bad_key = [401, 403]          # the product pauses
refused = [400, 404, 422]     # a person looks
retry = [429, 503]            # iTEP surely did nothing
[behavior]
idempotent = false
per_second = 5                # 0 = no limit
timeout_seconds = 10
"""
OID = UUID("5f0c0f2e-7a55-4b61-9a62-6a8c0b3f2c11")
WHO = {"name": "Zoë & Co", "email": "zoe@example.org", "oid": str(OID), "external_id": "hr-7"}
TEXT = json.dumps(WHO, ensure_ascii=False)
Parts = dict[str, object]


def parts(dialect: Dialect, call: Call, source: Source) -> Parts:
    """The request taken apart: method, path, and each header, query and body parameter by its name."""
    text = compose(dialect, name=WHO["name"], email=WHO["email"], oid=OID, external_id="hr-7")
    test_id = "123982B8AP" if source is Source.INVENTORY else None
    request = CallRequest(call, "ACAD-PLUS", "the-key", test_id, source, OID, "TC-1", text)
    prepared = build(dialect, "http://itep.example", request)
    address = urlsplit(prepared.full_url)
    found: Parts = {"method": prepared.method, "path": address.path}
    found |= {f"header {name}": value for name, value in prepared.headers.items() if name != "User-Agent"}
    found |= {f"query {name}": value for name, value in parse_qsl(address.query)}
    is_form = "form" in prepared.headers.get("Content-Type", "")
    body = dict(parse_qsl(prepared.body.decode())) if is_form else json.loads(prepared.body or b"{}")
    return found | {f"body {name}": value for name, value in body.items()}


def requests(dialect: Dialect) -> dict[tuple[Call, Source], Parts]:
    return {(call, source): parts(dialect, call, source) for call in Call for source in Source}


def changed(before: Parts, after: Parts) -> Parts:
    """What is new or other; what is gone stands as None."""
    gone: Parts = dict.fromkeys(before.keys() - after.keys())
    return gone | {name: value for name, value in after.items() if before.get(name) != value}


BODY = {"product_code": "ACAD-PLUS", "source": "inventory", "assigned_to": TEXT, "test_id": "123982B8AP"}
BOTH_CALLS = {"assign", "assign_and_send"}
BOTH_SOURCES = {"inventory", "sale"}
# The key, its other value, what that changes in a request (of the first call, from inventory), and in which requests.
REQUEST_KEYS: list[tuple[str, object, Parts, set[str], set[str]]] = [
    ("auth.in", "query", {"header X-Api-Key": None, "query X-Api-Key": "the-key"}, BOTH_CALLS, BOTH_SOURCES),
    ("auth.in", "body", {"header X-Api-Key": None, "body X-Api-Key": "the-key"}, BOTH_CALLS, BOTH_SOURCES),
    ("auth.name", "X-Key", {"header X-Api-Key": None, "header X-Key": "the-key"}, BOTH_CALLS, BOTH_SOURCES),
    ("auth.prefix", "Bearer ", {"header X-Api-Key": "Bearer the-key"}, BOTH_CALLS, BOTH_SOURCES),
    ("calls.assign.method", "PUT", {"method": "PUT"}, {"assign"}, BOTH_SOURCES),
    ("calls.assign.path", "/v2/give", {"path": "/v2/give"}, {"assign"}, BOTH_SOURCES),
    ("calls.assign_and_send.method", "PATCH", {"method": "PATCH"}, {"assign_and_send"}, BOTH_SOURCES),
    ("calls.assign_and_send.path", "mail", {"path": "/mail"}, {"assign_and_send"}, BOTH_SOURCES),
    (
        "calls.assign.method",
        "GET",
        {"method": "GET", "header Content-Type": None}
        | dict.fromkeys(f"body {name}" for name in BODY)
        | {f"query {name}": value for name, value in BODY.items()},
        {"assign"},
        {"inventory"},
    ),
    (
        "request.encoding",
        "form",
        {"header Content-Type": "application/x-www-form-urlencoded", "body assigned_to": TEXT},
        BOTH_CALLS,
        BOTH_SOURCES,
    ),
    ("request.product_code", "pc", {"body product_code": None, "body pc": "ACAD-PLUS"}, BOTH_CALLS, BOTH_SOURCES),
    ("request.product_code", "", {"body product_code": None}, BOTH_CALLS, BOTH_SOURCES),
    ("request.test_id", "tid", {"body test_id": None, "body tid": "123982B8AP"}, BOTH_CALLS, {"inventory"}),
    ("request.test_id", "", {"body test_id": None}, BOTH_CALLS, {"inventory"}),
    ("request.source", "src", {"body source": None, "body src": "inventory"}, BOTH_CALLS, {"inventory"}),
    ("request.source", "src", {"body source": None, "body src": "sale"}, BOTH_CALLS, {"sale"}),
    ("request.source", "", {"body source": None}, BOTH_CALLS, BOTH_SOURCES),
    ("request.source_inventory", "I", {"body source": "I"}, BOTH_CALLS, {"inventory"}),
    ("request.source_sale", "S", {"body source": "S"}, BOTH_CALLS, {"sale"}),
    ("request.oid", "order", {"body order": str(OID)}, BOTH_CALLS, BOTH_SOURCES),
    ("request.tracking_code", "tc", {"body tc": "TC-1"}, BOTH_CALLS, BOTH_SOURCES),
    ("request.assigned_to", "who", {"body assigned_to": None, "body who": WHO}, BOTH_CALLS, BOTH_SOURCES),
    ("request.assigned_to_as", "string", {"body assigned_to": TEXT}, BOTH_CALLS, BOTH_SOURCES),
]
for key in WHO:
    renamed = {f"my-{key}" if name == key else name: value for name, value in WHO.items()}
    REQUEST_KEYS.append((f"assigned_to.{key}", f"my-{key}", {"body assigned_to": renamed}, BOTH_CALLS, BOTH_SOURCES))
    if key != "oid":  # which then would go nowhere: `test_dialect` has that refused
        left = {name: value for name, value in WHO.items() if name != key}
        REQUEST_KEYS.append((f"assigned_to.{key}", "", {"body assigned_to": left}, BOTH_CALLS, BOTH_SOURCES))

GIVEN = b'{"test_id": "N1", "password": "p1", "error": {"message": ""}, "alt": {"id": "N2", "pin": "p2", "why": "no"}}'
WRONG = b'{"error": {"message": "first"}, "alt": {"why": "second"}}'
# The key, its other value, a status and body, and what is read from them by default, and then.
ANSWER_KEYS: list[tuple[str, object, int, bytes, tuple[object, ...], tuple[object, ...]]] = [
    ("response.test_id", "alt.id", 200, GIVEN, ("confirmed", "N1", "p1", ""), ("confirmed", "N2", "p1", "")),
    ("response.password", "alt.pin", 200, GIVEN, ("confirmed", "N1", "p1", ""), ("confirmed", "N1", "p2", "")),
    ("response.password", "", 200, GIVEN, ("confirmed", "N1", "p1", ""), ("confirmed", "N1", None, "")),
    ("response.error", "alt.why", 422, WRONG, ("refused", None, None, "first"), ("refused", None, None, "second")),
    ("outcomes.success", [200, 299], 299, GIVEN, ("unknown", None), ("confirmed", "N1")),
    ("outcomes.success", [299], 200, GIVEN, ("confirmed", "N1"), ("unknown", None)),
    ("outcomes.unavailable", [410], 410, WRONG, ("unknown", None), ("unavailable", None)),
    ("outcomes.unavailable", [410], 409, WRONG, ("unavailable", None), ("unknown", None)),
    ("outcomes.bad_key", [407], 407, WRONG, ("unknown", None), ("bad_key", None)),
    ("outcomes.bad_key", [407], 401, WRONG, ("bad_key", None), ("unknown", None)),
    ("outcomes.refused", [500], 500, WRONG, ("unknown", None), ("refused", None)),
    ("outcomes.refused", [500], 404, WRONG, ("refused", None), ("unknown", None)),
    ("outcomes.retry", [502], 502, WRONG, ("unknown", None), ("retry", None)),
    ("outcomes.retry", [502], 503, WRONG, ("retry", None), ("unknown", None)),
]
# These change no request and no reading: tests/fulfillment/test_other_dialects.py shows what they do.
ELSEWHERE = {
    "assigned_to.max_bytes": 400,
    "behavior.idempotent": True,
    "behavior.per_second": 0.5,
    "behavior.timeout_seconds": 2.5,
}


def dialect_with(folder: Path, key: str, value: object) -> Dialect:
    section, _, name = key.rpartition(".")
    path = folder / "itep.toml"
    path.write_text(f"[{section}]\n{name} = {json.dumps(value)}\n", encoding="utf-8")
    return load(path)


def read(dialect: Dialect, status: int, body: bytes) -> tuple[object, ...]:
    request = CallRequest(Call.ASSIGN, "ACAD-PLUS", "the-key", "123982B8AP", Source.INVENTORY, OID, "", TEXT)
    answer = judge(dialect, request, status, body)
    return answer.outcome.value, answer.test_id, answer.password, answer.error


@pytest.mark.parametrize(("key", "value", "change", "calls", "sources"), REQUEST_KEYS)
def test_a_key_of_the_request(
    tmp_path: Path, key: str, value: object, change: Parts, calls: set[str], sources: set[str]
) -> None:
    before, after = requests(Dialect()), requests(dialect_with(tmp_path, key, value))
    for call, source in before:
        found = changed(before[call, source], after[call, source])
        if call in calls and source in sources:
            assert found == change
        elif sources != BOTH_SOURCES and call in calls:
            continue  # the other source has a line of its own, or nothing there to change
        else:
            assert found == {}


@pytest.mark.parametrize(("key", "value", "status", "body", "before", "after"), ANSWER_KEYS)
def test_a_key_of_the_answer(
    tmp_path: Path,
    key: str,
    value: object,
    status: int,
    body: bytes,
    before: tuple[object, ...],
    after: tuple[object, ...],
) -> None:
    dialect = dialect_with(tmp_path, key, value)
    assert read(Dialect(), status, body)[: len(before)] == before
    assert read(dialect, status, body)[: len(after)] == after
    assert requests(dialect) == requests(Dialect())


@pytest.mark.parametrize(("key", "value"), ELSEWHERE.items())
def test_a_key_that_changes_neither_request_nor_reading(tmp_path: Path, key: str, value: object) -> None:
    dialect = dialect_with(tmp_path, key, value)
    assert dialect != Dialect()
    assert requests(dialect) == requests(Dialect())
    assert read(dialect, 200, GIVEN) == read(Dialect(), 200, GIVEN)


def test_the_size_of_assigned_to_is_said(tmp_path: Path) -> None:
    exact = len(TEXT.encode())
    fits, not_so = (dialect_with(tmp_path, "assigned_to.max_bytes", limit) for limit in (exact, exact - 1))
    assert requests(fits) == requests(Dialect())
    with pytest.raises(AssignedToTooLong, match=f"has {exact} bytes; iTEP takes at most {exact - 1}"):
        requests(not_so)


def test_no_key_is_forgotten(tmp_path: Path) -> None:
    """Of the text, of the dialect as it is read, and of the tables above: the same keys."""
    (tmp_path / "design.toml").write_text(DEFAULT, encoding="utf-8")
    assert load(tmp_path / "design.toml") == Dialect()
    in_text = set(_leaves(tomllib.loads(DEFAULT)))
    in_code = {key.replace("auth.place", "auth.in") for key in _fields(Dialect())}
    in_tables = {row[0] for row in REQUEST_KEYS} | {row[0] for row in ANSWER_KEYS} | set(ELSEWHERE)
    assert in_text == in_code == in_tables


def test_an_outcome_of_every_kind_stands_in_the_lists() -> None:
    kinds = {row[5][0] for row in ANSWER_KEYS}
    assert kinds == {outcome.value for outcome in Outcome}


def _leaves(found: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in found.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def _fields(one: Any, prefix: str = "") -> Iterator[str]:
    for each in fields(one):
        value = getattr(one, each.name)
        if is_dataclass(value):
            yield from _fields(value, f"{prefix}{each.name}.")
        else:
            yield f"{prefix}{each.name}"

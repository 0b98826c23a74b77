from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from itep.dialect import Dialect, DialectError, load, warnings

Writer = Callable[[str], Path]

# Unlike the default in every value.
OTHER = """
[auth]
in = "body"
name = "key"
prefix = "K "
[calls.assign]
method = "PUT"
path = "/v2/give"
[calls.assign_and_send]
method = "PATCH"
path = "/v2/give-and-mail?now=1"
[request]
encoding = "form"
product_code = "pc"
test_id = ""
source = "src"
source_inventory = "I"
source_sale = "S"
oid = "order"
tracking_code = "tc"
assigned_to = "who"
assigned_to_as = "string"
[assigned_to]
name = "n"
email = "e"
oid = "o"
external_id = ""
max_bytes = 400
[response]
test_id = "data.0.id"
password = "data.0.pin"
error = "fault"
[outcomes]
success = [210]
unavailable = [410]
bad_key = [418]
refused = [499]
retry = [529]
[behavior]
idempotent = true
per_second = 0.5
timeout_seconds = 2.5
"""


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    def write(text: str) -> Path:
        path = tmp_path / "itep.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_default_is_the_one_of_the_design() -> None:
    dialect = load(None)
    assert (dialect.auth.place, dialect.auth.name, dialect.auth.prefix) == ("header", "X-Api-Key", "")
    assert (dialect.calls.assign.method, dialect.calls.assign.path) == ("POST", "/api/assign")
    assert dialect.calls.assign_and_send.path == "/api/assign-and-send"
    assert dialect.outcomes.success == (200, 201, 202)
    assert (dialect.behavior.idempotent, dialect.behavior.per_second, dialect.behavior.timeout_seconds) == (
        False,
        5,
        10,
    )
    assert warnings(dialect) == []


def test_every_value_can_be_set(write: Writer) -> None:
    dialect, default = load(write(OTHER)), Dialect()
    for section in fields(Dialect):
        theirs, ours = getattr(dialect, section.name), getattr(default, section.name)
        same = [key.name for key in fields(theirs) if getattr(theirs, key.name) == getattr(ours, key.name)]
        assert same == [], section.name
    assert (dialect.calls.assign.method, dialect.calls.assign.path) == ("PUT", "/v2/give")
    assert dialect.picks_test_id


def test_what_is_left_out_keeps_its_default(write: Writer) -> None:
    assert load(write("")) == Dialect()
    dialect = load(write('[calls.assign]\npath = "/give"'))
    assert (dialect.calls.assign.method, dialect.calls.assign_and_send.path) == ("POST", "/api/assign-and-send")


def test_a_status_given_to_one_outcome_leaves_the_default_lists(write: Writer) -> None:
    outcomes = load(write("[outcomes]\nunavailable = [404, 409]")).outcomes
    assert (outcomes.unavailable, outcomes.refused) == ((404, 409), (400, 422))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[auth", "not TOML"),
        ("x = 1", "x: unknown key outside every section"),
        ("[reply]", "[reply]: unknown section"),
        ("auth = 3", "[auth]: expected a section, found a number"),
        ('[auth]\nwhere = "x"', "[auth] where: unknown key"),
        ('[auth]\nin = "cookie"', "[auth] in: expected one of header, query, body; found 'cookie'"),
        ("[auth]\nname = 3", "[auth] name: expected a text, found a number"),
        ('[auth]\nname = ""', "[auth] name: must not be empty"),
        ('[auth]\nname = "X Key"', "[auth] name: expected the name of a header"),
        ('[auth]\nname = "Content-Type"', "[auth] name: the header Content-Type"),
        ('[auth]\nprefix = "a\\nb"', "[auth] prefix: expected printable characters only"),
        ("[calls.cancel]", "[calls] cancel: unknown key"),
        ('[calls.assign]\nmethod = "FETCH"', "[calls.assign] method: expected one of"),
        ('[calls.assign]\npath = "https://x/y"', "[calls.assign] path: expected a path"),
        ('[calls.assign]\nurl = "/x"', "[calls.assign] url: unknown key"),
        ('[request]\nencoding = "xml"', "[request] encoding: expected one of json, form"),
        ('[request]\noid = "source"', "[request] oid: the name 'source' is used twice"),
        ('[auth]\nin = "body"\nname = "source"', "[request] source: the name 'source' is used twice"),
        ('[auth]\nin = "body"\n[calls.assign]\nmethod = "GET"', "[auth] in: body is not possible"),
        ('[assigned_to]\nemail = "name"', "[assigned_to] email: the name 'name' is used twice"),
        ("[assigned_to]\nmax_bytes = 1.5", "[assigned_to] max_bytes: expected a whole number"),
        ("[assigned_to]\nmax_bytes = -1", "[assigned_to] max_bytes: expected 0 to"),
        ('[assigned_to]\noid = ""', "[assigned_to] oid: must be named here or as [request] oid"),
        ('[request]\nassigned_to = ""', "[request] assigned_to: must be sent"),
        ("[response]\nerror = false", "[response] error: expected a text, found true or false"),
        ("[outcomes]\nsuccess = []", "[outcomes] success: expected a list of HTTP statuses, found an empty list"),
        ("[outcomes]\nretry = [99]", "[outcomes] retry: expected HTTP statuses"),
        ('[outcomes]\nretry = ["429"]', "[outcomes] retry: expected HTTP statuses"),
        ("[outcomes]\nretry = [409]\nrefused = [409]", "[outcomes] retry: the status 409 stands under refused"),
        ('[behavior]\nidempotent = "yes"', "[behavior] idempotent: expected true or false, found a text"),
        ("[behavior]\ntimeout_seconds = 0", "[behavior] timeout_seconds: expected 0.1 to 120"),
        ("[behavior]\nper_second = nan", "[behavior] per_second: expected 0 to"),
        ("[behavior]\nper_second = true", "[behavior] per_second: expected a number, found true or false"),
    ],
)
def test_every_mistake_is_one_line_with_file_section_and_key(write: Writer, text: str, says: str) -> None:
    path = write(text)
    with pytest.raises(DialectError) as caught:
        load(path)
    line = str(caught.value)
    assert line.startswith(f"{path}: ")
    assert says in line
    assert "\n" not in line


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DialectError, match="cannot be read: No such file"):
        load(tmp_path / "none.toml")


def test_the_oid_may_go_as_a_parameter_alone(write: Writer) -> None:
    dialect = load(write('[request]\noid = "order"\nassigned_to = ""\n[assigned_to]\noid = ""'))
    assert len(warnings(dialect)) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[assigned_to]\nname = ""', ["no name"]),
        ('[assigned_to]\nemail = ""', ["no email"]),
        ('[assigned_to]\nexternal_id = ""', []),
        ('[request]\noid = "order"\n[assigned_to]\noid = ""', []),
        ('[request]\noid = "order"\n[assigned_to]\noid = ""\nexternal_id = ""', ["no identifier"]),
        ('[calls.assign]\npath = "/api/assign-and-send"', ["same request"]),
    ],
)
def test_warns_of_what_itep_recommends(write: Writer, text: str, words: list[str]) -> None:
    told = warnings(load(write(text)))
    assert len(told) == len(words)
    assert all(word in line for word, line in zip(words, told, strict=True))

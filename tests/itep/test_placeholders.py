"""A product's own keys filled: once, each in its kind, what comes to nothing left out; always JSON, for any text."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from itep.assigned_to import AssignedToTooLong, compose, oids_in
from itep.client import Call, CallRequest, Source, build
from itep.dialect import AssignedToKeys, Dialect
from itep.placeholders import PLACEHOLDERS, fill
from itep.wire import JSON, storable

OID = UUID("5f0c0f2e-7a55-4b61-9a62-6a8c0b3f2c11")
any_text = st.text(st.characters(exclude_categories=()))  # lone surrogates and NUL included
scalar = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
own_keys: st.SearchStrategy[dict[str, JSON]] = st.dictionaries(
    any_text,
    st.recursive(
        any_text | scalar | st.sampled_from([f"{{{name}}}" for name in (*PLACEHOLDERS, "metadata.a b.c")]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("{reference}", {"reference": "r1"}, "r1"),
        ("{ reference }/{payer}", {"reference": "r1", "payer": "hr"}, "r1/hr"),
        ("{name}", {"name": "{reference}", "reference": "r1"}, "{reference}"),
        ("{metadata.site}", {"metadata.site": 7}, 7),
        ("{metadata.site}", {"metadata.site": False}, False),
        ("{metadata.site}", {"metadata.site": 1.5}, 1.5),
        ("is {metadata.site}", {"metadata.site": True}, "is true"),
        ("{metadata.cost centre}", {"metadata.cost centre": "C1"}, "C1"),
        ("{metadata.a.b}", {"metadata.a.b": "dotted"}, "dotted"),
        ("{metadata.a.b}", {"metadata.a": "x", "metadata.a.b": "y"}, "y"),
        ("{{reference}}", {"reference": "r1"}, "{reference}"),
        ("{{{reference}}}", {"reference": "r1"}, "{r1}"),
        ("{nobody} {reference}", {"reference": "r1"}, "{nobody} r1"),
        ("{", {}, "{"),
        ("Ref {reference}", {"reference": ""}, "Ref "),
        ("", {}, ""),
    ],
)
def test_a_text_is_filled(text: str, values: dict[str, JSON], filled: JSON) -> None:
    assert fill({"key": text}, values) == {"key": filled}


@pytest.mark.parametrize(
    "nothing",
    [
        "{reference}",
        "{metadata.none}",
        "{metadata.null}",
        "{reference} {payer}",
        {"deep": {"deeper": "{payer}"}},
        ["{payer}", ["{reference}"]],
    ],
)
def test_what_comes_to_nothing_is_left_out_and_constants_stay(nothing: JSON) -> None:
    values: dict[str, JSON] = {"reference": " ", "payer": "", "metadata.null": None}
    constants: dict[str, JSON] = {"empty": "", "null": None, "object": {}, "list": [], "no": False, "zero": 0}
    assert fill({"key": nothing, **constants}, values) == constants
    assert fill({"key": {"a": nothing, "b": 1}}, values) == {"key": {"b": 1}}


@given(
    own=own_keys,
    name=any_text,
    values=st.dictionaries(st.sampled_from([*PLACEHOLDERS, "metadata.a b.c"]), any_text | scalar, max_size=6),
    limit=st.integers(1, 400),
)
@example(own={"a": {"b": "{name}"}}, name='👩🏽‍🚀 مرحبا "\\', values={"name": '‮"}{\\'}, limit=1)
@example(own={}, name="x" * 5000, values={}, limit=400)
def test_for_any_name_and_any_keys_it_is_json_within_the_limit_or_says_why_not(
    own: dict[str, JSON], name: str, values: dict[str, JSON], limit: int
) -> None:
    """It round-trips to exactly what was meant, can be stored anywhere, and both ways of the wire carry it."""
    filled = fill(own, values)
    text = compose(Dialect(), name=name, email="", oid=OID, external_id="", product_keys=filled)
    assert OID in oids_in(text)
    assert text == storable(text)
    dialect_keys = {"name": storable(name), "oid": str(OID)} if name.strip() else {"oid": str(OID)}
    taken = {key.casefold() for key in AssignedToKeys().names}
    assert json.loads(text) == dialect_keys | {key: one for key, one in filled.items() if key.casefold() not in taken}
    for sent_as in ("object", "string"):
        assert _sent(text, sent_as) == (json.loads(text) if sent_as == "object" else text)

    short = replace(Dialect(), assigned_to=AssignedToKeys(max_bytes=limit))
    size = len(text.encode())
    if size <= limit:
        assert compose(short, name=name, email="", oid=OID, external_id="", product_keys=filled) == text
        return
    with pytest.raises(AssignedToTooLong) as refused:
        compose(short, name=name, email="", oid=OID, external_id="", product_keys=filled)
    assert (refused.value.bytes, refused.value.too_many) == (size, size - limit)


def _sent(text: str, sent_as: str) -> JSON:
    """What stands in the body of the call."""
    dialect = replace(Dialect(), request=replace(Dialect().request, assigned_to_as=sent_as))
    asked = CallRequest(Call.ASSIGN, "ACAD-PLUS", "key", "ID1", Source.INVENTORY, OID, "", text)
    body: dict[str, JSON] = json.loads(build(dialect, "http://itep.example", asked).body)
    return body["assigned_to"]

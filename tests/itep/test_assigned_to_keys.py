"""A product's own keys as a person types them: every fault is said, each by the name of its key."""

from __future__ import annotations

from typing import Any

import pytest

from itep.assigned_to_keys import UnreadableKeys, faults, metadata_used, read
from itep.dialect import AssignedToKeys
from itep.placeholders import ALLOWED

TAKEN = AssignedToKeys().names


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ('{"a": ', "This is not JSON: line 1, column 7: Expecting value."),
        ('{"a": 1,\n "b"}', "This is not JSON: line 2, column 5: Expecting ':' delimiter."),
        ("[1]", "This is no object of keys"),
        ('"text"', "This is no object of keys"),
        ('{"a": {"b": 1, "b": 2}}', "The key “b” stands twice in one object."),
        ('{"a": NaN}', "NaN is no number in JSON."),
        ("[" * 100_000, "At most 5 levels."),
    ],
)
def test_what_cannot_be_read_says_where(typed: str, why: str) -> None:
    with pytest.raises(UnreadableKeys) as refused:
        read(typed)
    assert str(refused.value).startswith(why)


def test_nothing_typed_is_no_keys() -> None:
    assert (read(" \n"), read("{}"), read('{"a": ["x", {"b": 1}]}')) == ({}, {}, {"a": ["x", {"b": 1}]})


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"site": "Lisbon", "ref": "{reference}", "n": {"x": ["{metadata.a b}", 1, None, True]}}, []),
        ({"site": "{sight}"}, [f"“site”: {{sight}} is not known. Known are {ALLOWED}."]),
        ({"a": {"b": ["", "{metadata.}"]}}, [f"“a.b[2]”: {{metadata.}} is not known. Known are {ALLOWED}."]),
        ({"Email": "x"}, ["“Email”: The dialect has the key “email” itself. Choose another name."]),
        ({"in": {"email": "{email}"}}, []),
        ({"a": "{reference"}, ["“a”: A { stands alone. Write {{ for the brace itself."]),
        ({"a": "{{x}}"}, []),
        ({"{reference}": 1}, ["“{reference}”: A key is written as it is: placeholders stand in values only."]),
        ({" ": 1}, ["“ ”: A key needs a name."]),
        ({"k" * 101: 1}, [f"“{'k' * 40}…”: A key has at most 100 characters; this one has 101."]),
        ({"a\0": 1}, ["“a�”: A key has characters that can be printed."]),
        ({"a": "\ud800"}, ["“a”: It has characters that cannot be printed."]),
        ({"a": "x\0"}, ["“a”: It has characters that cannot be printed."]),
        ({"a": "x" * 501}, ["“a”: At most 500 characters; these are 501."]),
        ({"a": float("inf")}, ["“a”: This number is too large."]),
        ({"a": {"b": {"c": {"d": "5 deep"}}}}, []),
        ({"a": {"b": {"c": {"d": {"e": {}}}}}}, ["“a.b.c.d.e”: At most 5 levels."]),
        ({str(number): number for number in range(50)}, []),
        ({str(number): number for number in range(51)}, ["At most 50 values; these are 51."]),
    ],
)
def test_every_fault_names_its_key(keys: dict[str, Any], said: list[str]) -> None:
    assert [str(one) for one in faults(keys, taken=TAKEN)] == said


def test_all_faults_are_said_at_once() -> None:
    keys: dict[str, Any] = {"OID": 1, "a": "{x} {y}", "b": {"": "}"}}
    assert [one.path for one in faults(keys, taken=TAKEN)] == ["OID", "a", "a", "b.", "b."]


def test_metadata_that_is_referred_to() -> None:
    assert metadata_used({"a": "{metadata.x y} {metadata.a.b}", "b": ["{metadata.x y}"]}) == ["x y", "a.b"]

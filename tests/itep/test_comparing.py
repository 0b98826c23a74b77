"""We wrote, iTEP shows: every key is compared once, and each difference has its word."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itep.comparing import Difference, Row, compare

SAME, CHANGED, MISSING, ADDED = Difference.SAME, Difference.CHANGED, Difference.MISSING, Difference.ADDED


@pytest.mark.parametrize(
    ("ours", "theirs", "rows"),
    [
        ('{"a": 1, "b": "x"}', '{"b":"x",  "a":1}', [("a", SAME), ("b", SAME)]),
        ('{"a": 7}', '{"a": "7"}', [("a", CHANGED)]),
        ('{"a": 1}', "", [("a", MISSING)]),
        ("", '{"a": 1}', [("a", ADDED)]),
        (
            '{"a": {"b": [1, 2]}}',
            '{"a": {"b": [1, 3]}, "c": {}}',
            [("a.b[1]", SAME), ("a.b[2]", CHANGED), ("c", ADDED)],
        ),
        ('{"a": 1}', "Ana, by telephone", [("", CHANGED)]),
        ("words", "words", [("", SAME)]),
        ("words", "", [("", MISSING)]),
        ("", "", []),
        ("", "words", [("", ADDED)]),
    ],
)
def test_key_by_key(ours: str, theirs: str, rows: list[tuple[str, Difference]]) -> None:

    assert [(row.key, row.difference) for row in compare(ours, theirs)] == rows


def test_both_sides_stand_as_they_are_written() -> None:
    assert compare('{"name": "Zoë"}', '{"name": "Zoe"}') == [Row("name", '"Zoë"', '"Zoe"', CHANGED)]


json_objects = st.dictionaries(
    st.text(min_size=1), st.recursive(st.text() | st.integers() | st.none(), st.lists, max_leaves=4), max_size=4
)


@given(ours=json_objects, theirs=json_objects, text=st.text())
def test_any_two_texts_can_be_compared(ours: object, theirs: object, text: str) -> None:
    wrote, shows = json.dumps(ours), json.dumps(theirs)
    assert all(row.difference == SAME for row in compare(wrote, json.dumps(ours, indent=2)))
    assert {row.difference for row in compare(wrote, shows)} <= set(Difference)
    compare(wrote, text)
    compare(text, wrote)

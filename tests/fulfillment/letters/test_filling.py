"""Values are put in once, as they are; what has no value drops."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.letters.filling import END_OF_ISOLATE, ISOLATE, LRM, fill_body, fill_subject
from fulfillment.letters.placeholders import PLACEHOLDERS

ANYTHING = st.text(max_size=60)
LINE_ENDS = "[\\r\\n\\v\\f\\x1c\\x1d\\x1e\\x85\\u2028\\u2029]+"


@pytest.mark.parametrize(
    ("text", "values", "told"),
    [
        ("Dear {name},", {"name": "Ana"}, "Dear Ana,\n"),
        ("a\n{password}\nb", {}, "a\nb\n"),
        ("a\nYour password: {password}, {test_id}\nb", {"test_id": "X"}, "a\nb\n"),
        ("{product_name}[, about {minutes} minutes].", {"product_name": "P"}, "P.\n"),
        (
            "{product_name}[, about {minutes} minutes].",
            {"product_name": "P", "minutes": "90"},
            "P, about 90 minutes.\n",
        ),
        ("a[ {name} by {organization}]b", {"name": "Ana"}, "ab\n"),
        ("a\n[go to {start_url}]\nb", {}, "a\nb\n"),
        ("a\n\n{password}\n\n\n\nb\n\n", {}, "a\n\nb\n"),
        ("a\n[x]\n{{ }}", {}, "a\n[x]\n{ }\n"),
        ("   {name}   ", {"name": "Ana"}, "   Ana\n"),
    ],
)
def test_what_has_no_value_drops(text: str, values: dict[str, str], told: str) -> None:
    assert fill_body(text, values).text == told


def test_what_was_left_out_is_named_as_it_was_typed() -> None:
    filled = fill_body("Dear {name},\nBy: {deadline}\n[{itep_help}]\nend", {"name": "Ana"})
    assert filled.dropped == ("By: {deadline}", "[{itep_help}]")


def test_a_value_is_text_whatever_stands_in_it() -> None:
    values = {"name": "{test_id} [x] {{ {% %}", "test_id": "123982B8AP"}
    assert fill_body("Dear {name}, {test_id}", values).text == "Dear {test_id} [x] {{ {% %}, 123982B8AP\n"


def test_a_value_begins_no_line_and_no_header() -> None:
    values = {"name": "Ana\r\nBcc: all@example.org\u2028x"}
    assert fill_body("Dear {name}", values).text == "Dear Ana Bcc: all@example.org x\n"
    assert fill_subject("For {name}\r\n", values) == "For Ana Bcc: all@example.org x"


@given(st.fixed_dictionaries(dict.fromkeys(PLACEHOLDERS, ANYTHING)), st.booleans())
def test_any_value_stands_where_it_belongs_on_its_own_line(values: dict[str, str], to_left: bool) -> None:
    """Whatever the values are: as many lines as there are values, each with its own, in order."""
    text = "\n".join(f"<{{{name}}}>" for name in values)
    told = fill_body(text, values, right_to_left=to_left).text.removesuffix("\n")
    expected = [f"<{re.sub(LINE_ENDS, ' ', value).strip()}>" for value in values.values() if value.strip()]
    assert [_bare(line) for line in told.split("\n") if line] == [_bare(one) for one in expected]


def _bare(text: str) -> str:
    """Without the marks that keep two scripts apart."""
    for mark in (LRM, ISOLATE, END_OF_ISOLATE):
        text = text.replace(mark, "")
    return text


@given(st.text(max_size=80), ANYTHING)
def test_any_subject_is_one_line(subject: str, value: str) -> None:
    told = fill_subject(subject, dict.fromkeys(PLACEHOLDERS, value))
    assert len(told.splitlines()) <= 1


def test_scripts_are_kept_apart() -> None:
    values = {"name": "Ana", "test_id": "12-34", "page_url": "https://x.example/c/1/"}
    told = fill_body("{name}\n{test_id}\n{page_url}", values, right_to_left=True).text
    assert told == f"{ISOLATE}Ana{END_OF_ISOLATE}\n{LRM}12-34\n{LRM}https://x.example/c/1/\n"
    assert fill_body("Dear {name},", {"name": "محمد"}).text == f"Dear {ISOLATE}محمد{END_OF_ISOLATE},\n"

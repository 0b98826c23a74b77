from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itep.statuses import Status
from itep.webhook import ResultPost, Section, UnreadablePost, fact_of, read_data

# The made-up example of ITEP.md, section 5.
EXAMPLE = {
    "OID": "5f0c0f2e-7a55-4b61-9a62-6a8c0b3f2c11",
    "TestID": "123982B8AP",
    "Status": "Completed",
    "Duration": "84",
    "TestDate": "3/9/2026",
    "TestMonth": "3",
    "TestDay": "9",
    "TestYear": "2026",
    "score_report_url": "https://reports.example/r?x=1",
    "Overall_Level": "3.1",
    "Overall_cefr": "B1",
    "Reading_Level": "4.0",
    "Reading_Score": "70",
    "Listening_Level": "3.5",
    "Listening_Score": "62",
    "Grammar_Level": "2.0",
    "Grammar_Score": "41",
    "Writing_Level": "3.0",
    "Writing_Score": "62",
    "Speaking_Level": "3.0",
    "Speaking_Score": "62",
}


def post(**changes: Any) -> ResultPost:
    return read_data(json.dumps({**EXAMPLE, **changes}))


def test_reads_the_example_whole() -> None:
    assert post() == ResultPost(
        oid=UUID("5f0c0f2e-7a55-4b61-9a62-6a8c0b3f2c11"),
        raw_oid="5f0c0f2e-7a55-4b61-9a62-6a8c0b3f2c11",
        test_id="123982B8AP",
        status_raw="Completed",
        status=Status.COMPLETED,
        test_date=date(2026, 3, 9),
        duration_minutes=84,
        score_report_url="https://reports.example/r?x=1",
        overall_level=Decimal("3.1"),
        overall_cefr="B1",
        sections={
            "Reading": Section(Decimal("4.0"), Decimal(70), ""),
            "Listening": Section(Decimal("3.5"), Decimal(62), ""),
            "Grammar": Section(Decimal("2.0"), Decimal(41), ""),
            "Writing": Section(Decimal("3.0"), Decimal(62), ""),
            "Speaking": Section(Decimal("3.0"), Decimal(62), ""),
        },
        unknown={},
    )


def test_numbers_and_strings_and_letter_case_make_no_difference() -> None:
    numbers = {**EXAMPLE, "Duration": 84, "Overall_Level": 3.1, "TestYear": 2026, "Reading_Score": 70.0}
    shouted = {name.upper(): value for name, value in numbers.items()}
    assert fact_of(read_data(json.dumps(shouted))) == fact_of(post())
    assert read_data(json.dumps(shouted)).sections["Reading"] == post().sections["Reading"]


def test_any_section_by_its_pattern() -> None:
    read = post(vocabulary_level="2.5", Vocabulary_cefr="A2", ReadingComp_Score="5", USE_OF_ENGLISH_Level=1)
    assert read.sections["Vocabulary"] == Section(Decimal("2.5"), None, "A2")
    assert read.sections["ReadingComp"] == Section(None, Decimal(5), "")
    assert read.sections["Use_Of_English"] == Section(Decimal(1), None, "")
    assert read.unknown == {}


def test_a_reset_test_has_blanks() -> None:
    blanks = dict.fromkeys(EXAMPLE, "") | {"OID": EXAMPLE["OID"], "Status": "Ready", "Duration": None}
    read = read_data(json.dumps(blanks))
    assert (read.test_date, read.duration_minutes, read.overall_level, read.sections) == (None, None, None, {})
    assert (read.test_id, read.status, read.unknown) == (None, Status.READY, {})


def test_keeps_what_is_unknown() -> None:
    read = post(Status="Paused", Proctor={"n": 1.5, "who": [None]}, Overall_Score="66", note="x\0")
    assert (read.status, read.status_raw) == (None, "Paused")
    assert set(read.unknown) == {"Proctor", "Overall_Score", "note"}
    assert json.loads(read.unknown["Proctor"])["who"] == [None]
    assert read.unknown["note"] == "x\ufffd"


def test_an_oid_that_is_none_of_ours_is_kept_raw() -> None:
    assert (post(OID="abc").oid, post(OID="abc").raw_oid) == (None, "abc")
    assert post(OID=77).raw_oid == "77"


@pytest.mark.parametrize(
    ("changes", "found", "left"),
    [
        ({"TestDate": ""}, date(2026, 3, 9), set()),
        ({"TestMonth": "", "TestDay": "", "TestYear": ""}, date(2026, 3, 9), set()),
        ({"TestMonth": "13"}, date(2026, 3, 9), set()),
        ({"TestYear": "1900"}, date(2026, 3, 9), set()),
        ({"TestDate": "12/31/2025"}, date(2026, 3, 9), set()),
        ({"TestDate": "0/0/0", "TestMonth": 0, "TestDay": 0, "TestYear": 0}, None, set()),
        (
            {"TestDate": "2026-03-09", "TestMonth": "March"},
            None,
            {"TestDate", "TestMonth", "TestDay", "TestYear"},
        ),
    ],
)
def test_the_day(changes: dict[str, Any], found: date | None, left: set[str]) -> None:
    read = post(**changes)
    assert read.test_date == found
    assert set(read.unknown) == left


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Overall_Level", "6.1"),
        ("Overall_Level", "-0.1"),
        ("Overall_Level", "B1"),
        ("Overall_Level", "3,1"),
        ("Overall_Level", True),
        ("Overall_Level", [3]),
        ("Reading_Level", 7),
        ("Vocabulary_Level", "nan"),
        ("Reading_Score", "Infinity"),
        ("Reading_Score", "1e9"),
        ("Reading_Score", 12345),
        ("Duration", "an hour"),
        ("Duration", -1),
        ("Status", [None]),
        ("TestID", "x" * 65),
    ],
)
def test_names_the_field_and_value_that_cannot_be_read(field: str, value: Any) -> None:
    with pytest.raises(UnreadablePost) as caught:
        post(**{field: value})
    assert caught.value.field == field
    assert caught.value.value == str(value)[:80]
    assert field in caught.value.reason


@pytest.mark.parametrize("level", ["0", "0.0", "6", "6.0", 0, 6, 6.0, "-0"])
def test_the_ends_of_the_scale_are_levels(level: Any) -> None:
    assert post(Overall_Level=level).overall_level in (Decimal(0), Decimal(6))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '"x"', "3", "null", '{"a": NaN}', "OID=1&TestID=2", "[" * 100_000, '{"a": 1}}']
)
def test_refuses_what_is_no_json_object(text: str) -> None:
    with pytest.raises(UnreadablePost):
        read_data(text)


def test_one_name_twice() -> None:
    assert read_data('{"Status": "", "status": "Finished", "STATUS": "Finished"}').status is Status.FINISHED
    with pytest.raises(UnreadablePost, match="twice"):
        read_data('{"Status": "Completed", "Status": "Invalidated"}')


def test_the_fact_leaves_out_the_report_address_and_unknown_fields() -> None:
    fact = fact_of(post())
    assert fact_of(post(score_report_url="https://reports.example/r?x=2", extra="1", Status="complete")) == fact
    assert fact_of(post(Overall_Level="3.10")) == fact
    for change in ({"Status": "Invalidated"}, {"Overall_Level": "3.2"}, {"TestID": "X"}, {"Reading_cefr": "B1"}):
        assert fact_of(post(**change)) != fact


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
names = st.sampled_from([*EXAMPLE, "overall_level", "X_Level", "_cefr", "Overall_Score"]) | st.text()


@given(st.dictionaries(names, values))
def test_anything_is_read_or_refused_and_what_is_read_can_be_stored(fields: dict[str, Any]) -> None:
    try:
        read = read_data(json.dumps(fields))
    except UnreadablePost:
        return
    texts = [read.raw_oid, read.status_raw, read.overall_cefr, *read.unknown.keys(), *read.unknown.values()]
    assert "\0" not in "".join(texts).encode().decode()
    assert len(fact_of(read)) == 64


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(UnreadablePost):
        read_data(f"{text}]")

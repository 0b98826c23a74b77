"""What a letter must have, must not have, and should be looked at for."""

from __future__ import annotations

import pytest

from fulfillment.letters import checking
from fulfillment.models import LetterKind

KIND = LetterKind.INSTRUCTIONS
GOOD = "Dear {name},\nTake it by {deadline}.\n{test_id}, {page_url}\nAsk {help}\n"


def body(text: str, kind: LetterKind = KIND) -> list[tuple[int, int, str]]:
    return [(one.line, one.column, one.message) for one in checking.body_faults(kind, text)]


def warned(text: str, kind: LetterKind = KIND) -> list[str]:
    return [one.message for one in checking.warnings(kind, "s", text)]


def test_a_good_one() -> None:
    assert (body(GOOD), warned(GOOD), checking.subject_faults("Your test[ by {deadline_short}]")) == ([], [], [])


@pytest.mark.parametrize(
    ("subject", "says"),
    [
        ("", "A mail needs a subject."),
        ("  ", "A mail needs a subject."),
        ("x" * 301, "At most 300 characters."),
        ("a\nb", "A subject is one line."),
        ("By {deadline}", "{deadline} may be blank: put it, with its words, in [brackets]."),
        ("[{password}]", "A password never stands in a subject: phones show it to whoever is near."),
        ("{nmae}", "There is no placeholder {nmae}. Did you mean {name}?"),
    ],
)
def test_a_subject_that_cannot_be_used(subject: str, says: str) -> None:
    assert [one.message for one in checking.subject_faults(subject)] == [says]


@pytest.mark.parametrize(
    ("more", "line", "column", "says"),
    [
        ("see <b>this</b>", 5, 5, "This is plain text"),
        ('<img src="x">', 5, 1, "This is plain text"),
        ("go to https://bit.ly/abc", 5, 15, "No shortened links"),
        ("TinyURL.com/abc", 5, 1, "No shortened links"),
        ("https://x.example/?utm_source=mail", 5, 1, "No tracked links"),
        ("{oid}", 5, 1, "There is no placeholder {oid}."),
    ],
)
def test_what_must_not_stand_in_it_is_named_with_its_place(more: str, line: int, column: int, says: str) -> None:
    first = body(GOOD + more)[0]
    assert first[:2] == (line, column)
    assert first[2].startswith(says)


def test_without_a_way_to_the_test_it_cannot_be_used() -> None:
    assert body("Dear {name}")[0][2].startswith("Put in {test_id} or {page_url}")
    assert body("Dear {name}", LetterKind.CANCELLED) == []
    assert body("", LetterKind.CANCELLED)[0][2].startswith("Nothing would be left")
    assert body("{itep_help} {test_id}")[0][2].startswith("Nothing would be left")
    assert body("x" * 10_001 + "{test_id}")[0][2] == "At most 10000 characters."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace("{test_id}, ", ""), "{test_id} does not stand in it."),
        (GOOD.replace(", {page_url}", ""), "{page_url} does not stand in it."),
        (GOOD.replace("Dear {name}", "Dear you"), "{name} does not stand in it: "),
        (GOOD.replace("Ask {help}", ""), "It names nobody to ask"),
        (GOOD.replace("by {deadline}", ""), "{deadline} does not stand in it."),
        (GOOD + "[and {minutes}", "Brackets come in pairs"),
    ],
)
def test_what_one_should_look_at(text: str, says: str) -> None:
    assert body(text) == []
    assert len(warned(text)) == 1
    assert warned(text)[0].startswith(says)


def test_an_address_of_somebody_is_no_html() -> None:
    assert body(GOOD + "a < b, x <3 y, <help@example.org>, <https://x.example>, 1 > 0") == []

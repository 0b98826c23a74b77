"""A letter's text, read: what is a placeholder, what may drop, and where something is wrong."""

from __future__ import annotations

import pytest

from fulfillment.letters.reading import Fault, Part, Slot, faults, read


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ("Dear {name},", ("Dear ", Slot("name"), ",")),
        ("Dear { name },", ("Dear ", Slot("name"), ",")),
        ("", ()),
        ("{{name}}", ("{", "name", "}")),
        ("{{{name}}}", ("{", Slot("name"), "}")),
        ("a[, {minutes}]b", ("a", Part((", ", Slot("minutes"))), "b")),
        ("[IMPORTANT]", ("[", "IMPORTANT", "]")),
        ("[[{name}]]", ("[", Slot("name"), "]")),
        ("[{name} and [more]", ("[", Slot("name"), " and ", "[", "more", "]")),
        ("[a [{name}]]", ("[", "a ", "[", Slot("name"), "]")),
        ("[{name}", ("[", Slot("name"))),
        ("{name}]", (Slot("name"), "]")),
        ("{nobody}", ("{nobody}",)),
    ],
)
def test_the_pieces_of_a_line(line: str, pieces: tuple[object, ...]) -> None:
    assert read(line) == (pieces,)


def test_a_part_ends_with_its_line() -> None:
    assert read("[a\n{name}]") == (("[", "a"), (Slot("name"), "]"))


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("Dear {nmae},", 1, 6, "There is no placeholder {nmae}. Did you mean {name}?"),
        ("Dear {name},\nby {Deadline}", 2, 4, "There is no placeholder {Deadline}. Did you mean {deadline}?"),
        ("{xyzzy}", 1, 1, "There is no placeholder {xyzzy}."),
        ("{name.email}", 1, 1, "There is no placeholder {name.email}."),
        ("{% if name %}", 1, 1, "There is no placeholder {% if name %}."),
        ("a {name", 1, 3, "A brace alone"),
        ("name}", 1, 5, "A brace alone"),
        ("{}", 1, 1, "A brace alone"),
        ("{na[me]}", 1, 1, "A brace alone"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, line: int, column: int, says: str) -> None:
    first, *_more = faults(text)
    assert isinstance(first, Fault)
    assert (first.line, first.column) == (line, column)
    assert first.message.startswith(says)


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert [(one.line, one.column) for one in faults("{a}\r\n{name} {b} }\n[{c}]")] == [(1, 1), (2, 8), (2, 12), (3, 2)]

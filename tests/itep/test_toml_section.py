from __future__ import annotations

import pytest

from itep.toml_section import Section, TomlError


def test_what_is_left_is_unknown() -> None:
    section = Section(file="x.toml", name="auth", found={"name": "a", "other": 1})
    assert section.text("name", "b") == "a"
    assert section.text("prefix", "default") == "default"
    with pytest.raises(TomlError, match=r"^x\.toml: \[auth\] other: unknown key$"):
        section.end()


def test_a_section_within_a_section_is_named_whole() -> None:
    top = Section(file="x.toml", name="", found={"calls": {"assign": {"path": 1}}})
    with pytest.raises(TomlError, match=r"^x\.toml: \[calls\.assign\] path: expected a text, found a number$"):
        top.section("calls").section("assign").text("path", "")

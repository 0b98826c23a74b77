"""Which language a candidate gets."""

from __future__ import annotations

import pytest

from fulfillment import languages


@pytest.mark.parametrize(
    ("wished", "would_do"),
    [
        ("pt", ["pt"]),
        ("pt-BR", ["pt"]),
        ("pt_br", ["pt"]),
        ("es-419", ["es"]),
        ("zh-Hans-CN", ["zh-hans"]),
        ("zh-CN", ["zh-hans"]),
        ("zh", ["zh-hans"]),
        ("zh-TW", []),
        ("zh-Hant", []),
        ("zh-Hant-HK", []),
        ("yue-Hant", []),
        ("de", []),
        ("", []),
        ("-", []),
    ],
)
def test_what_would_do_for_a_tag(wished: str, would_do: list[str]) -> None:
    assert languages.would_do(wished) == would_do

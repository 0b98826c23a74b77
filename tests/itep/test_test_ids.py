from __future__ import annotations

import pytest

from itep.test_ids import UnreadableTestId, read_test_id


@pytest.mark.parametrize(
    ("raw", "test_id"),
    [("123982B8AP", "123982B8AP"), ("\t 123982b8ap \n", "123982B8AP"), ("x" * 64, "X" * 64), ("007", "007")],
)
def test_one_spelling(raw: str, test_id: str) -> None:
    assert read_test_id(raw) == test_id
    assert read_test_id(test_id) == test_id


@pytest.mark.parametrize("raw", ["", "   ", "x" * 65, "A\0B", "A\nB", "A\u200bB", "\ufb01" * 33])
def test_refuses_with_a_message(raw: str) -> None:
    with pytest.raises(UnreadableTestId, match="A test ID"):
        read_test_id(raw)

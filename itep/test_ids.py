"""Test IDs as iTEP writes them: opaque, compared trimmed and upper-cased (ITEP.md, section 2)."""

from __future__ import annotations

LONGEST = 64


class UnreadableTestId(ValueError):
    """The text cannot be a test ID. Its message says why, for the person who typed or uploaded it."""


def read_test_id(raw: str) -> str:
    """The test ID in its one spelling. Raises UnreadableTestId."""
    test_id = raw.strip().upper()
    if not test_id:
        raise UnreadableTestId("A test ID is missing.")
    if len(test_id) > LONGEST:
        raise UnreadableTestId(f"A test ID has at most {LONGEST} characters; this one has {len(test_id)}.")
    if not test_id.isprintable():
        raise UnreadableTestId("A test ID has only printable characters.")
    return test_id

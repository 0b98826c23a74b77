"""What a call to iTEP came to (DESIGN.md, section 4 rule 5 and section 7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    CONFIRMED = "confirmed"
    UNAVAILABLE = "unavailable"  # this ID is not to be had
    BAD_KEY = "bad_key"  # the product pauses
    REFUSED = "refused"  # a person looks
    RETRY = "retry"  # iTEP surely did nothing
    UNKNOWN = "unknown"  # iTEP may have acted: never repeated blindly


@dataclass(frozen=True, slots=True)
class Answer:
    """`test_id` is the one iTEP named, else the one asked for; only with CONFIRMED does it say anything.

    `body` is capped and holds no API key, but may hold a test password: keep it encrypted.
    """

    outcome: Outcome
    test_id: str | None = None
    password: str | None = field(default=None, repr=False)
    error: str = ""
    status: int | None = None
    retry_after: float | None = None  # seconds
    seconds: float = 0.0
    body: str = field(default="", repr=False)

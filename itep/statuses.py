"""iTEP's words for where a test stands (ITEP.md, section 4)."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    READY = "ready"
    STARTED = "started"
    FINISHED = "finished"
    REVIEW = "review"
    PROBLEM = "problem"
    INVALIDATED = "invalidated"
    COMPLETED = "completed"
    DISABLED = "disabled"


_OTHER_SPELLINGS = {
    "incomplete": Status.STARTED,
    "technical difficulty": Status.PROBLEM,
    "complete": Status.COMPLETED,
}
_SPELLINGS: dict[str, Status] = {status.value: status for status in Status} | _OTHER_SPELLINGS


def read_status(raw: str) -> Status | None:
    """The status that a spelling stands for, or None: iTEP may use words that nobody has seen yet."""
    return _SPELLINGS.get(" ".join(raw.split()).casefold())

from __future__ import annotations

import pytest

from itep.statuses import Status, read_status


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("Ready", Status.READY),
        ("Started", Status.STARTED),
        ("Incomplete", Status.STARTED),
        ("Finished", Status.FINISHED),
        ("Review", Status.REVIEW),
        ("Technical Difficulty", Status.PROBLEM),
        ("Problem", Status.PROBLEM),
        ("Invalidated", Status.INVALIDATED),
        ("Completed", Status.COMPLETED),
        ("Complete", Status.COMPLETED),
        ("Disabled", Status.DISABLED),
        ("  cOMPLETE\n", Status.COMPLETED),
        ("technical  DIFFICULTY", Status.PROBLEM),
        ("Paused", None),
        ("", None),
    ],
)
def test_reads_every_spelling_and_refuses_none(raw: str, status: Status | None) -> None:
    assert read_status(raw) is status

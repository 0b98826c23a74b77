"""Where an event's evidence can be looked at: an upload's row, a call, a post of iTEP's."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

_SAID = re.compile(r"(upload|call|webhook) (\d+)")


def in_export(upload_id: int, sheet: str, row: int | None) -> str:
    """Where in which file it stands: "upload 3, sheet S, row 12"."""
    named = f", sheet {sheet}" if sheet else ""
    return f"upload {upload_id}{named}, row {row}" if row else f"upload {upload_id}, not in the file"


def page_of(source: str, *, test_id: str = "", sees_work: bool = False) -> str:
    """The page of what a source names, as "upload 3, row 12" or "call 7"; "" where there is none for this reader.

    Calls are seen by administrators alone (`sees_work`). Pages of upper rooms are named as text (DESIGN.md section 3).
    """
    found = _SAID.match(source)
    if found is None or (found[1] == "call" and not sees_work):
        return ""
    name, argument = {
        "upload": ("inventory:upload", "upload_id"),
        "call": ("outbox:one", "pk"),
        "webhook": ("webhooks:unmatched_one", "pk"),
    }[found[1]]
    try:
        page = reverse(name, kwargs={argument: int(found[2])})
    except NoReverseMatch:
        return ""
    return f"{page}?{urlencode({'q': test_id})}" if found[1] == "upload" and test_id else page

"""What we wrote into Assigned-to beside what iTEP shows, key by key. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from itep.wire import JSON


class Difference(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    MISSING = "missing"  # we wrote it, and iTEP does not show it
    ADDED = "added"  # iTEP shows it, and we did not write it


@dataclass(frozen=True, slots=True)
class Row:
    """One key, as "site.rooms[2]", or "" for a whole text that is no JSON object."""

    key: str
    ours: str
    theirs: str
    difference: Difference


def compare(ours: str, theirs: str) -> list[Row]:
    """Key by key where both are JSON objects, in our order, then what iTEP has more; else the two texts whole.

    The order of keys and the spaces between them are no difference, letters and kinds (7 and "7") are.
    """
    wrote, shows = _keys(ours), _keys(theirs)
    if wrote is None or shows is None:
        return [_row("", ours, theirs)] if ours or theirs else []
    return [_row(key, wrote.get(key), shows.get(key)) for key in [*wrote, *(key for key in shows if key not in wrote)]]


def _keys(text: str) -> dict[str, str] | None:
    """The values by their keys; None for what is no JSON object. Nothing at all is no keys."""
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
        return dict(_flat("", found)) if isinstance(found, dict) else None
    except (ValueError, RecursionError):
        return None


def _flat(path: str, value: JSON) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for key, one in value.items():
            yield from _flat(f"{path}.{key}" if path else key, one)
    elif isinstance(value, list) and value:
        for number, one in enumerate(value, start=1):
            yield from _flat(f"{path}[{number}]", one)
    else:
        yield path, json.dumps(value, ensure_ascii=False)


def _row(key: str, ours: str | None, theirs: str | None) -> Row:
    if ours == theirs:
        difference = Difference.SAME
    elif not theirs:
        difference = Difference.MISSING
    elif not ours:
        difference = Difference.ADDED
    else:
        difference = Difference.CHANGED
    return Row(key, ours or "", theirs or "", difference)

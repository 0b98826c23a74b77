"""Placeholders in the texts of a product's own Assigned-to keys, and how they are filled. Pure.

`{reference}` stands for what the request says; `{{` and `}}` for the braces themselves. In `{metadata.x}` all that
follows the first dot is the key, so that it may hold dots and spaces: `{metadata.cost centre}`, `{metadata.a.b}`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from itep.wire import JSON, storable

# What a request can fill in; a test holds them to what `fulfillment.assigned_to` gives.
PLACEHOLDERS: Final = (
    *("reference", "payer", "product", "language", "deadline"),
    *("name", "email", "external_id", "oid"),
)
METADATA: Final = "metadata."
ALLOWED: Final = ", ".join(f"{{{name}}}" for name in (*PLACEHOLDERS, f"{METADATA}x"))

_PART = re.compile(r"(?P<brace>\{\{|\}\})|\{(?P<name>[^{}]*)\}|(?P<alone>[{}])")
_NOTHING: Final = object()


@dataclass(frozen=True, slots=True)
class Placeholder:
    name: str


@dataclass(frozen=True, slots=True)
class BraceAlone:
    brace: str


def is_known(name: str) -> bool:
    return name in PLACEHOLDERS or (name.startswith(METADATA) and len(name) > len(METADATA))


def fill(keys: Mapping[str, JSON], values: Mapping[str, JSON]) -> dict[str, JSON]:
    """The keys with their placeholders filled, once: what a candidate typed is never filled again.

    What is nothing but placeholders and comes to nothing is left out, as the dialect's own blank keys are, and so is an
    object or a list of which nothing is left. One placeholder alone keeps its kind: a number stays a number.
    """
    filled = _filled(keys, values)
    return dict(filled) if isinstance(filled, dict) else {}


def parts(text: str) -> Iterator[str | Placeholder | BraceAlone]:
    at = 0
    for found in _PART.finditer(text):
        if found.start() > at:
            yield text[at : found.start()]
        at = found.end()
        if found["brace"]:
            yield found["brace"][0]
        elif found["alone"]:
            yield BraceAlone(found["alone"])
        else:
            yield Placeholder(found["name"].strip())
    if at < len(text):
        yield text[at:]


def _filled(value: JSON, values: Mapping[str, JSON]) -> object:
    if isinstance(value, str):
        return _filled_text(list(parts(value)), values)
    if isinstance(value, Mapping):
        pairs = ((storable(key), _filled(one, values)) for key, one in value.items())
        found = {key: one for key, one in pairs if one is not _NOTHING}
        return found if found or not value else _NOTHING
    if isinstance(value, list):
        rest = [one for item in value if (one := _filled(item, values)) is not _NOTHING]
        return rest if rest or not value else _NOTHING
    return value


def _filled_text(found: Sequence[str | Placeholder | BraceAlone], values: Mapping[str, JSON]) -> object:
    if len(found) == 1 and isinstance(found[0], Placeholder) and is_known(found[0].name):
        return _alone(values.get(found[0].name))
    text = storable("".join(_said(part, values) for part in found))
    is_filled = any(isinstance(part, Placeholder) for part in found)
    return _NOTHING if is_filled and not text.strip() else text


def _alone(value: JSON) -> object:
    if value is None or (isinstance(value, str) and not value.strip()):
        return _NOTHING
    if isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return storable(str(value))


def _said(part: str | Placeholder | BraceAlone, values: Mapping[str, JSON]) -> str:
    """Inside a longer text. A placeholder that nobody knows stays as it is, so that a person sees the mistake."""
    match part:
        case str():
            return part
        case BraceAlone():
            return part.brace
        case Placeholder() if not is_known(part.name):
            return f"{{{part.name}}}"
    value = values.get(part.name)
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)

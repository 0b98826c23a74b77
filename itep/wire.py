"""JSON on the wire, and text that every database and encoder can take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"


def storable(text: str) -> str:
    """The text without lone surrogates, which UTF-8 cannot carry, and without NUL, which PostgreSQL cannot store."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")

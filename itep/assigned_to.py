"""The Assigned-to field: the one place at iTEP where our oid stands beside the test ID (ITEP.md, section 2)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from itep.wire import JSON, storable

if TYPE_CHECKING:
    from itep.dialect import Dialect

# Without word boundaries: a person may have typed "OID5f0c..." and D is a hex digit. The look-ahead finds
# those that overlap as well.
_UUID = re.compile(r"(?=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))", re.IGNORECASE | re.ASCII)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class AssignedToTooLong(ValueError):
    """The composed text is longer than the dialect's max_bytes."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"The Assigned-to text has {size} bytes; iTEP takes at most {limit}.")
        self.bytes = size
        self.limit = limit


def is_blank(text: str | None) -> bool:
    """Empty for iTEP's purposes. Any other text is data, and makes the ID unavailable."""
    return text is None or not text.strip()


def oids_in(text: str) -> tuple[UUID, ...]:
    """Every UUID that stands anywhere in the text, in order, without repeats."""
    return tuple(dict.fromkeys(UUID(found) for found in _UUID.findall(text)))


def compose(
    dialect: Dialect,
    *,
    name: str,
    email: str | None,
    oid: UUID,
    external_id: str | None,
    product_keys: Mapping[str, JSON] | None = None,
) -> str:
    """The JSON text for a candidate. Blank values and keys that the dialect leaves out do not stand in it.

    A product's own key never replaces one of the dialect's: a lost oid could not be settled. Raises AssignedToTooLong.
    """
    keys = dialect.assigned_to
    pairs = ((keys.name, name), (keys.email, email), (keys.oid, str(oid)), (keys.external_id, external_id))
    record: dict[str, JSON] = {key: storable(value) for key, value in pairs if key and value and value.strip()}
    record = {**record, **{key: value for key, value in (product_keys or {}).items() if key not in record}}
    text = storable(json.dumps(record, ensure_ascii=False, allow_nan=False))
    size = len(text.encode())
    if 0 < keys.max_bytes < size:
        raise AssignedToTooLong(size, keys.max_bytes)
    return text


def fill(product_keys: Mapping[str, JSON], values: Mapping[str, str]) -> dict[str, JSON]:
    """A product's own keys with their {placeholders} filled, once: what a candidate typed is never filled again.

    Placeholders without a value stay as they are, so that a person sees the mistake.
    """
    return {
        key: _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), value) if isinstance(value, str) else value
        for key, value in product_keys.items()
    }

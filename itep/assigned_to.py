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


class AssignedToTooLong(ValueError):
    """The composed text is longer than the dialect's max_bytes."""

    def __init__(self, size: int, limit: int) -> None:
        many = size - limit
        super().__init__(f"The Assigned-to text has {size} bytes; iTEP takes at most {limit}: {many} too many.")
        self.bytes, self.limit, self.too_many = size, limit, many


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

    `product_keys` are filled already. A product's own key never takes the place of one of the dialect's, in whatever
    letters: a lost oid could not be settled. Raises AssignedToTooLong.
    """
    keys = dialect.assigned_to
    pairs = ((keys.name, name), (keys.email, email), (keys.oid, str(oid)), (keys.external_id, external_id))
    record: dict[str, JSON] = {key: storable(value) for key, value in pairs if key and value and value.strip()}
    taken = {key.casefold() for key in keys.names}
    record |= {key: value for key, value in (product_keys or {}).items() if key.casefold() not in taken}
    text = storable(json.dumps(record, ensure_ascii=False, allow_nan=False))
    size = len(text.encode())
    if 0 < keys.max_bytes < size:
        raise AssignedToTooLong(size, keys.max_bytes)
    return text

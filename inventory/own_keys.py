"""A product's own keys in Assigned-to: checked before they are kept, and shown with a made-up candidate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError

from itep import placeholders
from itep.assigned_to import AssignedToTooLong, compose
from itep.assigned_to_keys import KeyFault, UnreadableKeys, faults, metadata_used, read
from itep.dialect import Dialect
from itep.wire import JSON

_OID = UUID("5f0c0f2e-7a55-4b61-9a62-6a8c0b3f2c11")
_NAME, _EMAIL, _NUMBER = "Ana Silva", "ana@example.org", "hr-77"


@dataclass(frozen=True, slots=True)
class Preview:
    """What would stand at iTEP for a made-up candidate, in bytes of at most `limit` (0: no limit); or what is wrong."""

    text: str = ""
    bytes: int = 0
    limit: int = 0
    wrong: list[str] = field(default_factory=list)


def check(keys: Mapping[str, JSON]) -> None:
    """Raises ValidationError with all that is wrong with them, each by the name of its key."""
    if found := found_wrong(keys, settings.ITEP_DIALECT):
        raise ValidationError({"assigned_to_keys": [str(one) for one in found]})


def found_wrong(keys: Mapping[str, JSON], dialect: Dialect) -> list[KeyFault]:
    """Also that not even the shortest name would fit beside them."""
    found = faults(keys, taken=dialect.assigned_to.names)
    if found:
        return found
    try:
        filled = placeholders.fill(keys, {})
        compose(dialect, name="A", email="", oid=_OID, external_id="", product_keys=filled)
    except AssignedToTooLong as error:
        return [KeyFault("", f"Not even the shortest name fits beside these keys. {error}")]
    return []


def preview(typed: str, *, product: str) -> Preview:
    """Of what a person has typed so far."""
    try:
        keys = read(typed)
    except UnreadableKeys as error:
        return Preview(wrong=[str(error)])
    if wrong := found_wrong(keys, settings.ITEP_DIALECT):
        return Preview(wrong=[str(one) for one in wrong])
    return shown(keys, settings.ITEP_DIALECT, product=product)


def shown(keys: Mapping[str, JSON], dialect: Dialect, *, product: str) -> Preview:
    """Of keys that were checked."""
    try:
        text = compose(
            dialect,
            name=_NAME,
            email=_EMAIL,
            oid=_OID,
            external_id=_NUMBER,
            product_keys=placeholders.fill(keys, _example(keys, product)),
        )
    except AssignedToTooLong as error:
        return Preview(wrong=[str(error)])
    return Preview(text, len(text.encode()), dialect.assigned_to.max_bytes)


def _example(keys: Mapping[str, JSON], product: str) -> dict[str, JSON]:
    values: dict[str, JSON] = {
        "reference": "req-2026-114",
        "payer": "hr",
        "product": product or "ACAD-PLUS",
        "language": "pt",
        "deadline": "2026-12-12",
        "name": _NAME,
        "email": _EMAIL,
        "external_id": _NUMBER,
        "oid": str(_OID),
    }
    return values | {f"{placeholders.METADATA}{key}": f"‹{key}›" for key in metadata_used(keys)}

"""The Assigned-to text of a request. Fulfillment knows the candidate, so it says how one is composed."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from itep.assigned_to import AssignedToTooLong

Compose = Callable[[UUID], str]
_composers: list[Compose] = []


def register(compose: Compose) -> None:
    """Called once, in fulfillment's AppConfig.ready. The last one counts."""
    _composers[:] = [compose]


def text_for(oid: UUID) -> str:
    """The text that is to stand at iTEP for this request; "" where none can: see `why_none`."""
    try:
        return _composers[0](oid) if _composers else ""
    except AssignedToTooLong:
        return ""


def why_none(oid: UUID) -> str:
    """Why there is no text for this request, where iTEP would not take it whole."""
    try:
        if _composers:
            _composers[0](oid)
    except AssignedToTooLong as error:
        return str(error)
    return ""

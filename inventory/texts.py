"""The Assigned-to text of a request. Fulfillment knows the candidate, so it says how one is composed."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

Compose = Callable[[UUID], str]
_composers: list[Compose] = []


def register(compose: Compose) -> None:
    """Called once, in fulfillment's AppConfig.ready. The last one counts."""
    _composers[:] = [compose]


def text_for(oid: UUID) -> str:
    """The text that is to stand at iTEP for this request; "" where no room composes any."""
    return _composers[0](oid) if _composers else ""

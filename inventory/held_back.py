"""Requests of which nothing may be told to iTEP yet: fulfillment can still undo them (`AppConfig.ready`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from inventory.errors import ClaimMoved
from inventory.models import Claim

OidsOf = Callable[[], QuerySet[Any, Any]]
_held: list[OidsOf] = []


def register(oids: OidsOf) -> None:
    """`oids()` gives those of the requests held back now, as a query of one column. The last one counts."""
    _held[:] = [oids]


def without(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """The claims that may be told to iTEP."""
    return claims.exclude(oid__in=_held[0]()) if _held else claims


def check(oid: UUID) -> None:
    """Raises ClaimMoved while this request is held back."""
    if _held and _held[0]().filter(oid=oid).exists():
        raise ClaimMoved(oid, "Its batch can still be undone. Nothing of it is written at iTEP before.")

"""Which requests an API client may see: fulfillment knows the payers, so fulfillment says (`AppConfig.ready`).

Until it has, a client that is limited to payers sees no test ID.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from access.api_keys import visible_payers
from access.models import ApiClient, Payer
from inventory.models import TestID

OidsOf = Callable[[QuerySet[Payer]], QuerySet[Any, Any]]
_oids_of: list[OidsOf] = []


def register(oids_of: OidsOf) -> None:
    """`oids_of(payers)` gives the oids of their fulfillments, as a query of one column."""
    _oids_of[:] = [oids_of]


def test_ids_for(client: ApiClient, rows: QuerySet[TestID]) -> QuerySet[TestID]:
    """The rows that the client may see: all, or those held for its payers."""
    payers = visible_payers(client)
    if payers is None:
        return rows
    return rows.filter(holder__oid__in=_oids_of[0](payers)) if _oids_of else rows.none()

"""Many are told at once: a list with their test IDs leaves the portal."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from inventory import locks
from inventory.models import Claim, ClaimState


@transaction.atomic
def tell_all(*, oids: QuerySet[Any, Any]) -> list[int]:
    """As `tell`, for many: the keys of the claims whose ID may be told, and is from now on. The others are not touched.

    `oids`: a query of one column.
    """
    wanted = Q(oid__in=oids, state=ClaimState.CONFIRMED, conflict_at__isnull=True)
    told = [one.pk for one in locks.claims(wanted)]
    Claim.objects.filter(wanted, told_at__isnull=True).update(told_at=timezone.now())
    return told

"""The day that a request's test ID has to outlive, where it changes after the request."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from inventory import locks
from inventory.models import Claim, Holding, TestID


def hold(*, oids: Iterable[UUID]) -> None:
    """Locks these claims to the end of the transaction: for who will lock what comes after claims."""
    locks.claims(Q(oid__in=list(oids)))


@transaction.atomic
def must_outlive(*, oids: Iterable[UUID], day: date | None) -> None:
    """An ID that they take from now on has to outlive this day. No transition: a call that runs still records."""
    locked = locks.claims(Q(oid__in=list(oids)))
    Claim.objects.filter(pk__in=[one.pk for one in locked]).update(outlive=day)


def expire_before(*, oids: Iterable[UUID], day: date) -> dict[UUID, date]:
    """Of these requests those whose present ID expires before the day, and when."""
    held = TestID.objects.filter(holder__oid__in=list(oids), holding=Holding.CURRENT, valid_until__lt=day)
    return {oid: until for oid, until in held.values_list("holder__oid", "valid_until") if oid and until}

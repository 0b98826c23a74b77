"""Calls that were given up, all of them made anew: in order, by the worker, each as a person would press it."""

from __future__ import annotations

from uuid import uuid4

from django.db import transaction

from access.actors import Actor
from access.models import User
from fulfillment import acts, calls
from fulfillment.errors import NotRepeatable
from outbox import entries
from outbox.entries import Need
from outbox.models import Entry

KIND = "fulfillment.call_again"


@transaction.atomic
def all_again(*, user: User, product: str = "", newest: int | None = None) -> int:
    """Every stopped call, or those of one product, that the person saw: up to the claim `newest`. Their number."""
    stopped = calls.listed("stopped", product)
    if newest is not None:
        stopped = stopped.filter(claim_id__lte=newest)
    oids = list(stopped.values_list("oid", flat=True))
    entries.write_many(Need(KIND, f"{oid}:{uuid4()}", payload={"user": user.pk}, oid=oid) for oid in oids)
    return len(oids)


def run(entry: Entry) -> None:
    """One of them; what somebody else settled meanwhile is left alone."""
    assert entry.oid is not None
    actor = Actor.person(User.objects.get(pk=entry.payload["user"]))
    try:
        with transaction.atomic():
            acts.call_again(oid=entry.oid, actor=actor)
    except NotRepeatable:
        return

"""Work that rooms below ask for through the outbox: a claim changed, stock may have grown."""

from __future__ import annotations

from access.actors import Actor
from fulfillment import settling
from fulfillment.models import Fulfillment
from inventory import claims
from inventory.models import Product
from outbox.models import Entry
from outbox.registry import Again

AT_ONCE = 100  # requests served in one transaction, so that none stays open long


def settle(entry: Entry) -> None:
    """A claim without a fulfillment is no error: inventory knows no candidates."""
    if entry.oid is not None and Fulfillment.objects.filter(oid=entry.oid).exists():
        settling.settle(oid=entry.oid)


def serve_waiting(entry: Entry) -> Again | None:
    """Gives what is there to those who wait, in order."""
    product = Product.objects.get(code=entry.payload["product"])
    served = claims.serve_waiting(product=product, actor=Actor.system("worker"), limit=AT_ONCE)
    known = set(Fulfillment.objects.filter(oid__in=served).values_list("oid", flat=True))
    for oid in served:
        if oid in known:
            settling.settle(oid=oid)
    return Again() if len(served) == AT_ONCE else None

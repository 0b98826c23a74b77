"""How inventory tells the rooms above it: entries of the outbox, whose handlers fulfillment registers."""

from __future__ import annotations

from uuid import uuid4

from inventory.models import Claim, Product
from outbox import entries

SETTLE = "fulfillment.settle"
SERVE_WAITING = "fulfillment.serve_waiting"


def claim_changed(claim: Claim) -> None:
    """The claim changed by something that is not fulfillment's own act."""
    entries.write(kind=SETTLE, key=f"{claim.oid}:{claim.revision}", oid=claim.oid)


def look_again(claim: Claim) -> None:
    """Nothing of the claim changed, but what kept it back may have (a pause, a key)."""
    entries.write(kind=SETTLE, key=f"{claim.oid}:{claim.revision}:{uuid4()}", oid=claim.oid)


def stock_grew(product: Product) -> None:
    """Whoever waits for this product may be served. Each time anew: an entry already done would be no reminder."""
    entries.write(kind=SERVE_WAITING, key=f"{product.code}:{uuid4()}", payload={"product": product.code})

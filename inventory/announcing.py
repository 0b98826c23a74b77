"""How inventory tells the rooms above it: entries of the outbox, whose handlers fulfillment registers."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid4

from inventory.models import Claim, Product
from outbox.entries import Need, write_many

SETTLE = "fulfillment.settle"
SERVE_WAITING = "fulfillment.serve_waiting"
RESULT_DOUBT = "results.doubt"


def claim_changed(claim: Claim) -> None:
    """The claim changed by something that is not fulfillment's own act."""
    write_many([Need(SETTLE, f"{claim.oid}:{claim.revision}", oid=claim.oid)])


def look_again(claims: Iterable[Claim]) -> None:
    """Nothing of these claims changed, but what kept them back may have (a pause, a key)."""
    write_many(Need(SETTLE, f"{one.oid}:{one.revision}:{uuid4()}", oid=one.oid) for one in claims)


def result_in_doubt(*, test_id: str, oid: UUID | None, why: str, source: str) -> None:
    """An export calls an ID Ready whose test was started: its result, if there is one, is for a person to judge.

    `oid`: the request that has the ID; None where none does. Once per export that says so.
    """
    payload = {"test_id": test_id, "why": why, "source": source}
    write_many([Need(RESULT_DOUBT, f"{test_id}:{source}"[:120], payload=payload, oid=oid)])


def stock_grew(product: Product) -> None:
    """Whoever waits for this product may be served. Each time anew: an entry already done would be no reminder."""
    write_many([Need(SERVE_WAITING, f"{product.code}:{uuid4()}", payload={"product": product.code})])

"""At the desk: staff see a candidate's test ID and password, or print them on a slip. From then on they are known."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from access import audit
from access.actors import Actor
from fulfillment import locks, rules, settling
from fulfillment.errors import NotNow
from fulfillment.models import Fulfillment
from inventory import claims


@dataclass(frozen=True, slots=True)
class Slip:
    """What the candidate needs. `lacks_password`: the product asks for one, and none is known."""

    fulfillment: Fulfillment
    test_id: str
    password: str
    lacks_password: bool


@transaction.atomic
def show(*, oid: UUID, actor: Actor, on_paper: bool = False) -> Slip:
    """Test ID and password in full, told from now on, with who looked in the trail. Raises NotNow.

    `on_paper`: for a slip that is printed. Under the claim's lock, so that a cancel is seen or comes after.
    """
    if why := claims.tell(oid=oid):
        raise NotNow(why)
    one = locks.fulfillment(oid)
    if why := rules.why_not_show(one):
        raise NotNow(why)
    held = settling.held_by(one)
    assert held is not None, "a confirmed claim has an ID"
    audit.record(
        actor=actor,
        verb="fulfillment.slip_printed" if on_paper else "fulfillment.shown",
        oid=oid,
        test_id=held.test_id,
        product=one.product.code,
    )
    return Slip(one, held.test_id, held.password, settling.lacks_password(one.product, held))

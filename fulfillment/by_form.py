"""Giving as a form asks for it: sent twice it gives once, and a yes counts for what stood before the person's eyes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from fulfillment import provisioning
from fulfillment.candidates import Candidate, tidy
from fulfillment.errors import DuplicateCandidate, HasEarlierResult
from fulfillment.models import Fulfillment, State
from inventory.models import Product


@dataclass(frozen=True, slots=True)
class Yes:
    """The open test, and the earlier result, that were shown and in spite of which a test is to be given."""

    open_test: UUID | None = None
    result: UUID | None = None

    def covers(self, refused: DuplicateCandidate | HasEarlierResult) -> bool:
        """Whether nothing is asked that was not answered: the name may have been changed since."""
        if isinstance(refused, DuplicateCandidate) and refused.oid != self.open_test:
            return False
        return refused.earlier is None or refused.earlier.oid == self.result


def give(*, once: UUID, yes: Yes, product: Product, candidate: Candidate, **asked: Any) -> Fulfillment:
    """As `provisioning.give`, and raises as it does. `once` names the form: who presses twice gets one test.

    It becomes the oid, so that the database refuses a second one in the same moment.
    """
    asked |= {"product": product, "candidate": candidate}
    known = Fulfillment.objects.filter(oid=once).first()
    if known is not None and _is_same(known, product, candidate):
        return known
    try:
        return give_in_spite(yes=yes, oid=once if known is None else None, **asked)
    except IntegrityError:
        known = Fulfillment.objects.filter(oid=once).first()
        if known is None or not _is_same(known, product, candidate):
            raise
        return known


def give_in_spite(*, yes: Yes, **asked: Any) -> Fulfillment:
    """As `provisioning.give`, and raises as it does; what the yes covers does not stand against it."""
    try:
        return provisioning.give(**asked)
    except (DuplicateCandidate, HasEarlierResult) as refused:
        if not yes.covers(refused):
            raise
        allowed: dict[str, Any] = {
            "allow_duplicate": isinstance(refused, DuplicateCandidate),
            "allow_earlier_result": refused.earlier is not None,
        }
    return provisioning.give(**asked, **allowed)


def _is_same(known: Fulfillment, product: Product, candidate: Candidate) -> bool:
    """A browser's way back shows the old form again: with another person in it, it is another request."""
    if known.state == State.CANCELLED or known.product_id != product.pk:
        return False
    one = tidy(candidate)
    return (known.name, known.email, known.external_id) == (one.name, one.email, one.external_id)

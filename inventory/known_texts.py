"""Texts at iTEP that a person has explained already, and that an export only repeats. Pure, as the judgement is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.models.claims import ClaimState
from inventory.models.test_ids import Standing

if TYPE_CHECKING:
    from inventory.judgement import ClaimFacts, MirrorFacts, RowFacts


def is_known(test_id: str, row: RowFacts, mirror: MirrorFacts | None) -> bool:
    """A text that the mirror has already, exactly so, by a person's word and no call's (join, adoption): whom else it
    may name says nothing new. Without this, one text on two test IDs could never be adopted."""
    if mirror is None or row.blank or dict(row.fields).get("assigned_to") != dict(mirror.fields).get("assigned_to"):
        return False
    if mirror.holder is None:
        return mirror.standing == Standing.OUTSIDE and len(row.ours) == 1 and _by_a_person(row.ours[0])
    its_own = [one.id for one in row.ours] == [mirror.holder.id]  # that is row c's
    on_it = mirror.holder.current == test_id and mirror.standing == Standing.OURS
    return on_it and not its_own and _by_a_person(mirror.holder) and not mirror.holder.contradicted


def _by_a_person(claim: ClaimFacts) -> bool:
    """Confirmed, and no call ever was: a person said so."""
    return claim.state is ClaimState.CONFIRMED and claim.called_at is None and bool(claim.current)

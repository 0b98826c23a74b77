"""Texts that a person has to do with: written at iTEP by hand, or adopted as they stand there."""

from __future__ import annotations

from access.actors import Actor
from inventory.claims import moves
from inventory.models import AssignedToRecord, Claim, TestID
from inventory.models.claims import WrittenBy


def write_by_hand(claim: Claim, *, test_id: str, text: str, actor: Actor) -> AssignedToRecord:
    """A person took this text, to write it at iTEP."""
    return moves.write_text(claim, test_id=test_id, text=text, by=WrittenBy.PERSON, source=_who(actor))


def adopt_text(claim: Claim, row: TestID, actor: Actor) -> None:
    """The text that iTEP shows is this claim's from now on, kept to the letter; once."""
    if not row.assigned_to_digest or claim.assigned_to_records.filter(
        digest=row.assigned_to_digest, test_id=row.test_id
    ):
        return
    moves.write_text(claim, test_id=row.test_id, text=row.assigned_to, by=WrittenBy.ADOPTED, source=_who(actor))


def _who(actor: Actor) -> str:
    return f"user {actor.user.pk}" if actor.user else actor.by

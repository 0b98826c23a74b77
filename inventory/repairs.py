"""Which repairs an unexplained difference has, and why not the others (DESIGN.md section 5). Pure: facts in, words out.

The page greys by it, and the verbs refuse by it, under their locks: so the two cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _

from inventory.models import ClaimState, Standing


class Repair(StrEnum):
    """What a person may say or do about it."""

    WRITE_AGAIN = "write_again"  # the same ID is called again, or written by hand; nothing else is claimed
    ACCEPT = "accept"  # iTEP's word is right
    JOIN = "join"  # the text in it belongs to a request here
    FREE = "free"  # nobody has it any more
    CLEAR = "clear"  # the text of ours in it is a leftover


class Then(StrEnum):
    """What becomes of a request that loses its ID."""

    NEXT = "next"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Party:
    """A request that the difference is about, as seen from its ID. `elsewhere`: another ID that it holds now."""

    oid: UUID
    state: ClaimState
    holds: bool = False
    earlier: bool = False
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """The ID with iTEP's latest word, its holder, and the requests whose text stands in it.

    `standing` is "" where the mirror does not have the ID.
    """

    standing: str
    in_doubt: bool = False  # Ready, though a webhook said that the test was started
    other_product: bool = False  # its holder asked for another product
    holder: Party | None = None
    others: tuple[Party, ...] = ()

    @property
    def live(self) -> Party | None:
        """Who holds it now, and has not ended."""
        one = self.holder
        return one if one and one.holds and one.state != ClaimState.ENDED else None

    @property
    def loses(self) -> bool:
        """Whether accepting iTEP's word takes the ID from its request: free there, or somebody else's."""
        state = self.live.state if self.live else None
        return state in (ClaimState.CONFIRMED, ClaimState.UNKNOWN) and self.standing in (
            Standing.OPEN,
            Standing.OUTSIDE,
        )

    @property
    def joinable(self) -> tuple[Party, ...]:
        """The requests whose ID it may be said to be."""
        holder = (self.holder,) if self.live and self.holder and (self.others or self._taken) else ()
        return tuple(one for one in (*holder, *self.others) if one.state != ClaimState.ENDED)

    @property
    def _taken(self) -> bool:
        return self.standing == Standing.OUTSIDE


def why_not(facts: Facts) -> dict[Repair, str]:
    """Each repair with the reason against it, "" where it may be done."""
    if any(one.state == ClaimState.CALLING for one in (facts.holder, *facts.others) if one):
        why = _("A call to iTEP is under way: its answer comes within seconds.")
        return dict.fromkeys(Repair, why)
    found = {
        Repair.WRITE_AGAIN: _not_written(facts),
        Repair.ACCEPT: _not_accepted(facts),
        Repair.JOIN: _not_joined(facts),
        Repair.FREE: _not_freed(facts),
        Repair.CLEAR: _not_cleared(facts),
    }
    if all(found.values()):  # overtaken by events: a person says that it is settled
        found[Repair.ACCEPT] = ""
    return found


def _not_written(facts: Facts) -> str:
    if facts.live is None:
        return _("No request has this test ID now.")
    if facts.live.state != ClaimState.CONFIRMED:
        return _("iTEP's answer is not known yet: say first whether it is assigned.")
    if facts.standing == Standing.OURS and not facts.others:
        return _("Its text stands at iTEP as it should.")
    if facts.standing not in (Standing.OPEN, Standing.OUTSIDE, Standing.OURS):
        return _("iTEP does not show it as Ready.")
    return ""


def _not_accepted(facts: Facts) -> str:
    if facts.loses or facts.other_product or (facts.in_doubt and not facts.others):
        return ""
    if facts.others:
        return _("iTEP's word names a request: say that the test ID is that one's, by joining it.")
    return _("There is nothing of iTEP's word to accept.")


def _not_joined(facts: Facts) -> str:
    if facts.joinable:
        return ""
    if facts.standing == Standing.OPEN:
        return _("Its Assigned-to is empty: there is no text to join.")
    return _("The request whose text it is has ended.") if facts.others else _("Its text is its request's already.")


def _not_freed(facts: Facts) -> str:
    if facts.holder is None:
        return _("No request has this test ID.")
    if facts.live and facts.live.state != ClaimState.CONFIRMED:
        return _("A request that has not ended holds it: say first what became of its call, or cancel it.")
    if facts.standing != Standing.OPEN:
        return _("iTEP does not show it as free.")
    return ""


def _not_cleared(facts: Facts) -> str:
    if facts.live:
        return _("A request has this test ID: write its own text there again instead.")
    if facts.standing != Standing.OURS and not (facts.others and facts.standing == ""):
        return _("No text of ours stands in it.")
    return ""

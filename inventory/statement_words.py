"""The lines of the stock statement in words: the same on the page and in the sheet."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inventory.forms import STATE_LABELS
from inventory.statement import LINES, Statement

STATE_WORDS = dict(STATE_LABELS)
# Line of the statement: its words, and what they mean.
WORDS: dict[str, tuple[Promise | str, Promise | str]] = {
    "added": (_("Added"), _("new at iTEP, or typed by hand")),
    "from_another_product": (_("From another product"), _("iTEP names another product than before")),
    "freed": (_("Freed"), _("given, and back: cancelled, or iTEP refused it")),
    "returned": (_("Returned"), _("free again at iTEP, or offered again")),
    "given": (_("Assigned here"), _("reserved or assigned for a candidate")),
    "assigned_outside": (_("Assigned outside"), _("by somebody at iTEP")),
    "withdrawn": (STATE_WORDS["withdrawn"], _("left its list though nobody here holds it")),
    "unavailable": (_("Set aside, or not available"), _("set aside by a person, or in use at iTEP")),
    "to_another_product": (_("To another product"), _("iTEP names another product than before")),
    "removed": (_("Removed"), _("left the portal altogether")),
}
_RARE = {"from_another_product", "to_another_product", "removed"}


@dataclass(frozen=True, slots=True)
class Line:
    """One cause of a change. `number` is negative where it takes."""

    words: str
    meaning: str
    number: int

    @property
    def signed(self) -> str:
        """ "+12", "−3" with a minus that is as wide as the plus; "0"."""
        return f"{self.number:+d}".replace("-", "−") if self.number else "0"


def lines(one: Statement) -> list[Line]:
    """In the order of the statement; what hardly ever happens only where it did."""
    return [
        Line(str(WORDS[name][0]), str(WORDS[name][1]), one.changes[name])
        for name in LINES
        if one.changes[name] or name not in _RARE
    ]


def state_word(state: str) -> str:
    return str(STATE_WORDS[state])

"""What an upload would change, in the words and the order of the page (SCREENS.md, "Preview of an upload")."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inventory.models import Cause

Words = dict[str, tuple[Promise | str, str]]

# Cause: its words, and how loud they are.
CAUSES: Words = {
    Cause.ADDED: (_("New"), "good"),
    Cause.RETURNED: (_("Back in stock"), "good"),
    Cause.ASSIGNED_OUTSIDE: (_("Used outside"), "neutral"),
    Cause.WITHDRAWN: (_("No longer offered"), "warn"),
    Cause.CONFIRMED: (_("Confirmed"), "info"),
    Cause.NOT_ARRIVED: (_("Call did not arrive"), "warn"),
    Cause.CHANGED: (_("Details changed"), "info"),
    Cause.ASSIGNMENT_LOST: (_("Unexplained: assignment lost"), "bad"),
    Cause.CONFLICT: (_("Unexplained: conflict"), "bad"),
    Cause.UNCHANGED: (_("Same"), "neutral"),
    Cause.INVALID: (_("Row with errors"), "bad"),
}
UNEXPLAINED = (Cause.CONFLICT, Cause.ASSIGNMENT_LOST)
# What needs a person's eye stands first in the table.
BY_NEED = (
    *UNEXPLAINED,
    Cause.INVALID,
    Cause.NOT_ARRIVED,
    Cause.WITHDRAWN,
    Cause.ASSIGNED_OUTSIDE,
    Cause.CHANGED,
    Cause.CONFIRMED,
    Cause.RETURNED,
    Cause.UNCHANGED,
    Cause.ADDED,
)
# A tile: what its filter is called in the address, its words, the causes that it counts.
TILES: tuple[tuple[str, Promise | str, tuple[Cause, ...]], ...] = (
    (Cause.ADDED, _("New"), (Cause.ADDED,)),
    (Cause.RETURNED, _("Back in stock"), (Cause.RETURNED,)),
    (Cause.ASSIGNED_OUTSIDE, _("Used outside"), (Cause.ASSIGNED_OUTSIDE,)),
    (Cause.WITHDRAWN, _("No longer offered"), (Cause.WITHDRAWN,)),
    (Cause.CONFIRMED, _("Confirmed"), (Cause.CONFIRMED,)),
    (Cause.NOT_ARRIVED, _("Call did not arrive"), (Cause.NOT_ARRIVED,)),
    (Cause.CHANGED, _("Details changed"), (Cause.CHANGED,)),
    ("unexplained", _("Unexplained"), UNEXPLAINED),
    (Cause.UNCHANGED, _("Same"), (Cause.UNCHANGED,)),
    (Cause.INVALID, _("Rows with errors"), (Cause.INVALID,)),
)
TILE_KINDS = {"unexplained": "bad", Cause.INVALID: "bad", Cause.WITHDRAWN: "warn", Cause.NOT_ARRIVED: "warn"}
STANDINGS: dict[str, Promise | str] = {
    "": _("not known"),
    "open": _("Ready, free"),
    "ours": _("assigned by us"),
    "outside": _("assigned outside"),
    "unavailable": _("not Ready"),
    "refused": _("refused by iTEP"),
    "withdrawn": _("no longer offered"),
}
FIELDS: dict[str, Promise | str] = {
    "product": _("product"),
    "status": _("status"),
    "assigned_to": _("Assigned-to"),
    "password": _("password"),
    "valid_until": _("valid until"),
    "purchased_on": _("purchased on"),
    "tracking_code": _("tracking code"),
    "other": _("other columns"),
}


def word(cause: str) -> str:
    return str(CAUSES[cause][0]) if cause in CAUSES else cause


def standing_word(standing: str) -> str:
    return str(STANDINGS.get(standing, standing))


def field_words(names: list[str]) -> str:
    """As "status, Assigned-to"."""
    return ", ".join(str(FIELDS.get(name, name)) for name in names)


def outcome_words(counts: dict[str, int]) -> str:
    """A plan's counts: "New 50, Confirmed 4"; only what occurs."""
    told = ((words, sum(counts.get(one, 0) for one in causes)) for _name, words, causes in TILES)
    return ", ".join(f"{words} {number}" for words, number in told if number)

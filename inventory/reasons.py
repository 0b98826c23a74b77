"""Each cell of the judgement in words, for the preview and an ID's story."""

from __future__ import annotations

from django.utils.translation import gettext as _

from inventory.models import Cause, PlanRow

REASONS = {
    "a.invalid": "The row cannot be used as it stands.",
    "b.later_word": "The portal has later word of it.",
    "c.ended": "It still carries the text of a request that has ended: to be cleared at iTEP.",
    "c.two_claims": "The texts of two requests stand in it.",
    "c.other_holder": "It carries the text of one request, while another has it here.",
    "c.another_id": "It carries the text of a request that is confirmed with another test ID.",
    "c.second_id": "The same request stands on two test IDs of this file.",
    "c.told_to_another": "It carries the text of a request, but was given to somebody else before.",
    "c.reserved": "iTEP shows it assigned to the request that reserved it.",
    "c.calling": "iTEP shows it assigned to the request that is being told now.",
    "c.unknown": "iTEP did not answer, but shows it assigned to the request.",
    "c.joined": "iTEP shows it assigned to a request of ours.",
    "c.known": "As a person explained it.",
    "c.confirmed": "As it should be.",
    "d.in_doubt": "iTEP calls it Ready, though a webhook said that the test was started: the result is in doubt.",
    "e.new": "New, and already assigned by somebody else.",
    "e.free": "Somebody assigned it outside the portal.",
    "e.outside": "Assigned outside the portal, as before.",
    "e.reserved": "Somebody assigned it outside the portal; the request that reserved it takes the next.",
    "e.calling": "The call is under way.",
    "e.unknown": "iTEP did not answer, and shows somebody else's text.",
    "e.confirmed": "It is assigned to a request here, but iTEP shows somebody else's text.",
    "f.new": "New: Ready and free.",
    "f.returned": "Ready and free again.",
    "f.unchanged": "As before.",
    "f.unsettled": "The call is too recent to be judged.",
    "f.elsewhere": "iTEP did not answer, and shows it free, but the request's text stands on another test ID.",
    "f.unknown": "iTEP did not answer, and shows it free: the call did not arrive.",
    "f.confirmed": "It is assigned to a request here, but iTEP shows it free.",
    "f.ended": "Its request has ended, nobody was told: free again.",
    "f.told": "Free at iTEP, but somebody may know it: only a person frees it.",
    "g.new": "New, but not Ready.",
    "g.unavailable": "No longer Ready.",
    "g.unchanged": "Still not Ready.",
    "g.reserved": "No longer Ready; the request that reserved it takes the next.",
    "h.available": "No longer in iTEP's list.",
    "h.reserved": "No longer in iTEP's list; the request that reserved it takes the next.",
    "h.confirmed": "Left iTEP's list: the test was presumably started.",
    "h.else": "Not in the file, as expected.",
    "i.free": "It belongs to another product now.",
    "i.reserved": "It belongs to another product now; the request that reserved it takes the next.",
    "i.held": "It is held by a request, but iTEP says another product.",
}

# After "An export": why a claim is contradicted.
CONTRADICTIONS = {
    "c.two_claims": "shows the texts of two requests on one test ID.",
    "c.other_holder": "shows one request's text on the test ID of another.",
    "c.another_id": "shows its text on a second test ID.",
    "c.second_id": "shows its text on two test IDs.",
    "c.told_to_another": "shows its text on a test ID that somebody else was told.",
    "d.in_doubt": "calls its test ID Ready, though the test was started.",
    "e.unknown": "shows somebody else's text on its test ID.",
    "e.confirmed": "shows somebody else's text on its test ID.",
    "f.confirmed": "shows its test ID free.",
    "i.held": "says another product for its test ID.",
}


def reason_of(row: PlanRow) -> str:
    """Why this row of a plan says what it says, in words."""
    if row.cause == Cause.INVALID:
        return _("%(column)s: expected %(what)s.") % {"column": row.column, "what": row.expected.rstrip(".")}
    if row.cause == Cause.CHANGED and row.rule in _AS_BEFORE:
        return _("Only details differ.")
    return REASONS.get(row.rule, row.rule)


# Rules that say "unchanged"; where a field differs all the same, "as before" would be untrue.
_AS_BEFORE = {
    "c.confirmed",
    "c.ended",
    "e.outside",
    "f.unchanged",
    "f.told",
    "f.unsettled",
    "f.elsewhere",
    "g.unchanged",
}

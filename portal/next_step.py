"""What happens next with a candidate's test, in a sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment import calls, deadlines, sittings, troubles
from fulfillment.models import Fulfillment, Origin, State
from itep.statuses import Status

_AT_ITEP = {
    Status.STARTED: gettext_lazy("The candidate is taking the test."),
    Status.FINISHED: gettext_lazy("The candidate has finished. iTEP is grading."),
    Status.REVIEW: gettext_lazy("iTEP reviews the test. The result may take longer."),
    Status.COMPLETED: gettext_lazy("Graded. Nothing more to do here."),
    Status.INVALIDATED: gettext_lazy("iTEP has invalidated the test. Ask iTEP why, and give another if it is due."),
    Status.PROBLEM: gettext_lazy("iTEP reports a technical problem. Ask iTEP's support, and tell the candidate."),
    Status.DISABLED: gettext_lazy("iTEP has disabled the test ID. Ask iTEP's support."),
}


def of(one: Fulfillment) -> str:
    """One sentence, or two: our own reason first, where there is one."""
    if one.state == State.CANCELLED:
        return _("Cancelled. Nothing more happens.")
    if troubles.was_reset(one):
        return _("iTEP has reset the test. Tell the candidate what to do.")
    if one.itep_status in _AT_ITEP:
        return str(_AT_ITEP[Status(one.itep_status)])
    if one.reason:
        return one.reason
    return _here(one)


def _here(one: Fulfillment) -> str:
    match one.state:
        case State.CLAIMED if calls.silence():
            return _("iTEP does not answer now. The call waits in line and goes out by itself; nothing is lost.")
        case State.CLAIMED:
            return _("The worker is telling iTEP. This page shows the outcome by itself.")
        case State.ASSIGNED if one.origin == Origin.OUTSIDE:
            return _("Waiting for the candidate, who has the test ID from whoever assigned it at iTEP.")
        case State.ASSIGNED if one.delivery == "none":
            return _("Hand the test ID to the candidate.")
        case State.ASSIGNED:
            return _("The mail to the candidate is on its way.")
        case State.SENT:
            return f"{_('Waiting for the candidate.')} {_deadline(one)}".strip()
        case _:
            return ""


def _deadline(one: Fulfillment) -> str:
    if one.deadline is None:
        return ""
    facts = sittings.facts_of(one)
    if facts is not None and not facts.is_over:
        return _("The sitting is on %(when)s, %(zone)s: %(where)s.") % {
            "when": facts.when,
            "zone": facts.zone,
            "where": facts.where,
        }
    words = {"deadline": deadlines.in_words(one.deadline), "zone": deadlines.zone_name()}
    if deadlines.is_over(one.deadline):
        return _("The deadline has passed: %(deadline)s, %(zone)s.") % words
    return _("Deadline %(deadline)s, %(zone)s.") % words

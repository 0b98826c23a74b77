"""When each act is allowed, and if not, why not and what would help. "" means: go ahead."""

from __future__ import annotations

from fulfillment import settling
from fulfillment.models import Fulfillment, MailState, State
from inventory.models import ClaimState, Delivery
from itep.statuses import Status

_TAKEN = {
    Status.STARTED: "The candidate has started the test.",
    Status.FINISHED: "The candidate has finished the test.",
    Status.REVIEW: "The test was taken, and iTEP reviews it.",
    Status.COMPLETED: "The test was taken and graded.",
}


def why_not_cancel(one: Fulfillment) -> str:
    if one.state == State.CANCELLED:
        return "It is cancelled already."
    if one.itep_status in _TAKEN:
        return f"{_TAKEN[Status(one.itep_status)]} It cannot be cancelled here; iTEP decides about it."
    return ""


def why_not_resend(one: Fulfillment) -> str:
    """What was told once may be told again: an ID that iTEP has confirmed, to somebody with an address."""
    if one.state in (State.CANCELLED, State.FAILED):
        return f"It is {'cancelled' if one.state == State.CANCELLED else 'failed'}: there is nothing to send."
    if one.state not in (State.ASSIGNED, State.SENT):
        return "iTEP has not confirmed a test ID yet. Until then the candidate is told nothing."
    if one.itep_status in _TAKEN:
        return f"{_TAKEN[Status(one.itep_status)]} Instructions would come too late."
    return _why_no_mail(one)


def _why_no_mail(one: Fulfillment) -> str:
    if one.delivery == Delivery.NONE:
        return "Its delivery is none: whoever asked for it hands the test ID out."
    if not one.email:
        return "There is no email address. Enter one first."
    if one.claim.conflict_because:
        return f"{one.claim.conflict_because} A person has to clear that up first."
    if settling.lacks_password(one.product, settling.held_by(one)):
        return "The product needs a password, and none is known. Enter it first."
    if one.mails.filter(state=MailState.QUEUED).exists():
        return "A mail is on its way already."
    return ""


def why_not_say(one: Fulfillment) -> str:
    """Whether a person may say that it is, or is not, assigned at iTEP."""
    if one.claim.state in (ClaimState.UNKNOWN, ClaimState.RESERVED):
        return ""
    if one.claim.state == ClaimState.CALLING:
        return "The call is running. Its outcome comes by itself within seconds."
    return "There is nothing to look for at iTEP."


def why_not_call_again(one: Fulfillment) -> str:
    """Whether a person may have a call that was given up made anew."""
    if one.state == State.FAILED and one.claim.state == ClaimState.RESERVED:
        return ""
    return "No call for it was given up."


def why_not_seat(one: Fulfillment) -> str:
    """Whether it may be given a seat at a sitting: the test is still to be taken."""
    if one.state == State.CANCELLED:
        return "The test was cancelled."
    if one.itep_status in (Status.INVALIDATED, Status.DISABLED):
        return f"iTEP says: {one.itep_status}. Ask iTEP, or give another test."
    return _TAKEN[Status(one.itep_status)] if one.itep_status in _TAKEN else ""

"""When each act is allowed, and if not, why not and what would help. "" means: go ahead."""

from __future__ import annotations

from fulfillment import deadlines, reminders, settling
from fulfillment.models import Fulfillment, MailState, State
from inventory import claims
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
    return _why_nothing_to_tell(one) or _why_no_mail(one)


def why_not_say_that_it_did_not_arrive(one: Fulfillment) -> str:
    """As `why_not_resend`; the address is asked for, and a mail that is on its way is written anew."""
    return _why_nothing_to_tell(one)


def _why_nothing_to_tell(one: Fulfillment) -> str:
    if one.state in (State.CANCELLED, State.FAILED):
        return f"It is {'cancelled' if one.state == State.CANCELLED else 'failed'}: there is nothing to send."
    if one.state not in (State.ASSIGNED, State.SENT):
        return "iTEP has not confirmed a test ID yet. Until then the candidate is told nothing."
    if one.itep_status in _TAKEN:
        return f"{_TAKEN[Status(one.itep_status)]} Instructions would come too late."
    return _why_not_by_us(one)


def _why_not_by_us(one: Fulfillment) -> str:
    if one.delivery == Delivery.NONE:
        return "Its delivery is none: whoever asked for it hands the test ID out."
    if one.claim.conflict_because:
        return f"{one.claim.conflict_because} A person has to clear that up first."
    if settling.lacks_password(one.product, settling.held_by(one)):
        return "The product needs a password, and none is known. Enter it first."
    return ""


def _why_no_mail(one: Fulfillment) -> str:
    if why := _why_not_by_us(one):
        return why
    if not one.email:
        return "There is no email address. Enter one first."
    if one.mails.filter(state=MailState.QUEUED).exists():
        return "A mail is on its way already."
    return ""


def why_not_replace(one: Fulfillment) -> str:
    """Whether a spoiled ID may be given up for another one. A call that is running or unknown comes first."""
    if one.state == State.CANCELLED:
        return "It is cancelled."
    return why_it_was_taken(one) or claims.why_not_replace(one.claim)


def why_it_was_taken(one: Fulfillment) -> str:
    """Why a test needs no other ID: it was taken. One that was merely started, or got into trouble, may need one."""
    if one.itep_status in _TAKEN and one.itep_status != Status.STARTED:
        return f"{_TAKEN[Status(one.itep_status)]} Another try is another test: give one."
    return ""


def why_not_extend(one: Fulfillment) -> str:
    if one.state == State.CANCELLED:
        return "It is cancelled: no deadline matters any more."
    if one.itep_status in _TAKEN:
        return f"{_TAKEN[Status(one.itep_status)]} The deadline does not matter any more."
    if one.seat_id is not None:
        return "Its deadline is the day of its sitting: move the candidate to another sitting."
    return ""


def why_not_correct(one: Fulfillment) -> str:
    return "It is cancelled: nothing of it is written or sent any more." if one.state == State.CANCELLED else ""


def why_not_show(one: Fulfillment) -> str:
    """Whether staff may hand the ID out at the desk: not before iTEP has confirmed it, nor while that is in doubt."""
    if one.state == State.CANCELLED:
        return "It is cancelled: the test ID is nobody's any more."
    if one.claim.state != ClaimState.CONFIRMED:
        return "iTEP has not confirmed a test ID yet. Until then nobody is told one."
    if one.claim.conflict_at is not None:
        return f"{one.claim.conflict_because} A person has to clear that up first."
    return ""


def why_not_remind(one: Fulfillment, *, moved: bool = False) -> str:
    """Whether a person may remind the candidate now, by our own mail, also where iTEP sent the ID.

    `moved`: another deadline comes with it.
    """
    if why := reminders.why_wrong(one):
        return why
    if not moved and deadlines.is_over(one.deadline):
        return "The deadline has passed: give another one with the reminder."
    return _why_no_mail(one)


def why_not_tell(one: Fulfillment) -> str:
    """Whether a person may tell the candidate by our mail what happened to the test at iTEP."""
    if not one.troubles.filter(handled_at=None).exists():
        return "Nothing happened at iTEP that the candidate has to be told."
    if one.state not in (State.ASSIGNED, State.SENT):
        return "It is not assigned: there is nothing to tell."
    return _why_no_mail(one)


def why_not_say(one: Fulfillment) -> str:
    """Whether a person may say that it is, or is not, assigned at iTEP."""
    if one.claim.state in (ClaimState.UNKNOWN, ClaimState.RESERVED):
        return ""
    if one.claim.state == ClaimState.CALLING:
        return "The call is running. Its outcome comes by itself within seconds."
    return "There is nothing to look for at iTEP."


def why_not_say_not_done(one: Fulfillment) -> str:
    """Whether a person may say that nothing of it stands at iTEP: only of what may stand there."""
    return "" if one.claim.state == ClaimState.UNKNOWN else why_not_say(one) or "Nobody has its text in hand."


def why_not_rewrite(one: Fulfillment) -> str:
    """Whether somebody is to write a corrected text at iTEP."""
    return "" if one.rewrite_since is not None else "Nothing is to be written anew at iTEP."


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

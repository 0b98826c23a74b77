"""Where a fulfillment stands, by its claim and by what was tried for it. Pure: every case is tested without a database.

The one place that says when the candidate is told: never before iTEP's assignment is confirmed (DESIGN.md section 4,
rule 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fulfillment.models import MailState, State
from inventory.models import ClaimState, Delivery


class Due(StrEnum):
    """What has to happen next, and is not written yet."""

    NOTHING = ""
    CALL = "call"
    MAIL = "mail"


class Tried(StrEnum):
    """How the latest call for it stands in the outbox."""

    NEVER = "never"
    PENDING = "pending"
    ENDED = "ended"  # done, unknown or dropped: another one may follow
    GIVEN_UP = "given_up"


_MAIL_TROUBLE = {
    MailState.REFUSED: "The latest mail was refused. Correct the address, then send it again.",
    MailState.BOUNCED: "The latest mail bounced. Correct the address, then send it again.",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """`by_api`: the worker calls; `paused`: why the product makes no calls now, `stopped`: why no product does."""

    claim: ClaimState
    delivery: Delivery
    by_api: bool
    by_hand: bool = False
    was_unknown: bool = False
    cancel_wanted: bool = False
    may_repeat: bool = False  # the dialect says that the same call with the same ID does no harm
    doubt: str = ""  # iTEP's word and ours cannot both be right: nobody is mailed
    paused: str = ""
    stopped: str = ""  # an ID is reserved all the same, and nobody waits for one because of it
    tried: Tried = Tried.NEVER
    note: str = ""  # what the latest call met
    had_id: bool = False  # assigned once, and to be written again: its candidate may know the ID
    lacks_id: bool = False  # reserved, yet nothing to ask iTEP for: five IDs in a row were not to be had
    has_email: bool = True
    lacks_password: bool = False
    mails: tuple[MailState, ...] = ()
    sent_before: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    state: State
    reason: str = ""
    due: Due = Due.NOTHING


def position(facts: Facts) -> Position:
    """Our state, why it is so where that needs words, and what is due."""
    match facts.claim:
        case ClaimState.ENDED:
            return Position(State.CANCELLED)
        case ClaimState.WAITING:
            return _waiting(facts)
        case ClaimState.CONFIRMED:
            return _confirmed(facts)
        case ClaimState.UNKNOWN:
            return _unknown(facts)
        case ClaimState.CALLING:
            return Position(State.UNKNOWN if facts.was_unknown else State.CLAIMED, _cancelling(facts))
        case _:
            return _reserved(facts)


def _waiting(facts: Facts) -> Position:
    if facts.paused:
        return Position(State.WAITING, f"No calls are made now: {facts.paused}")
    return Position(State.WAITING, "No test ID is available. Requests wait in order.")


def _unknown(facts: Facts) -> Position:
    if facts.doubt:
        return Position(State.UNKNOWN, facts.doubt)
    if facts.by_hand:
        # Nobody asked iTEP: "iTEP did not answer" would be untrue. A person holds the text, and says when it is done.
        return Position(State.CLAIMED, _cancelling(facts) or "To be written at iTEP by hand: say when it is done.")
    again = facts.may_repeat and not facts.cancel_wanted and facts.tried in (Tried.NEVER, Tried.ENDED)
    again = again and not (facts.paused or facts.stopped)  # refused at once, it would be due for ever
    return Position(
        State.UNKNOWN,
        due=Due.CALL if again else Due.NOTHING,
        reason=_cancelling(facts)
        or "iTEP may or may not have assigned the test ID. The next export, or a person, will tell.",
    )


def _cancelling(facts: Facts) -> str:
    return "It will be cancelled as soon as iTEP's answer is known." if facts.cancel_wanted else ""


def _reserved(facts: Facts) -> Position:
    if facts.lacks_id and facts.had_id:
        return Position(State.FAILED, "iTEP no longer has its test ID for it. Try again for another one, or cancel.")
    if facts.lacks_id:
        return Position(State.FAILED, "iTEP refused one test ID after another. Upload a new export, then try again.")
    if not facts.by_api:
        return Position(State.CLAIMED, "To do at iTEP, by hand.")
    if facts.tried is Tried.GIVEN_UP:
        return Position(State.FAILED, facts.note or "The call to iTEP was given up. Try it again, or cancel.")
    if facts.stopped or facts.paused:
        return Position(State.CLAIMED, f"No calls are made now: {facts.stopped or facts.paused}")
    if facts.tried is Tried.PENDING:
        return Position(State.CLAIMED, facts.note)
    return Position(State.CLAIMED, due=Due.CALL)


def _confirmed(facts: Facts) -> Position:
    if facts.doubt:
        return Position(State.SENT if facts.sent_before else State.ASSIGNED, facts.doubt)
    match facts.delivery:
        case Delivery.NONE:
            return Position(State.ASSIGNED)
        case Delivery.ITEP:
            return Position(State.SENT, _mail_trouble(facts))
        case _:
            return _by_portal(facts)


def _by_portal(facts: Facts) -> Position:
    latest = facts.mails[-1] if facts.mails else None
    if facts.sent_before or MailState.ACCEPTED in facts.mails:
        return Position(State.SENT, _mail_trouble(facts))
    if latest is MailState.QUEUED:
        return Position(State.ASSIGNED)
    if facts.lacks_password:
        return Position(State.ASSIGNED, "No mail went out: the product needs a password, and none is known. Enter it.")
    if not facts.has_email:
        return Position(State.ASSIGNED, "No mail went out: there is no email address. Enter one, then send it.")
    if latest in (None, MailState.WITHHELD):
        return Position(State.ASSIGNED, due=Due.MAIL)
    return Position(State.ASSIGNED, _mail_trouble(facts))


def _mail_trouble(facts: Facts) -> str:
    """What happened to the latest mail, where a person is needed."""
    return _MAIL_TROUBLE.get(facts.mails[-1], "") if facts.mails else ""

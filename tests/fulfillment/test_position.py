"""Where a fulfillment stands, cell by cell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fulfillment.models import MailState, State
from fulfillment.position import Due, Facts, Tried, position
from inventory.models import ClaimState, Delivery

RESERVED = Facts(ClaimState.RESERVED, Delivery.PORTAL, by_api=True)
UNKNOWN = replace(RESERVED, claim=ClaimState.UNKNOWN)
CONFIRMED = replace(RESERVED, claim=ClaimState.CONFIRMED)


@pytest.mark.parametrize(
    ("facts", "state", "due"),
    [
        (replace(RESERVED, claim=ClaimState.WAITING), State.WAITING, Due.NOTHING),
        (replace(RESERVED, claim=ClaimState.ENDED), State.CANCELLED, Due.NOTHING),
        (replace(RESERVED, claim=ClaimState.CALLING), State.CLAIMED, Due.NOTHING),
        (replace(RESERVED, claim=ClaimState.CALLING, was_unknown=True), State.UNKNOWN, Due.NOTHING),
        (RESERVED, State.CLAIMED, Due.CALL),
        (replace(RESERVED, tried=Tried.PENDING), State.CLAIMED, Due.NOTHING),
        (replace(RESERVED, tried=Tried.ENDED), State.CLAIMED, Due.CALL),
        (replace(RESERVED, tried=Tried.GIVEN_UP), State.FAILED, Due.NOTHING),
        (replace(RESERVED, paused="why"), State.CLAIMED, Due.NOTHING),
        (replace(RESERVED, stopped="why"), State.CLAIMED, Due.NOTHING),
        (replace(RESERVED, by_api=False), State.CLAIMED, Due.NOTHING),
        (replace(RESERVED, lacks_id=True), State.FAILED, Due.NOTHING),
        (UNKNOWN, State.UNKNOWN, Due.NOTHING),
        (replace(UNKNOWN, by_hand=True), State.CLAIMED, Due.NOTHING),
        (replace(UNKNOWN, may_repeat=True, tried=Tried.ENDED), State.UNKNOWN, Due.CALL),
        (replace(UNKNOWN, may_repeat=True, tried=Tried.GIVEN_UP), State.UNKNOWN, Due.NOTHING),
        (replace(UNKNOWN, may_repeat=True, tried=Tried.ENDED, cancel_wanted=True), State.UNKNOWN, Due.NOTHING),
        # Refused at once, it would be due again at once, for ever.
        (replace(UNKNOWN, may_repeat=True, tried=Tried.ENDED, stopped="why"), State.UNKNOWN, Due.NOTHING),
        (replace(UNKNOWN, may_repeat=True, tried=Tried.ENDED, paused="why"), State.UNKNOWN, Due.NOTHING),
        (replace(UNKNOWN, doubt="two have it"), State.UNKNOWN, Due.NOTHING),
        (CONFIRMED, State.ASSIGNED, Due.MAIL),
        (replace(CONFIRMED, mails=(MailState.QUEUED,)), State.ASSIGNED, Due.NOTHING),
        (replace(CONFIRMED, mails=(MailState.ACCEPTED,)), State.SENT, Due.NOTHING),
        (replace(CONFIRMED, mails=(MailState.REFUSED,)), State.ASSIGNED, Due.NOTHING),
        (replace(CONFIRMED, mails=(MailState.REFUSED, MailState.QUEUED)), State.ASSIGNED, Due.NOTHING),
        (replace(CONFIRMED, lacks_password=True), State.ASSIGNED, Due.NOTHING),
        (replace(CONFIRMED, has_email=False), State.ASSIGNED, Due.NOTHING),
        (replace(CONFIRMED, doubt="two have it"), State.ASSIGNED, Due.NOTHING),
        (replace(CONFIRMED, delivery=Delivery.NONE), State.ASSIGNED, Due.NOTHING),
        (replace(CONFIRMED, delivery=Delivery.ITEP), State.SENT, Due.NOTHING),
    ],
)
def test_position(facts: Facts, state: State, due: Due) -> None:
    there = position(facts)
    assert (there.state, there.due) == (state, due)


@pytest.mark.parametrize("facts", [replace(RESERVED, lacks_id=True), replace(CONFIRMED, lacks_password=True)])
def test_who_needs_a_person_says_why(facts: Facts) -> None:
    assert position(facts).reason.endswith((".", "again."))

"""What came of a call to iTEP, as its attempt keeps it: in our own words, and iTEP's apart from them, encrypted.

iTEP's words may name anybody ("Jane Roe has this test already"). So they stand on the attempt alone: encrypted, shown
to staff and erased with the person; reasons, notes and history stand in clear, and go to API clients as well.
"""

from __future__ import annotations

from itep import client
from itep.client import Outcome
from outbox import models as outbox
from outbox.registry import Answer, Reach

SLOW_DOWN = 10.0  # seconds that all calls with a key hold back after "too many", where iTEP does not say how long
TOO_MANY = 429
_OUTCOMES = {
    Outcome.CONFIRMED: outbox.Outcome.DONE,
    Outcome.RETRY: outbox.Outcome.RETRY,
    Outcome.UNKNOWN: outbox.Outcome.UNKNOWN,
}
_WORDS = {
    Outcome.CONFIRMED: "Assigned",
    Outcome.UNAVAILABLE: "iTEP says that this test ID is not to be had",
    Outcome.BAD_KEY: "iTEP refused the API key",
    Outcome.REFUSED: "iTEP refused the call",
    Outcome.RETRY: "iTEP could not take the call now",
    Outcome.UNKNOWN: "iTEP's answer does not say whether it assigned the test ID",
}


def told(answer: client.Answer, *, request: str) -> Answer:
    """For the outbox. `request` is masked already."""
    return Answer(
        outcome=_OUTCOMES.get(answer.outcome, outbox.Outcome.REFUSED),
        status=answer.status,
        note=note_of(answer),
        request=request,
        answer=_without_password(answer.body, answer),
        said=_without_password(answer.error, answer) if answer.status is not None else "",
        retry_after=answer.retry_after or (SLOW_DOWN if answer.status == TOO_MANY else None),
        reach=reach_of(answer),
        value=answer,
    )


def note_of(answer: client.Answer) -> str:
    """One sentence that holds nothing of iTEP's. Without an answer the error is our own already."""
    if answer.status is None:
        return answer.error
    return f"{_WORDS[answer.outcome]} (HTTP {answer.status})."


def reach_of(answer: client.Answer) -> Reach:
    """Whether iTEP is there. A status over 500 comes as well from what stands before it, once it is gone."""
    if answer.status is None and answer.outcome == Outcome.BAD_KEY:
        return Reach.UNSAID  # a key that no request can carry
    if answer.status is None:
        return Reach.NEVER_LEFT if answer.outcome == Outcome.RETRY else Reach.SILENT
    undecided = answer.outcome in (Outcome.RETRY, Outcome.UNKNOWN)
    return Reach.SILENT if undecided and answer.status >= 500 else Reach.ANSWERED


def _without_password(text: str, answer: client.Answer) -> str:
    return text.replace(answer.password, client.MASK) if answer.password else text

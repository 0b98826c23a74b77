"""What an answer of iTEP says, by the dialect's lists and paths (DESIGN.md, section 7, after the TOML)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from itep.dialect import Dialect
from itep.exchange import Exchange
from itep.outcomes import Answer, Outcome
from itep.test_ids import UnreadableTestId, read_test_id

if TYPE_CHECKING:
    from itep.client import CallRequest

LONGEST_BODY = 8 * 1024  # characters kept of an answer
LONGEST_ERROR = 500
_SHORTEST_SECRET = 4  # masking shorter ones would only garble the text
_LONGEST_WAIT = 24 * 60 * 60.0


def judge(
    dialect: Dialect,
    request: CallRequest,
    status: int,
    body: bytes,
    *,
    complete: bool = True,
    retry_after: str | None = None,
    seconds: float = 0.0,
) -> Answer:
    """What an HTTP answer says. `complete` is False where the body broke off, was too large or came too slowly."""
    text = _masked(_masked(body.decode("utf-8", "replace"), request.api_key), _password(dialect, body))
    answer = Answer(
        outcome=_outcome_of(dialect, status),
        status=status,
        retry_after=_wait(retry_after),
        seconds=seconds,
        body=text[:LONGEST_BODY],
    )
    if answer.outcome is Outcome.CONFIRMED:
        return _judge_success(dialect, request, answer, body, complete=complete)
    error = _error_text(dialect, _read(body)) or f"iTEP answered with HTTP status {status}."
    return replace(answer, error=_masked(error, request.api_key))


def unanswered(done: Exchange) -> Answer:
    """No answer came: surely nothing happened if the request never left, else nobody knows."""
    if done.unsendable:
        return Answer(Outcome.BAD_KEY, error=done.failure, seconds=done.seconds)
    return Answer(Outcome.UNKNOWN if done.left else Outcome.RETRY, error=done.failure, seconds=done.seconds)


def _judge_success(dialect: Dialect, request: CallRequest, answer: Answer, body: bytes, *, complete: bool) -> Answer:
    paths = dialect.response
    asked = request.test_id if dialect.request.test_id else None
    if not (paths.test_id or paths.error) or (complete and not body.strip()):
        return _confirmed_as_asked(answer, asked)
    content = _read(body) if complete else _UNREADABLE
    if content is _UNREADABLE:
        # A login page, a proxy's page, half a text: iTEP may have acted, and on which ID only the text could say.
        return replace(answer, outcome=Outcome.UNKNOWN, error="iTEP's answer says success, but it cannot be read.")
    named = _at(content, paths.test_id)
    if error := _error_text(dialect, content):
        outcome = Outcome.UNKNOWN if _filled(named) else Outcome.REFUSED
        return replace(answer, outcome=outcome, error=_masked(error, request.api_key))
    password = _at(content, paths.password)
    answer = replace(answer, password=_scalar(password) or None)
    if not _filled(named):
        return _confirmed_as_asked(answer, asked)
    try:
        return replace(answer, test_id=read_test_id(_scalar(named)))
    except UnreadableTestId:
        return replace(answer, outcome=Outcome.UNKNOWN, error="iTEP's answer names a test ID that cannot be read.")


def _password(dialect: Dialect, body: bytes) -> str:
    """The password that an answer carries, whatever else it says: it is kept for the candidate, never to be shown."""
    return _scalar(_at(_read(body), dialect.response.password))


def _confirmed_as_asked(answer: Answer, asked: str | None) -> Answer:
    if asked is None:
        error = "iTEP's answer says success, but names no test ID, and none was asked for."
        return replace(answer, outcome=Outcome.UNKNOWN, error=error)
    return replace(answer, test_id=asked)


def _outcome_of(dialect: Dialect, status: int) -> Outcome:
    lists = dialect.outcomes
    meanings: tuple[tuple[tuple[int, ...], Outcome], ...] = (
        (lists.success, Outcome.CONFIRMED),
        (lists.unavailable, Outcome.UNAVAILABLE),
        (lists.bad_key, Outcome.BAD_KEY),
        (lists.refused, Outcome.REFUSED),
        (lists.retry, Outcome.RETRY),
    )
    return next((outcome for statuses, outcome in meanings if status in statuses), Outcome.UNKNOWN)


_UNREADABLE = object()


def _read(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return _UNREADABLE


def _at(content: object, path: str) -> object:
    """What stands at a dotted path; a number steps into a list. None if there is nothing, or the path is ""."""
    if not path:
        return None
    for step in path.split("."):
        if isinstance(content, Mapping):
            content = content.get(step)
        elif isinstance(content, list) and step.isdecimal() and int(step) < len(content):
            content = content[int(step)]
        else:
            return None
    return content


def _filled(value: object) -> bool:
    """0, false, null, blank and empty all mean "nothing", as APIs use them for "no error"."""
    return bool(value.strip() if isinstance(value, str) else value)


def _scalar(value: object) -> str:
    """A text or whole number as text; "" for all else, which no ID or password is."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()


def error_words(dialect: Dialect, body: str) -> str:
    """iTEP's own words of why not, in an answer that was kept; "" where it has none."""
    return _error_text(dialect, _read(body.encode()))


def _error_text(dialect: Dialect, content: object) -> str:
    found = _at(content, dialect.response.error)
    if not _filled(found):
        return ""
    return (found.strip() if isinstance(found, str) else json.dumps(found, ensure_ascii=False))[:LONGEST_ERROR]


def _masked(text: str, secret: str) -> str:
    """Some APIs repeat a wrong key in their error."""
    return text.replace(secret, "********") if len(secret) >= _SHORTEST_SECRET else text


def _wait(retry_after: str | None) -> float | None:
    """Retry-After in seconds, from seconds or an HTTP date; at most a day, so that a mistake of iTEP's ends."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdecimal():
        return min(float(text), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return min(max((at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds(), 0.0), _LONGEST_WAIT)

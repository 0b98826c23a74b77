"""What iTEP's support needs to know of one test: facts of ours and iTEP's with times and zone, and nothing secret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from fulfillment.models import Fulfillment
from fulfillment.settling import CALL
from inventory import last_word
from inventory.models import AssignedToRecord, Holding, TestID
from itep import comparing
from itep.answers import error_words
from itep.client import MASK
from itep.comparing import Difference, Row
from outbox.models import Attempt


@dataclass(frozen=True, slots=True)
class Tried:
    """One call: which test ID it asked for, its method and path, and what iTEP gave as the reason."""

    attempt: Attempt
    test_id: str
    line: str
    said: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One test ID that the request has or had: what we wrote last for it, what iTEP shows, and how they differ."""

    test_id: str
    row: TestID | None
    record: AssignedToRecord | None
    shows_at: datetime | None
    rows: list[Row]

    @property
    def is_same(self) -> bool:
        return all(row.difference == Difference.SAME for row in self.rows)


def records(one: Fulfillment) -> list[AssignedToRecord]:
    """Every text that was ever written for it, oldest first."""
    return list(one.claim.assigned_to_records.order_by("pk"))


def tried(one: Fulfillment, written: Iterable[AssignedToRecord]) -> list[Tried]:
    """Every call that was made for it, oldest first."""
    written = list(written)
    rows = Attempt.objects.filter(entry__kind=CALL, entry__oid=one.oid).select_related("entry").order_by("begun_at")
    return [
        Tried(
            attempt=row,
            test_id=_asked_for(row, written),
            line=_line(row.request),
            said=error_words(settings.ITEP_DIALECT, row.answer) or row.note,
        )
        for row in rows
    ]


def shown(one: Fulfillment, written: Iterable[AssignedToRecord]) -> list[Shown]:
    """The current test ID first, then earlier ones; where it has none (any more), what was written last."""
    latest = {record.test_id: record for record in written}
    held = sorted(one.claim.held.all(), key=lambda row: (row.holding != Holding.CURRENT, row.test_id))
    if held or not latest:
        return [_shown(row.test_id, row, latest.get(row.test_id)) for row in held]
    name, record = list(latest.items())[-1]
    return [_shown(name, TestID.objects.filter(test_id=name).first(), record)]


def text(one: Fulfillment, ids: Iterable[Shown], calls: Iterable[Tried]) -> str:
    """To be copied to iTEP's support, who read English. No key and no password stands in it, whoever said it."""
    lines = "\n".join(_lines(one, list(ids), list(calls)))
    held = one.claim.held.all()
    for secret in filter(None, [one.product.api_key, one.link_token, *(row.password for row in held)]):
        lines = lines.replace(secret, MASK)
    return lines


def of(one: Fulfillment) -> str:
    """The same, with all that is known of it now."""
    written = records(one)
    return text(one, shown(one, written), tried(one, written))


def moment(at: datetime | None) -> str:
    """To the second, with offset and zone: "2026-11-25 14:10:03 +0100 (Europe/Lisbon)"."""
    if at is None:
        return "not known"
    here = timezone.localtime(at)
    return f"{here:%Y-%m-%d %H:%M:%S %z} ({timezone.get_current_timezone_name()})"


def _shown(test_id: str, row: TestID | None, record: AssignedToRecord | None) -> Shown:
    shows = row.assigned_to if row else ""
    rows = comparing.compare(record.text if record else "", shows)
    return Shown(test_id, row, record, last_word.at(row) if row else None, rows)


def _asked_for(attempt: Attempt, written: Iterable[AssignedToRecord]) -> str:
    """The text is kept as the call begins, so it is the last one of this work before the call's end."""
    source, end = f"call {attempt.entry_id}", attempt.ended_at
    of_it = [one.test_id for one in written if one.source == source and (end is None or one.at <= end)]
    return of_it[-1] if of_it else ""


def _line(request: str) -> str:
    """ "POST /api/assign": without host, query and body, which hold what is secret or long."""
    method, _space, url = request.partition("\n")[0].partition(" ")
    return f"{method} {urlsplit(url).path}".strip()


def _lines(one: Fulfillment, ids: list[Shown], calls: list[Tried]) -> Iterator[str]:
    yield f"Product code: {one.product.code}"
    yield f"OID (our identifier): {one.oid}"
    if not ids:
        yield "Test ID: none yet"
    for shown_id in ids:
        yield from _of_id(shown_id)
    yield ""
    yield f"Calls to your API: {len(calls) or 'none'}"
    for number, call in enumerate(calls, start=1):
        yield from _of_call(number, call)


def _of_id(one: Shown) -> Iterator[str]:
    yield ""
    yield f"Test ID: {one.test_id or 'not known'}"
    if one.row is not None and one.row.status_raw:
        yield f"Status as you show it: {one.row.status_raw}"
    if one.record is not None:
        yield f"Assigned-to as we wrote it, {moment(one.record.at)}:"
        yield f"  {one.record.text}"
    yield f"Assigned-to as you show it, seen {moment(one.shows_at)}:"
    yield f"  {(one.row.assigned_to if one.row else '') or '(empty)'}"
    if one.record is not None:
        differing = [row.key or "the text" for row in one.rows if row.difference != Difference.SAME]
        yield f"Different: {', '.join(differing) or 'nothing'}"


def _of_call(number: int, one: Tried) -> Iterator[str]:
    attempt = one.attempt
    status = f"HTTP {attempt.status}" if attempt.status else "no HTTP status"
    took = f", after {attempt.seconds:.2f} s" if attempt.seconds is not None else ""
    asked = f" for {one.test_id}" if one.test_id else ""
    yield f"{number}. {moment(attempt.begun_at)}: {one.line or 'call'}{asked}: {status}{took}, {attempt.outcome}"
    if one.said:
        yield f"   You said: {one.said}" if attempt.answer else f"   {one.said}"

"""The deadline, or the sitting at a centre, as a calendar entry (RFC 5545).

It holds no test ID: calendars are shared more readily than mails.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from fulfillment import deadlines, links, organization, sittings
from fulfillment.models import Fulfillment


def entry(one: Fulfillment) -> str:
    """An .ics file; "" where there is no deadline."""
    if one.deadline is None:
        return ""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//iTEP fulfillment portal//EN",
        "BEGIN:VEVENT",
        f"UID:{one.link_digest[:32]}@itep-fulfillment",
        f"DTSTAMP:{_utc(timezone.now())}",
        *_when_and_what(one, one.deadline),
        f"URL:{links.page_url(one)}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:Your iTEP test",
        "TRIGGER:-P2D",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(_folded(line) for line in lines)


def _when_and_what(one: Fulfillment, deadline: date) -> list[str]:
    """At a centre from its start for as long as the test takes; else the last hour of the last day."""
    name, sitting = organization.ours().name, sittings.facts_of(one)
    whose = f" for {name}" if name else ""
    if sitting is None:
        ends = deadlines.ends_at(deadline)
        said = [f"DTSTART:{_utc(ends - timedelta(hours=1))}", f"DTEND:{_utc(ends)}"]
        return [*said, f"SUMMARY:{_escaped(f'Last day of your iTEP test{whose}')}"]
    minutes = one.product.minutes
    said = [f"DTSTART:{_utc(sitting.starts_at)}"]
    said += [f"DTEND:{_utc(sitting.starts_at + timedelta(minutes=minutes))}"] if minutes else []
    said += [f"SUMMARY:{_escaped(f'Your iTEP test{whose}')}", f"LOCATION:{_escaped(sitting.where)}"]
    arrive = sitting.arrive_by
    return [*said, f"DESCRIPTION:{_escaped(f'Arrive by {arrive}. Bring a valid photo ID.')}"] if arrive else said


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    for character in "\\;,":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())


def _folded(line: str) -> str:
    """At most 75 octets a line, never through the middle of a character."""
    folded, length = [], 0
    for character in line:
        size = len(character.encode())
        if length + size > 73:
            folded.append("\r\n ")
            length = 1
        folded.append(character)
        length += size
    return "".join(folded) + "\r\n"

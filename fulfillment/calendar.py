"""The deadline, or the sitting at a centre, as a calendar entry (RFC 5545).

It holds neither test ID nor link: calendars are shared more readily than mails. Added again after the day moved, it
replaces the entry of before: its UID stays, its SEQUENCE grows.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from access.encryption import keyed_digest
from fulfillment import deadlines, organization, sittings
from fulfillment.models import Fulfillment
from fulfillment.sittings import SittingFacts
from outbox import letters

LONGEST_LINE = 75  # octets, without the line break (RFC 5545, section 3.1)
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def entry(one: Fulfillment) -> str:
    """An .ics file; "" where there is no deadline."""
    if one.deadline is None:
        return ""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//iTEP fulfillment portal//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{keyed_digest(str(one.oid), purpose='calendar')[:32]}@{letters.domain()}",
        f"DTSTAMP:{_utc(timezone.now())}",
        f"SEQUENCE:{max(0, int((one.updated_at - _EPOCH).total_seconds() // 60))}",
        *_when_and_what(one, one.deadline),
        "CLASS:PRIVATE",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(_summary(sittings.facts_of(one)))}",
        "TRIGGER:-P2D",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(_folded(line) for line in lines)


def _summary(sitting: SittingFacts | None) -> str:
    name = organization.ours().name
    if sitting:
        return _("Your iTEP test for %(name)s") % {"name": name} if name else _("Your iTEP test")
    return _("Last day of your iTEP test for %(name)s") % {"name": name} if name else _("Last day of your iTEP test")


def _when_and_what(one: Fulfillment, deadline: date) -> list[str]:
    """At a centre from its start for as long as the test takes; else the last hour of the last day."""
    sitting = sittings.facts_of(one)
    summary = f"SUMMARY:{_escaped(_summary(sitting))}"
    if sitting is None:
        ends = deadlines.ends_at(deadline)
        said = _("%(product)s. Take it by %(deadline)s, %(zone)s. The link to your page is in our mail.")
        words = {"product": one.product, "deadline": deadlines.in_words(deadline), "zone": deadlines.zone_name()}
        about = f"DESCRIPTION:{_escaped(said % words)}"
        times = [f"DTSTART:{_utc(ends - timedelta(hours=1))}", f"DTEND:{_utc(ends)}"]
        return [*times, summary, about, "TRANSP:TRANSPARENT"]
    minutes, arrive = one.product.minutes, sitting.arrive_by
    times = [f"DTSTART:{_utc(sitting.starts_at)}"]
    times += [f"DTEND:{_utc(sitting.starts_at + timedelta(minutes=minutes))}"] if minutes else []
    parts = [_("Arrive by %(time)s.") % {"time": arrive}] if arrive else []
    about = " ".join([*parts, _("Bring a valid photo ID.")])
    return [*times, summary, f"LOCATION:{_escaped(sitting.where)}", f"DESCRIPTION:{_escaped(about)}"]


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    for character in "\\;,":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())


def _folded(line: str) -> str:
    """At most 75 octets a line, never through the middle of a character. The space that goes on counts as one."""
    folded, length = [], 0
    for character in line:
        size = len(character.encode())
        if length + size > LONGEST_LINE:
            folded.append("\r\n ")
            length = 1
        folded.append(character)
        length += size
    return "".join(folded) + "\r\n"

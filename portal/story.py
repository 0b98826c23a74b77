"""The audit trail as a story that people read: verbs in words, authors, evidence (docs/decisions, 0003)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access import audit
from access.models import AuditEntry
from inventory import sources

Text = Promise | str

# What staff read. A verb that is not here is shown by its own words: the trail may grow without this page.
WORDS: dict[str, tuple[Text, str]] = {
    "fulfillment.requested": (_("Asked for"), "neutral"),
    "fulfillment.adopted": (_("Adopted: assigned outside the portal"), "info"),
    "fulfillment.waiting": (_("Waits for a test ID"), "warn"),
    "fulfillment.claimed": (_("Under way to iTEP"), "info"),
    "fulfillment.unknown": (_("iTEP's answer is not known"), "warn"),
    "fulfillment.assigned": (_("Assigned at iTEP"), "good"),
    "fulfillment.sent": (_("Sent to the candidate"), "good"),
    "fulfillment.cancelled": (_("Cancelled"), "neutral"),
    "fulfillment.failed": (_("Needs a person"), "bad"),
    "fulfillment.cancel_asked": (_("Asked to cancel"), "neutral"),
    "fulfillment.resend_asked": (_("Asked to send it again"), "neutral"),
    "fulfillment.email_corrected": (_("Email address corrected"), "neutral"),
    "fulfillment.corrected": (_("Corrected"), "neutral"),
    "fulfillment.replaced": (_("Test ID given up"), "warn"),
    "fulfillment.extended": (_("Deadline changed"), "neutral"),
    "fulfillment.never_reached": (_("A person says: it never reached them"), "neutral"),
    "fulfillment.link_revoked": (_("It reached somebody else: the old link leads nowhere now"), "warn"),
    "fulfillment.shown": (_("Test ID and password shown at the desk"), "info"),
    "fulfillment.slip_printed": (_("A slip with the test ID was printed"), "info"),
    "fulfillment.text_left": (_("The old text may stay at iTEP"), "neutral"),
    "text.rewritten": (_("Corrected text written at iTEP"), "info"),
    "mail.withheld": (_("Mail held back"), "neutral"),
    "fulfillment.status_seen": (_("iTEP's status changed"), "info"),
    "batch.kept": (_("List uploaded"), "neutral"),
    "batch.drafted": (_("List checked"), "neutral"),
    "batch.decided": (_("Decided who of the list gets a test"), "neutral"),
    "batch.confirmed": (_("List given"), "good"),
    "batch.undone": (_("List undone"), "warn"),
    "batch.discarded": (_("List given up"), "neutral"),
    "batch.test_ids_taken": (_("List taken along with its test IDs"), "info"),
    "claim.queued": (_("No test ID free: put in line"), "warn"),
    "claim.reserved": (_("Test ID reserved"), "info"),
    "claim.confirmed": (_("Assigned at iTEP"), "good"),
    "claim.cancelled": (_("Request ended"), "neutral"),
    "claim.exchanged": (_("Another test ID reserved, which outlives the deadline"), "neutral"),
    "claim.displaced": (_("Test ID went to another request"), "warn"),
    "claim.contradicted": (_("iTEP says something else"), "bad"),
    "claim.tried_again": (_("Tried again by a person"), "neutral"),
    "cancel.noted": (_("Cancelling noted, until iTEP's answer is known"), "neutral"),
    "call.begun": (_("Call to iTEP begun"), "info"),
    "call.unknown": (_("iTEP did not answer"), "warn"),
    "call.lost": (_("The call was lost: iTEP may have acted"), "warn"),
    "call.found_unavailable": (_("iTEP says: this test ID is not to be had"), "warn"),
    "call.refused": (_("iTEP refused the call"), "bad"),
    "call.refused_by_key": (_("iTEP refused the API key"), "bad"),
    "call.put_off": (_("iTEP could not take the call now"), "warn"),
    "call.not_arrived": (_("The call did not arrive at iTEP"), "neutral"),
    "text.taken": (_("Assigned-to text taken, to be written at iTEP"), "info"),
    "test_id.added": (_("Test ID added"), "neutral"),
    "test_id.replaced": (_("Test ID given up"), "warn"),
    "test_id.released": (_("Test ID freed"), "neutral"),
    "test_id.cleared": (_("Assigned-to cleared at iTEP"), "neutral"),
    "test_id.set_aside": (_("Test ID set aside"), "neutral"),
    "test_id.taken_back": (_("Test ID may be given again"), "neutral"),
    "mail.written": (_("Mail written"), "info"),
    "mail.accepted": (_("Mail accepted by the mail server"), "good"),
    "mail.refused": (_("Mail refused"), "bad"),
    "mail.bounced": (_("A person says: the mail came back"), "bad"),
    "candidate.saw_test_id": (_("The candidate looked at the test ID"), "info"),
    "fulfillment.reminded": (_("Reminded by a person"), "neutral"),
    "trouble.reset": (_("iTEP has reset the test: staff were alarmed"), "bad"),
    "trouble.problem": (_("iTEP reports a problem: staff were alarmed"), "bad"),
    "trouble.invalidated": (_("iTEP has invalidated the test: staff were alarmed"), "bad"),
    "trouble.disabled": (_("iTEP has disabled the test ID: staff were alarmed"), "bad"),
    "trouble.handled": (_("Seen to by a person, without a mail"), "neutral"),
    "trouble.passed": (_("Passed: the test was graded"), "neutral"),
    "candidate.told": (_("The candidate was told what happened"), "info"),
    "mail.erased": (_("Mail erased on its day, as set"), "neutral"),
    "candidate.asked": (_("The candidate asked for something"), "warn"),
    "candidate.request_handled": (_("The candidate's request was handled"), "neutral"),
    "seat.taken": (_("Got a seat at a sitting"), "info"),
    "seat.changed": (_("Moved to another sitting"), "info"),
    "seat.given_up": (_("Gave up the seat at the sitting"), "neutral"),
    "attendance.arrived": (_("Arrived at the sitting"), "good"),
    "attendance.arrived_undone": (_("Not arrived after all"), "neutral"),
    "attendance.photo_id_checked": (_("Photo ID checked"), "good"),
    "attendance.photo_id_checked_undone": (_("Photo ID not checked after all"), "neutral"),
    "attendance.incident_noted": (_("Incident noted at the sitting"), "warn"),
    "attendance.incident_noted_undone": (_("The incident was taken back"), "neutral"),
    "attendance.accommodation_noted": (_("Accommodations noted"), "neutral"),
    "attendance.accommodation_noted_undone": (_("Accommodations taken back"), "neutral"),
    "roster.opened": (_("Test ID shown on the roster"), "info"),
    "roster.printed": (_("Test ID printed on the roster"), "info"),
    "roster.downloaded": (_("Test ID downloaded with the roster"), "info"),
    "result.recorded": (_("Result recorded"), "good"),
    "result.asked": (_("iTEP posted what a person should look at"), "warn"),
    "result.doubted": (_("A person is asked about the result"), "warn"),
    "result.accepted": (_("A person says: it counts"), "neutral"),
    "result.ignored": (_("A person says: ignore it"), "neutral"),
    "result.adopted": (_("Result joined to this candidate"), "info"),
    "result.address_changed": (_("The score report has a new address"), "neutral"),
    "work.tried_again": (_("Work tried again by a person"), "neutral"),
    "work.given_up": (_("Work given up"), "neutral"),
    "product.by_hand": (_("By hand for now: no calls to iTEP"), "neutral"),
    "product.by_calls": (_("By calls to iTEP again"), "neutral"),
    "way.tried_now": (_("iTEP tried at once, though it did not answer"), "neutral"),
}
AT_ONCE = timedelta(seconds=2)
# What only repeats, on a candidate's page, what the line beside it says.
ECHOES = {
    "fulfillment.claimed",
    "test_id.replaced",
    "fulfillment.assigned",
    "fulfillment.unknown",
    "fulfillment.cancelled",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a timeline, as `components/timeline.html` draws it."""

    at: datetime
    what: Text
    who: str
    source: str
    detail: str
    kind: str
    url: str
    source_url: str = ""


def events(entries: Iterable[AuditEntry]) -> list[Event]:
    """Newest first."""
    all_of_them = list(entries)
    pairs = zip_longest(all_of_them, all_of_them[1:])
    told = [_event(entry) for entry, after in pairs if entry.verb not in ECHOES and not _is_said_by(after, entry)]
    return told[::-1]


def _is_said_by(after: AuditEntry | None, entry: AuditEntry) -> bool:
    """One webhook is one line: a result that says the status which came with it needs no line beside it for that."""
    if after is None or entry.verb != "fulfillment.status_seen" or not after.verb.startswith("result."):
        return False
    said, says = (entry.detail or {}).get("status"), (after.detail or {}).get("status")
    return bool(said) and said == says and after.at - entry.at < AT_ONCE


def _event(entry: AuditEntry) -> Event:
    what, kind = WORDS.get(entry.verb, (entry.verb.replace(".", " ").replace("_", " ").capitalize(), "neutral"))
    source_url = sources.page_of(entry.source, test_id=entry.test_id)
    return Event(entry.at, what, audit.who(entry), entry.source, _detail(entry), kind, _url(entry), source_url)


def _detail(entry: AuditEntry) -> str:
    detail = entry.detail or {}
    told = [str(detail[name]) for name in ("status", "why", "deadline") if detail.get(name)]
    told += [", ".join(detail["fields"])] if detail.get("fields") else []
    shown = [entry.test_id, entry.reason, *told]
    return " · ".join(dict.fromkeys(one for one in shown if one))


def _url(entry: AuditEntry) -> str:
    if entry.subject.startswith("mail ") and entry.subject[5:].isdecimal():
        return reverse("fulfillment:mail", args=[int(entry.subject[5:])])
    if entry.subject.startswith("sitting ") and entry.subject[8:].isdecimal():
        return reverse("fulfillment:sitting", args=[int(entry.subject[8:])])
    return ""

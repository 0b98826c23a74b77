"""The story of one test ID in words: what happened, who did it, by what evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import audit
from access.models import AuditEntry
from inventory import causes, sources
from inventory.reasons import REASONS

# Verb of the audit trail: the words on the page, and how loud they are.
WORDS: dict[str, tuple[Promise | str, str]] = {
    "test_id.added": (gettext_lazy("First seen here"), "good"),
    "test_id.returned": (gettext_lazy("Back in stock"), "good"),
    "test_id.withdrawn": (gettext_lazy("No longer offered by iTEP"), "warn"),
    "test_id.assigned_outside": (gettext_lazy("Assigned outside the portal"), "warn"),
    "test_id.changed": (gettext_lazy("iTEP's details changed"), "info"),
    "test_id.replaced": (gettext_lazy("No longer the test ID of its request"), "warn"),
    "test_id.not_arrived": (gettext_lazy("The call did not arrive at iTEP"), "warn"),
    "test_id.assignment_lost": (gettext_lazy("Unexplained: the assignment is lost"), "bad"),
    "test_id.contradicted": (gettext_lazy("Unexplained: iTEP's list and ours do not agree"), "bad"),
    "test_id.joined": (gettext_lazy("iTEP's list shows it assigned by us"), "good"),
    "test_id.seen": (gettext_lazy("Seen in iTEP's list"), "neutral"),
    "test_id.left_panel": (gettext_lazy("Left iTEP's list: presumably started"), "info"),
    "test_id.shown": (gettext_lazy("Shown in full to a person"), "neutral"),
    "test_id.password_kept": (gettext_lazy("Its password came"), "info"),
    "test_id.left_stock": (gettext_lazy("In use at iTEP: taken out of the stock"), "warn"),
    "test_id.released": (gettext_lazy("Freed by a person"), "info"),
    "test_id.cleared": (gettext_lazy("Assigned-to cleared at iTEP"), "good"),
    "test_id.clear_proved": (gettext_lazy("iTEP's list proves that it was cleared"), "good"),
    "test_id.set_aside": (gettext_lazy("Set aside"), "info"),
    "test_id.taken_back": (gettext_lazy("Offered again"), "good"),
    "claim.queued": (gettext_lazy("No test ID free: put in line"), "warn"),
    "claim.tried_again": (gettext_lazy("Tried again by a person"), "neutral"),
    "cancel.noted": (gettext_lazy("Cancelling noted, until iTEP's answer is known"), "neutral"),
    "claim.reserved": (gettext_lazy("Reserved for a request"), "info"),
    "claim.exchanged": (gettext_lazy("Its request took one that outlives the deadline"), "neutral"),
    "claim.displaced": (gettext_lazy("Taken from the request that had reserved it"), "warn"),
    "claim.confirmed": (gettext_lazy("Assigned at iTEP"), "good"),
    "claim.contradicted": (gettext_lazy("iTEP's word and ours do not agree"), "bad"),
    "claim.written_again": (gettext_lazy("To be written at iTEP again"), "info"),
    "difference.accepted": (gettext_lazy("A person says: iTEP is right"), "info"),
    "difference.joined": (gettext_lazy("A person says: the text is this request's"), "info"),
    "difference.to_clear": (gettext_lazy("A person says: a leftover, to be cleared at iTEP"), "info"),
    "claim.adopted": (gettext_lazy("Adopted: assigned outside, followed here from now on"), "good"),
    "test_id.left_outside": (gettext_lazy("A person says: it stays outside"), "neutral"),
    "test_id.outside_again": (gettext_lazy("To be adopted after all"), "neutral"),
    "claim.cancelled": (gettext_lazy("The request was cancelled"), "neutral"),
    "text.taken": (gettext_lazy("A person took the text for iTEP"), "info"),
    "text.rewritten": (gettext_lazy("A person wrote the corrected text at iTEP"), "info"),
    "text.proved": (gettext_lazy("iTEP's list proves that it was written"), "good"),
    "done.taken_back": (gettext_lazy("A person says: it was not done at iTEP"), "warn"),
    "call.begun": (gettext_lazy("Call to iTEP begun"), "info"),
    "call.unknown": (gettext_lazy("iTEP did not answer, checking"), "warn"),
    "call.lost": (gettext_lazy("The call was cut off, checking"), "warn"),
    "call.not_arrived": (gettext_lazy("The call did not arrive at iTEP"), "warn"),
    "call.found_unavailable": (gettext_lazy("iTEP said that it is not to be had"), "warn"),
    "call.refused_by_key": (gettext_lazy("iTEP refused the API key"), "bad"),
    "call.refused": (gettext_lazy("iTEP refused the call"), "bad"),
    "call.put_off": (gettext_lazy("iTEP could not take the call; it is made again"), "info"),
}


ECHOES: set[str] = set()  # verbs that only repeat what the line beside them says


def learn(words: Mapping[str, tuple[Promise | str, str]], *, echoes: Iterable[str]) -> None:
    """Verbs of the rooms above, in words: called once, when the upper room is ready. This room's own words stay."""
    for verb, said in words.items():
        WORDS.setdefault(verb, said)
    ECHOES.update(echoes)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a timeline, as components/timeline.html takes it. `was` and `now`: a standing before and after."""

    at: datetime
    what: str
    who: str
    source: str
    detail: str
    kind: str
    url: str = ""
    source_url: str = ""
    was: str = ""
    now: str = ""
    reason: str = ""


def story(test_id: str, *, sees_work: bool = False) -> list[Event]:
    """Newest first. `sees_work`: the reader may look at single calls."""
    told = reversed(audit.story(test_id=test_id))
    return [_event(one, sees_work=sees_work) for one in told if one.verb not in ECHOES]


def _event(one: AuditEntry, *, sees_work: bool) -> Event:
    words, kind = WORDS.get(one.verb, (one.verb.replace(".", " ").replace("_", " ").capitalize(), "neutral"))
    was, now = one.detail.get("before") or "", one.detail.get("after") or ""
    moved = was != now and bool(now) and now in causes.STANDINGS
    return Event(
        at=one.at,
        what=str(words),
        who=audit.who(one),
        source=one.source,
        source_url=sources.page_of(one.source, test_id=one.test_id, sees_work=sees_work),
        detail=_detail(one),
        was=causes.standing_word(was) if moved and was else "",
        now=causes.standing_word(now) if moved else "",
        kind=kind,
        reason=one.reason,
    )


def _detail(one: AuditEntry) -> str:
    parts = [str(one.detail["why"])] if one.detail.get("why") else []
    if rule := one.detail.get("rule"):
        parts.append(REASONS.get(rule, ""))
    if fields := one.detail.get("fields"):
        parts.append(_("Differs: %(names)s.") % {"names": causes.field_words(fields)})
    if following := one.detail.get("next"):
        parts.append(_("The request goes on with %s.") % following)
    if status := one.detail.get("status"):
        parts.append(_("HTTP status %s.") % status if isinstance(status, int) else str(status))
    return " ".join(part for part in parts if part)

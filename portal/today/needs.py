"""Needs you: what only a person can settle, worst first, each with why and one button."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fulfillment import adopting, overdue, reminding
from fulfillment import queries as fulfillments
from fulfillment.models import CandidateRequest, Fulfillment, State, Trouble
from inventory import queries as inventory
from inventory import unexplained
from inventory.models import Claim, Product
from outbox.models import Entry, EntryState
from results import queries as results
from webhooks import queries as webhooks

MOST = 12  # lines of one kind; the list behind the link has all


@dataclass(frozen=True, slots=True)
class Act:
    """A button: a link, or a form that posts."""

    label: str
    url: str
    post: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that waits for a person, as `components/todo.html` draws it."""

    what: str
    why: str
    since: datetime | None
    acts: list[Act] = field(default_factory=list)


def needs(today: date) -> list[Need]:
    """Worst first: paused products, unexplained differences, doubts, failures, unplaced results, requests, deadlines,
    IDs assigned outside, hand work."""
    doubtful = (_stock(), _unexplained(), _troubles(), _candidates(), _asked(), _unplaced(), _stuck())
    waiting = (_requests(), _reminders(), _missed(), _late())
    at_itep = (_outside(), _by_hand_for_now(), _by_hand(), _corrected())
    return [need for part in (*doubtful, *waiting, *at_itep) for need in part]


def _stock() -> Iterator[Need]:
    for one in inventory.needs_a_person():
        if one.kind == "paused":
            url = reverse("inventory:product", args=[one.product.code])
            what = _("%(product)s is paused") % {"product": one.product}
            yield Need(what, one.why, one.since, [Act(_("Look at it"), url)])


def _by_hand_for_now() -> Iterator[Need]:
    """Somebody chose it while iTEP was away, and may have forgotten it."""
    for one in Product.objects.filter(by_hand_since__isnull=False).order_by("code"):
        what = _("%(product)s goes by hand for now") % {"product": one}
        why = _("No call is made for it. Once iTEP answers again, go on by calls.")
        yield Need(what, why, one.by_hand_since, [Act(_("Calls to iTEP"), reverse("fulfillment:calls"))])


def _unexplained() -> Iterator[Need]:
    """The first of them by name; of all there is one number, which stands under way."""
    names, url = unexplained.test_ids(), reverse("unexplained")
    for one in unexplained.differences(names[:MOST]):
        name = one.test_id or str(one.oids[0])
        about = _("iTEP and the portal disagree about %(id)s") % {"id": name}
        yield Need(about, one.because, one.since, [Act(_("Repair it"), f"{url}?{urlencode({'id': name})}")])
    if (more := len(names) - MOST) > 0:
        what = ngettext("%d more unexplained difference", "%d more unexplained differences", more) % more
        yield Need(what, _("The list has them all."), None, [Act(_("Repair them"), url)])


def _outside() -> Iterator[Need]:
    """Somebody assigned them at iTEP, and nobody here has said whose they are."""
    if number := adopting.outside().count():
        words = ngettext(
            "%d ID is assigned at iTEP to somebody unknown here",
            "%d IDs are assigned at iTEP to somebody unknown here",
            number,
        )
        why = _("Adopted, they are followed here, and their results find them. Or leave them outside.")
        yield Need(words % number, why, None, [Act(_("Join to a person"), reverse("adoption"))])


def _candidates() -> Iterator[Need]:
    conflicts = Claim.objects.filter(conflict_at__isnull=False).values("oid")
    for one in fulfillments.needing_a_person().exclude(oid__in=conflicts)[:MOST]:
        if one.state in (State.UNKNOWN, State.FAILED) or one.reason:
            url = reverse("candidate", args=[one.oid])
            act = Act(_("I looked at iTEP"), url) if _doubt(one) else _see(url)
            yield Need(_what(one), one.reason, one.updated_at, [act])


def _what(one: Fulfillment) -> str:
    test_id = one.claim.current.test_id if one.claim.current else ""
    named = f"{one.name}, {test_id}" if test_id else one.name
    if _doubt(one):
        return _("iTEP did not answer for %(who)s") % {"who": named}
    return _("%(who)s needs a person") % {"who": named}


def _doubt(one: Fulfillment) -> bool:
    return one.state == State.UNKNOWN


def _see(url: str) -> Act:
    return Act(_("See what can be done"), url)


def _asked() -> Iterator[Need]:
    for one in results.asked()[:MOST]:
        who = one.fulfillment.name if one.fulfillment else one.test_id
        what = _("A result of %(who)s is in doubt") % {"who": who}
        yield Need(what, one.doubt, one.received_at, [Act(_("Decide"), reverse("results:one", args=[one.pk]))])


def _unplaced() -> Iterator[Need]:
    for heap in webhooks.heaps():
        what = ngettext("%d post of iTEP could not be placed", "%d posts of iTEP could not be placed", heap.count)
        yield Need(what % heap.count, heap.label, None, [Act(_("Look at them"), reverse("webhooks:unmatched"))])


def _stuck() -> Iterator[Need]:
    dead = Entry.objects.filter(state=EntryState.DEAD)
    if number := dead.count():
        what = ngettext("%d piece of work is stuck", "%d pieces of work are stuck", number) % number
        why = _("The portal has given up repeating it.")
        oldest = dead.order_by("ended_at").first()
        yield Need(what, why, oldest.ended_at if oldest else None, [Act(_("Look at it"), reverse("outbox:list"))])


REQUESTS = {
    CandidateRequest.Kind.NOT_ME: gettext_lazy("says: this is not me"),
    CandidateRequest.Kind.WRONG_ADDRESS: gettext_lazy("says: my address is wrong"),
    CandidateRequest.Kind.MORE_TIME: gettext_lazy("asks for more time or an arrangement"),
}


def _requests() -> Iterator[Need]:
    for one in fulfillments.open_requests()[:MOST]:
        what = f"{one.fulfillment.name} {REQUESTS[CandidateRequest.Kind(one.kind)]}"
        yield Need(what, one.text, one.created_at, [_see(reverse("candidate", args=[one.fulfillment.oid]))])


TROUBLES = {
    Trouble.Kind.RESET: gettext_lazy("iTEP has reset the test of %(who)s"),
    Trouble.Kind.PROBLEM: gettext_lazy("iTEP reports a problem with the test of %(who)s"),
    Trouble.Kind.INVALIDATED: gettext_lazy("iTEP has invalidated the test of %(who)s"),
    Trouble.Kind.DISABLED: gettext_lazy("iTEP has disabled the test of %(who)s"),
}


def _troubles() -> Iterator[Need]:
    for one in fulfillments.open_troubles()[:MOST]:
        why = _("The candidate has not been told. Nothing is sent by itself.")
        url = reverse("fulfillment:tell", args=[one.fulfillment.oid])
        what = str(TROUBLES[Trouble.Kind(one.kind)]) % {"who": one.fulfillment.name}
        yield Need(what, why, one.seen_at, [Act(_("Tell the candidate"), url)])


def _reminders() -> Iterator[Need]:
    if asked := reminding.open_round():
        what = ngettext("%d reminder is due today", "%d reminders are due today", asked.number) % asked.number
        why = _("More than you let go unasked. Is the clock right, and is it meant so?")
        yield Need(what, why, asked.asked_at, [Act(_("Look at them"), reverse("fulfillment:reminders"))])


def _missed() -> Iterator[Need]:
    """By sitting: each has its own page with what can be done."""
    rows = overdue.tests().exclude(seat=None)
    for one in rows.values("seat__sitting", "seat__sitting__title").annotate(n=Count("pk")).order_by("seat__sitting"):
        what = ngettext("%(sitting)s is over, %(n)d was not seen", "%(sitting)s is over, %(n)d were not seen", one["n"])
        url = f"{reverse('fulfillment:sitting', args=[one['seat__sitting']])}?show=missed"
        why = _("Not arrived, nor seen started by iTEP. Move them to another sitting, or cancel their tests.")
        yield Need(what % {"n": one["n"], "sitting": one["seat__sitting__title"]}, why, None, [Act(_("Look"), url)])


def _late() -> Iterator[Need]:
    if number := overdue.tests().filter(seat=None).count():
        what = ngettext(
            "%d test past its deadline, never seen started", "%d tests past their deadline, never seen started", number
        )
        url = reverse("fulfillment:overdue")
        remind = ngettext("Remind %d", "Remind %d", number) % number
        free = ngettext("Free the ID", "Free the IDs", number)
        why = _("iTEP does not always say that a test was started.")
        yield Need(what % number, why, None, [Act(remind, f"{url}?act=remind"), Act(free, f"{url}?act=free")])


def _corrected() -> Iterator[Need]:
    """Names and addresses that were put right here, and that somebody wants to stand at iTEP as well."""
    for one in fulfillments.texts_to_rewrite()[:MOST]:
        what = _("Write the corrected text of %(who)s at iTEP") % {"who": one.name}
        act = Act(_("See the text"), reverse("candidate", args=[one.oid]))
        yield Need(what, _("iTEP keeps the old text in its Assigned-to."), one.rewrite_since, [act])


def _by_hand() -> Iterator[Need]:
    todo = inventory.todo_at_itep()
    if number := len(todo.assign) + len(todo.clear):
        what = ngettext("%d thing to do at iTEP by hand", "%d things to do at iTEP by hand", number) % number
        why = _("Put the texts into Assigned-to, or clear them, at iTEP.")
        yield Need(what, why, None, [Act(_("To do at iTEP"), reverse("inventory:todo"))])

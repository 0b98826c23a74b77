"""A repair in words: its name, what exactly it will do, and why it cannot be done where it cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.models import ClaimSource, ClaimState, Standing
from inventory.products import works_by_hand
from inventory.repairs import Repair
from inventory.unexplained import Difference
from portal.templatetags.words import itep_word


@dataclass(frozen=True, slots=True)
class Offer:
    """One repair as the page offers it: a button that asks first, or a grey one with the reason.

    `does` are the sentences of its dialog. Where a request loses its ID, `then` says what becomes of it: it takes the
    next one, or it ends.
    """

    kind: str
    label: str
    does: tuple[str, ...] = ()
    why_not: str = ""
    then: tuple[str, str] | None = None
    oid: UUID | None = None
    asks_why: bool = True
    takes: bool = False  # something is taken from somebody


Names = Mapping[UUID, str]


def offers(one: Difference, names: Names, available: int) -> list[Offer]:
    """All repairs, those that can be done first."""
    found: list[Offer] = []
    makers: dict[Repair, Callable[[Difference, Names, int], list[Offer]]] = {
        Repair.WRITE_AGAIN: _write_again,
        Repair.JOIN: _join,
        Repair.ACCEPT: _accept,
        Repair.CLEAR: _clear,
        Repair.FREE: _free,
    }
    for kind, make in makers.items():
        why = one.why_not[kind]
        found += [Offer(kind, LABELS[kind](), why_not=why)] if why else make(one, names, available)
    return sorted(found, key=lambda offer: bool(offer.why_not))


LABELS: dict[Repair, Callable[[], str]] = {
    Repair.WRITE_AGAIN: lambda: _("Write again"),
    Repair.ACCEPT: lambda: _("Accept"),
    Repair.JOIN: lambda: _("Join to a person"),
    Repair.FREE: lambda: _("Free"),
    Repair.CLEAR: lambda: _("Clear at iTEP"),
}


def _write_again(one: Difference, names: Names, available: int) -> list[Offer]:
    live = one.facts.live
    assert live is not None
    who, by_hand = _who(live.oid, names), _goes_by_hand(one)
    how = (
        _("The text of %(who)s goes to *To do at iTEP*: somebody puts it into the Assigned-to of %(id)s there.")
        if by_hand
        else _("iTEP is called again for %(who)s with the same test ID, %(id)s.")
    )
    does = [how.replace("*", "") % {"who": who, "id": one.test_id}, _("Nothing else is claimed for this request.")]
    if one.facts.standing in (Standing.OUTSIDE, Standing.OURS):
        does.insert(1, _("It replaces the text that stands there now. Make sure that nobody else uses this test ID."))
    does.append(_("The candidate keeps the test ID, and gets no second mail for it."))
    return [Offer(Repair.WRITE_AGAIN, _("Write again"), (*does, *_started(one)), oid=live.oid, asks_why=False)]


def _goes_by_hand(one: Difference) -> bool:
    called = one.facts.standing == Standing.OPEN and not works_by_hand(one.product)
    return not called or one.holder_source != ClaimSource.INVENTORY


def _accept(one: Difference, names: Names, available: int) -> list[Offer]:
    live = one.facts.live
    who = _who(live.oid, names) if live else ""
    if one.facts.loses and live:
        does = (_("%(who)s no longer has %(id)s.") % {"who": who, "id": one.test_id}, _left(one), *_started(one))
        return [Offer(Repair.ACCEPT, _("Accept"), does, then=_then(who, available), oid=live.oid, takes=True)]
    if one.facts.in_doubt and live is None:
        return _accept_nobodys(one)
    said: list[str] = []
    if one.facts.in_doubt:
        words = _("iTEP is right: the test was not started, or was reset. %(who)s keeps the test ID.")
        said.append(words % {"who": who})
    if one.facts.other_product:
        words = _("The test of %(who)s counts to %(product)s from now on, as iTEP says. The test ID stays.")
        said.append(words % {"who": who or _("this request"), "product": one.product})
    return [Offer(Repair.ACCEPT, _("Accept"), tuple(said) or (_("Nothing but this remark is removed."),))]


def _accept_nobodys(one: Difference) -> list[Offer]:
    back = _("The test was not started, or was reset: %(id)s goes back to the stock, and may be given to anybody.")
    stays = _("Somebody uses %(id)s: it stays set aside, and is given to nobody until a person offers it again.")
    if one.facts.standing != Standing.OPEN:
        back = _("iTEP's Ready is right. %(id)s stays assigned outside the portal.")
    about = {"id": one.test_id}
    return [
        Offer(Repair.ACCEPT, _("Accept"), (back % about,)),
        Offer("keep_aside", _("Keep it aside"), (stays % about,)),
    ]


def _join(one: Difference, names: Names, available: int) -> list[Offer]:
    found, live = [], one.facts.live
    for party in one.facts.joinable:
        who = _who(party.oid, names)
        does = [_("%(id)s is the test ID of %(who)s, with the text that iTEP shows.") % {"id": one.test_id, "who": who}]
        if party.elsewhere:
            words = _("%(other)s, which they had, is an earlier one: to be cleared at iTEP, and free only by a person.")
            does.append(words % {"other": party.elsewhere})
        then = None
        if live and live.oid != party.oid:
            loser = _who(live.oid, names)
            does.append(_("%(who)s no longer has it.") % {"who": loser})
            then = _then(loser, available)
        if party.state != ClaimState.CONFIRMED or not party.holds:
            does.append(_("Where the portal sends mails, %(who)s is told this test ID.") % {"who": who})
        label = _("It is that of %(who)s") % {"who": who}
        found.append(Offer(Repair.JOIN, label, tuple(does), then=then, oid=party.oid, takes=then is not None))
    return found


def _free(one: Difference, names: Names, available: int) -> list[Offer]:
    live, does = one.facts.live, []
    if live:
        does.append(_("The request of %(who)s is cancelled.") % {"who": _who(live.oid, names)})
    does.append(_("%(id)s goes back to the stock: somebody else may get it.") % {"id": one.test_id})
    does.append(_("Make sure that nobody will use it any more: whoever knows it could."))
    does += _started(one)
    return [Offer(Repair.FREE, _("Free"), tuple(does), oid=live.oid if live else None, takes=True)]


def _clear(one: Difference, names: Names, available: int) -> list[Offer]:
    does = [
        _("The text of ours in %(id)s is a leftover: To do at iTEP asks somebody to clear it.") % {"id": one.test_id},
        _("The request keeps the test ID that it has. %(id)s is given to nobody until a person frees it.")
        % {"id": one.test_id},
    ]
    return [Offer(Repair.CLEAR, _("Clear at iTEP"), tuple(does))]


def _started(one: Difference) -> list[str]:
    """What else a person should think of, where a webhook spoke of a test under way."""
    if not one.facts.in_doubt or one.row is None:
        return []
    words = _("A webhook said: %(status)s. Make sure that iTEP has reset the test. Its result, if there is one, stays.")
    return [words % {"status": itep_word(one.row.progress)}]


def _left(one: Difference) -> str:
    if one.facts.standing == Standing.OUTSIDE:
        return _("It counts as assigned outside the portal. It can be adopted once a person has freed it.")
    return _("It is given to nobody else unless a person frees it, since somebody may know it.")


def _then(who: str, available: int) -> tuple[str, str]:
    words = ngettext("%(n)d is available", "%(n)d are available", available) % {"n": available}
    following = _("%(who)s takes the next test ID (%(words)s), and is told it.") % {"who": who, "words": words}
    return following, _("The request of %(who)s is cancelled.") % {"who": who}


def _who(oid: UUID, names: Names) -> str:
    return names.get(oid) or _("the request %(oid)s") % {"oid": str(oid)[:8]}

"""The acts on one candidate's test: one table of what each is called, when it is allowed, and where it stands.

Pages draw from it: what is possible as buttons, the first of them as the main one; what is not, grey with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fulfillment import rules
from fulfillment.models import CandidateRequest, Fulfillment, State


class Place(StrEnum):
    """Where an act is offered."""

    BAR = "bar"
    MENU = "menu"  # rare
    NOTICE = "notice"  # beside the remark that it answers


@dataclass(frozen=True, slots=True)
class Act:
    """`name`: of its route (`fulfillment:<name>`), its form and its dialog. `why_not` is "" where it is allowed."""

    name: str
    words: Promise | str
    why_not: Callable[[Fulfillment], str]
    in_doubt: Promise | str = ""  # its words while iTEP's answer is not known
    does: Promise | str = ""  # on the button that does it, once it has asked; else its words
    place: Place = Place.BAR
    answers: tuple[CandidateRequest.Kind, ...] = ()  # requests of candidates beside which it stands as well
    at_once: bool = False  # nothing is asked first
    is_bad: bool = False  # red
    is_quiet: bool = False  # left out where it is not possible: it would only puzzle

    @property
    def route(self) -> str:
        return f"fulfillment:{self.name}"

    def words_for(self, one: Fulfillment) -> Promise | str:
        return self.in_doubt if self.in_doubt and one.state == State.UNKNOWN else self.words


@dataclass(frozen=True, slots=True)
class Offer:
    """An act as one candidate's page has it."""

    act: Act
    words: Promise | str
    why_not: str
    is_main: bool = False


ACTS = (
    Act("call_again", _("Call iTEP again"), rules.why_not_call_again, at_once=True, is_quiet=True),
    Act("done_at_itep", _("Done at iTEP"), rules.why_not_say, in_doubt=_("I looked: it is assigned"), is_quiet=True),
    Act(
        "not_done_at_itep",
        _("Not done at iTEP"),
        rules.why_not_say_not_done,
        in_doubt=_("I looked: it is not assigned"),
        is_quiet=True,
    ),
    Act("resend", _("Send again"), rules.why_not_resend, does=_("Send it")),
    Act(
        "did_not_arrive",
        _("It did not arrive"),
        rules.why_not_say_that_it_did_not_arrive,
        does=_("Send it"),
        answers=(CandidateRequest.Kind.WRONG_ADDRESS, CandidateRequest.Kind.NOT_ME),
    ),
    Act("remind", _("Remind"), rules.why_not_remind),
    Act("show", _("Show test ID and password"), rules.why_not_show, at_once=True),
    Act(
        "extend",
        _("Change the deadline"),
        rules.why_not_extend,
        does=_("Change it"),
        answers=(CandidateRequest.Kind.MORE_TIME,),
    ),
    Act("correct", _("Correct"), rules.why_not_correct, does=_("Save")),
    Act("cancel", _("Cancel the test"), rules.why_not_cancel, is_bad=True),
    Act("replace", _("Replace the test ID"), rules.why_not_replace, place=Place.MENU),
    Act("slip", _("Print a slip"), rules.why_not_show, place=Place.MENU, at_once=True),
    Act("text_written", _("I wrote it at iTEP"), rules.why_not_rewrite, place=Place.NOTICE, at_once=True),
    Act("text_left", _("Leave it as it is"), rules.why_not_rewrite, place=Place.NOTICE, at_once=True),
)
BY_NAME = {act.name: act for act in ACTS}


def offers(one: Fulfillment) -> list[Offer]:
    """Every act on it that is to be seen, in the order of the table."""
    found: list[Offer] = []
    for act in ACTS:
        why = act.why_not(one)
        if act.place == Place.NOTICE or (why and act.is_quiet):
            continue
        is_main = act.place == Place.BAR and not why and not act.is_bad and not any(other.is_main for other in found)
        found.append(Offer(act, act.words_for(one), why, is_main))
    return found

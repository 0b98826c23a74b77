"""Which function of the room does each act, with what its form says; and what is said when it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from access.actors import Actor
from fulfillment import acts, arriving, correcting, extending, reminding, replacing
from fulfillment.forms.acts import ActForm, CorrectForm, DidNotArriveForm
from fulfillment.models import Fulfillment, State

Do = Callable[[Fulfillment, Any, Actor], str]


def _cancel(one: Fulfillment, form: ActForm, actor: Actor) -> str:
    done = acts.cancel(oid=one.oid, actor=actor, **form.cleaned_data)
    return _("Cancelled.") if done.state == State.CANCELLED else _("Noted: it is cancelled with iTEP's answer.")


def _resend(one: Fulfillment, form: ActForm, actor: Actor) -> str:
    acts.send_again(oid=one.oid, actor=actor, **form.cleaned_data)
    return _("The mail goes out again.")


def _remind(one: Fulfillment, form: ActForm, actor: Actor) -> str:
    reminding.remind(oid=one.oid, actor=actor, **form.cleaned_data)
    return _("A reminder goes out.")


def _did_not_arrive(one: Fulfillment, form: ActForm, actor: Actor) -> str:
    asked = form.cleaned_data
    about = {"oid": one.oid, "email": asked["email"], "actor": actor, "reason": asked["reason"]}
    if asked["what"] == DidNotArriveForm.NEVER:
        arriving.never_reached_them(**about)
        return _("The mail goes out again.")
    arriving.it_reached_somebody_else(**about, replace=asked["replace"])
    if asked["replace"]:
        return _("The old link is closed. The mail with the new link and ID follows as soon as iTEP has confirmed it.")
    return _("The old link is closed, and the mail with the new one goes out.")


def _extend(one: Fulfillment, form: ActForm, actor: Actor) -> str:
    asked = {"tell": False} | form.cleaned_data
    done = extending.extend(oid=one.oid, actor=actor, **asked)
    return _("The deadline is changed, and the candidate is told.") if done.is_told else _("The deadline is changed.")


def _correct(one: Fulfillment, form: CorrectForm, actor: Actor) -> str:
    asked = form.cleaned_data
    done = correcting.correct(
        oid=one.oid,
        change=form.change,
        actor=actor,
        allow_duplicate=asked.get("allow_duplicate", False),
        to_write=asked.get("to_write", False),
    )
    if correcting.text_at_itep_differs(done):
        return _("Corrected here. iTEP keeps the old text in its Assigned-to.")
    return _("Corrected.")


def _replace(one: Fulfillment, form: ActForm, actor: Actor) -> str:
    done = replacing.replace(oid=one.oid, actor=actor, **form.cleaned_data)
    if done.state == State.WAITING:
        return _("The test ID is given up. No other one can be had now: it waits in order.")
    return _("The test ID is given up, and the next one is being assigned.")


def _call_again(one: Fulfillment, form: ActForm, actor: Actor) -> str:
    acts.call_again(oid=one.oid, actor=actor)
    return _("iTEP is called again.")


def _done_at_itep(one: Fulfillment, form: ActForm, actor: Actor) -> str:
    acts.say_done_at_itep(oid=one.oid, actor=actor, **form.cleaned_data)
    return _("Kept: it is assigned at iTEP.")


def _not_done_at_itep(one: Fulfillment, form: ActForm, actor: Actor) -> str:
    acts.say_not_done_at_itep(oid=one.oid, actor=actor)
    return _("Kept: it is not assigned at iTEP.")


def _text_written(one: Fulfillment, form: ActForm, actor: Actor) -> str:
    correcting.wrote(oid=one.oid, actor=actor)
    return _("Kept: the corrected text stands at iTEP.")


def _text_left(one: Fulfillment, form: ActForm, actor: Actor) -> str:
    correcting.leave(oid=one.oid, actor=actor)
    return _("The old text stays at iTEP.")


DO: dict[str, Do] = {
    "call_again": _call_again,
    "done_at_itep": _done_at_itep,
    "not_done_at_itep": _not_done_at_itep,
    "resend": _resend,
    "remind": _remind,
    "did_not_arrive": _did_not_arrive,
    "extend": _extend,
    "correct": _correct,
    "cancel": _cancel,
    "replace": _replace,
    "text_written": _text_written,
    "text_left": _text_left,
}

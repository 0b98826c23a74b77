"""What is new in a mail to somebody who had one before: a sentence above the instructions, a word in the subject."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from fulfillment import deadlines
from fulfillment.models import Fulfillment

REPLACED, DEADLINE_MOVED = "replaced", "deadline_moved"  # kinds of mails, beside "instructions"


@dataclass(frozen=True, slots=True)
class News:
    """In the language of the mail: said only when it is rendered."""

    subject: Promise | str
    text: Promise | str


def of(one: Fulfillment, kind: str, *, void: str) -> News | None:
    """None where nothing is new. `void`: the test ID that no longer counts."""
    match kind:
        case "replaced":
            return News(_("New test ID"), _replaced(void))
        case "deadline_moved":
            return News(_("New deadline"), _extended(one))
        case _:
            return None


def _replaced(void: str) -> Promise | str:
    old = _("You have a new test ID. The one that you had before, {test_id}, no longer counts: please do not use it.")
    return format_lazy(old, test_id=void)


def _extended(one: Fulfillment) -> Promise | str:
    if one.deadline is None:
        return _("Your deadline has changed: there is none any more.")
    words = {"deadline": deadlines.in_words(one.deadline), "zone": deadlines.zone_name()}
    return format_lazy(_("Your deadline has changed. Please take the test by {deadline}, {zone}."), **words)

"""A letter as its candidate reads it: the text, filled, in their language; PRACTICE said where it is."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from fulfillment import languages
from fulfillment.letters import choosing
from fulfillment.letters.choosing import Place, Text
from fulfillment.letters.filling import Values, fill_body, fill_subject


@dataclass(frozen=True, slots=True)
class Written:
    """`dropped`: the lines that were left out, as they were typed."""

    subject: str
    body: str
    language: str
    dropped: tuple[str, ...] = ()


def write(place: Place, values: Values) -> Written:
    """The letter of a place. One of the administrator's own of which nothing would be left gives way to the shipped."""
    written = fill(choosing.text_for(place), values, place.language)
    if written.subject and written.body.strip():
        return written
    return fill(choosing.shipped_for(place), values, place.language)


def fill(text: Text, values: Values, language: str) -> Written:
    """Any text, filled: also one that is only being written."""
    to_left = language in languages.RIGHT_TO_LEFT
    subject = fill_subject(text.subject, values, right_to_left=to_left)
    body = fill_body(text.body, values, right_to_left=to_left)
    if settings.PRACTICE and subject:
        with translation.override(language):
            said = _("PRACTICE. This portal talks to a pretend iTEP: this is not a real test.")
            subject, told = f"{_('PRACTICE:')} {subject}", f"{said}\n\n{body.text}"
        return Written(subject, told, language, body.dropped)
    return Written(subject, body.text, language, body.dropped)

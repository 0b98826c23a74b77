"""Four hints for the first five minutes, each closed for good by its reader."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Hint:
    """A short remark with a closing button (`components/hint.html`); `id` is what the browser remembers."""

    id: str
    title: str
    text: str


def hints() -> list[Hint]:
    """Shown while practising; afterwards the pages speak for themselves."""
    if not settings.PRACTICE:
        return []
    return [
        Hint(
            "stock",
            _("Your stock"),
            _("The cards below mirror iTEP's panel. An export, uploaded, brings them up to date."),
        ),
        Hint(
            "needs",
            _("What needs you"),
            _("Whatever the portal cannot settle by itself waits under Needs you, with a button."),
        ),
        Hint("give", _("Give a test"), _("The button above works on every page. Watch the page fill by itself.")),
        Hint(
            "result",
            _("A result"),
            _("At the practice iTEP, start, finish and grade a test: its result comes back here."),
        ),
    ]

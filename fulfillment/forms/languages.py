"""The candidate's language, as a form offers it: those that are on, each in its own words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from fulfillment import languages


def choices(*, also: str = "") -> list[tuple[str, str]]:
    """ "Not known", those that are on; and `also`, a tag that somebody has already, whatever it is."""
    offered = languages.choices()
    if also and also not in dict(offered):
        offered.append((also, languages.NAMES.get(also, also)))
    return [("", _("Not known")), *offered]

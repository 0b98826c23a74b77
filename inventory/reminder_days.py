"""When candidates are reminded: days before the deadline, as an administrator types them: "7, 2"."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST, FURTHEST = 5, 60
_NUMBERS = re.compile(r"[0-9]+(?:[\s,;]+[0-9]+)*")


def read(text: str) -> tuple[int, ...]:
    """The days, the earliest reminder first; () for "". Raises ValidationError that says what is wrong with it."""
    if not text.strip():
        return ()
    if not _NUMBERS.fullmatch(text.strip()):
        raise ValidationError(_("Numbers of days with commas between them, as 7, 2. Blank: no reminders."))
    days = sorted({int(one) for one in re.findall(r"[0-9]+", text)}, reverse=True)
    if days[0] > FURTHEST or days[-1] < 1:
        raise ValidationError(_("From 1 to %d days before the deadline.") % FURTHEST)
    if len(days) > MOST:
        raise ValidationError(_("At most %d reminders.") % MOST)
    return tuple(days)


def check(text: str) -> None:
    """As a validator of the field."""
    read(text)

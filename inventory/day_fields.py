"""Days in forms: the browser's own calendar, and which days make sense. All in the reader's zone."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

EARLIEST = date(2000, 1, 1)  # no stock of iTEP's is older
since_2000 = MinValueValidator(EARLIEST, gettext_lazy("Take a day since 2000."))


class DayInput(forms.DateInput):
    """What is no date stays in the field, to be corrected."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def has_come(day: date) -> None:
    """Refuses a day that is still to come. Raises ValidationError."""
    if day > timezone.localdate():
        raise ValidationError(_("That day is still to come."))

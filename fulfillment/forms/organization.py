"""Who we are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from fulfillment import languages
from fulfillment.models import Organization

if TYPE_CHECKING:  # Django's forms take no parameters at run time
    _OrganizationForm = forms.ModelForm[Organization]
else:
    _OrganizationForm = forms.ModelForm


NUMBERS = ("keep_mails_days", "reminders_unasked")


class OrganizationForm(_OrganizationForm):
    """Who we are, as candidates read it."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=[("", _("As the server is set")), *((name, name) for name in sorted(available_timezones()))],
        help_text=_("Deadlines end at 23:59 there."),
    )

    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        help_text=_("Of mails and pages where a candidate's own is not known, or is not on."),
    )
    start_url = forms.URLField(
        label=_("Where a candidate starts"),
        required=False,
        assume_scheme="https",
        help_text=_("The address that iTEP gave you. A product may have its own."),
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.before = {name: getattr(self.instance, name) for name in NUMBERS}
        others = [choice for choice in languages.choices() if choice[0] != languages.ENGLISH]
        self.fields["language"].choices = [("", _("English")), *others]  # type: ignore[attr-defined]
        for name in NUMBERS:  # blank keeps what it was: whoever sends only names and addresses changes nothing else
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        return asked | {name: was for name, was in self.before.items() if asked.get(name) is None}

    class Meta:
        model = Organization
        fields = (
            "name",
            "help_email",
            "help_phone",
            "itep_help",
            "start_url",
            "technical_check",
            "result_receivers",
            "time_zone",
            "language",
            "keep_mails_days",
            "reminders_unasked",
        )
        labels = {
            "name": _("Name"),
            "help_email": _("Help: email"),
            "help_phone": _("Help: telephone"),
            "itep_help": _("Help during the test"),
            "technical_check": _("Technical check"),
            "result_receivers": _("Who gets results"),
            "keep_mails_days": _("Keep what was sent, days after a test's end"),
            "reminders_unasked": _("Reminders that may go in a day unasked"),
        }
        help_texts = {
            "name": _("As candidates know you."),
            "itep_help": _("Whom to ask during the test, as iTEP told you: an address, a telephone number."),
            "technical_check": _("One sentence, as iTEP told you. Blank: the mail says nothing about it."),
            "keep_mails_days": _(
                "Then address, subject and text of its mails are erased; that a mail was sent stays. A test ends when "
                "it is graded or cancelled, else with its deadline."
            ),
            "reminders_unasked": _("More on one day: a person is asked on Today first."),
            "result_receivers": _("Where no payer is named, as “the admissions office”."),
        }

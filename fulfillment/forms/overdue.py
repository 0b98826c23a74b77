"""What is asked before many tests past their deadline are reminded, or their IDs freed; and what a person tells one."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from fulfillment import deadlines
from fulfillment.telling import LONGEST_BODY, LONGEST_SUBJECT


class RemindForm(forms.Form):
    """After a deadline a reminder alone would lead nowhere: it comes with another last day."""

    deadline = forms.DateField(
        label=_("New last day"),
        help_text=_("Without one they could not take the test any more. It ends at 23:59 where you are."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(label=_("Why? It is kept in the history."), max_length=500, required=False)

    def clean_deadline(self) -> date:
        day: date = self.cleaned_data["deadline"]
        if deadlines.is_over(day):
            raise forms.ValidationError(_("This day has passed."))
        return day


class FreeForm(forms.Form):
    reason = forms.CharField(label=_("Why? It is kept in the history."), max_length=500)


class TellForm(forms.Form):
    """The mail as the candidate will read it."""

    subject = forms.CharField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    body = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_BODY,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=_("Say what the candidate should do now. It goes out exactly as it stands here."),
    )

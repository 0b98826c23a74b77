"""What people say about results."""

from django import forms
from django.utils.translation import gettext_lazy as _

from results.filters import STATES
from results.models import ResultState


class AnswerForm(forms.Form):
    """A person's word about a revision that they were asked about."""

    act = forms.ChoiceField(choices=[("accept", "accept"), ("ignore", "ignore")])
    state = forms.ChoiceField(choices=STATES, required=False, initial=ResultState.FINAL)
    reason = forms.CharField(max_length=500, label=_("Why?"))


class HostForm(forms.Form):
    """A host whose score reports are linked."""

    host = forms.CharField(
        max_length=260,
        label=_("Host of iTEP's score reports"),
        help_text=_("As in a report's address, between https:// and the next slash."),
    )

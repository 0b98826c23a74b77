"""Setting up a tracking code."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from webhooks.models import Auth

METHODS = [
    (Auth.NONE, _("None: the secret address alone")),
    (Auth.BASIC, _("Basic: user and password")),
    (Auth.BEARER, _("Bearer token")),
    (Auth.HEADER, _("A header of their own")),
    (Auth.HMAC, _("Signature (HMAC-SHA256 over the body)")),
]


class TrackingCodeForm(forms.Form):
    """A new tracking code, or changes to one. An empty secret stays what it was."""

    code = forms.CharField(
        max_length=64,
        label=_("Tracking code"),
        help_text=_("As iTEP's staff will name it. It cannot be changed later."),
    )
    auth = forms.ChoiceField(choices=METHODS, label=_("How iTEP proves that it is iTEP"))
    secret = forms.CharField(
        required=False,
        max_length=500,
        label=_("Secret"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Basic: user:password. Header: Name: value. Left empty, a secret that stands stays."),
    )
    signature_header = forms.CharField(
        required=False, max_length=64, label=_("Header of the signature"), initial="X-Signature"
    )
    expects_finished = forms.BooleanField(required=False, label=_("iTEP also posts when a test is Finished"))

    def __init__(self, *args: Any, code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if code:
            self.fields["code"].disabled = True
            self.fields["code"].initial = code

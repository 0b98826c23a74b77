"""What the acts on one candidate's test ask for, act by act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.models import Payer
from fulfillment import correcting, extending
from fulfillment.forms.fields import JudgedForm
from fulfillment.models import Fulfillment
from inventory.models import Delivery

SHORT = {"rows": 2}


def _reason(*, required: bool) -> forms.CharField:
    label = _("Why? It is kept in the history.")
    return forms.CharField(label=label, max_length=500, required=required, widget=forms.Textarea(attrs=SHORT))


def _email(one: Fulfillment) -> dict[str, Any]:
    return {"email": one.email}


class ActForm(JudgedForm):
    """The form of an act: fresh, with what stands there now; or as it was sent. Its ids carry the name of the act."""

    def __init__(self, one: Fulfillment, data: Any = None) -> None:
        super().__init__(data, initial=self.now(one), auto_id=f"{type(self).__name__.lower()}-%s")
        self.fit(one)

    def now(self, one: Fulfillment) -> dict[str, Any]:
        """What stands there now."""
        return {}

    def fit(self, one: Fulfillment) -> None:
        """Fields that this test does not need are taken out."""


class CancelForm(ActForm):
    reason = _reason(required=True)


class ResendForm(ActForm):
    email = forms.EmailField(
        label=_("To"), max_length=254, help_text=_("If you correct it here, iTEP keeps the old one in its Assigned-to.")
    )
    reason = _reason(required=False)

    def now(self, one: Fulfillment) -> dict[str, Any]:
        return _email(one)


class RemindForm(ActForm):
    reason = _reason(required=False)


class DidNotArriveForm(ActForm):
    NEVER, SOMEBODY_ELSE = "never", "somebody_else"

    what = forms.ChoiceField(
        label=_("What happened?"),
        choices=[
            (NEVER, _("It never reached them: the same test ID and link are sent again")),
            (SOMEBODY_ELSE, _("It reached somebody else: that link is closed, and a new one is sent")),
        ],
        widget=forms.RadioSelect,
    )
    email = forms.EmailField(
        label=_("Send it to"),
        max_length=254,
        help_text=_("Correct the address if it is wrong. iTEP keeps the old one."),
    )
    replace = forms.BooleanField(label=_("Replace the test ID as well: whoever has it could use it"), required=False)
    reason = _reason(required=False)

    def now(self, one: Fulfillment) -> dict[str, Any]:
        return _email(one)

    def clean(self) -> dict[str, Any]:
        """A person who got what is not theirs is a matter that the history explains."""
        asked: dict[str, Any] = super().clean() or {}
        elsewhere = asked.get("what") == self.SOMEBODY_ELSE
        if elsewhere and not asked.get("reason", "").strip():
            self.add_error("reason", _("Say who got it, or how you know."))
        if asked.get("replace") and not elsewhere:
            self.add_error("replace", _("The test ID stays where it never reached them."))
        return asked


class ExtendForm(ActForm):
    deadline = forms.DateField(
        label=_("Deadline"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The last day, to its end. Blank: there is none."),
    )
    tell = forms.BooleanField(label=_("Tell the candidate by mail"), required=False, initial=True)
    reason = _reason(required=False)

    def now(self, one: Fulfillment) -> dict[str, Any]:
        return {"deadline": one.deadline.isoformat() if one.deadline else None}

    def fit(self, one: Fulfillment) -> None:
        if not extending.knows_the_deadline(one):
            del self.fields["tell"]


class CorrectForm(ActForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("Email"), max_length=254, required=False)
    external_id = forms.CharField(label=_("Own number"), max_length=200, required=False)
    language = forms.CharField(label=_("Language"), max_length=12, required=False)
    payer = forms.ModelChoiceField(
        label=_("Payer"), queryset=Payer.objects.none(), to_field_name="code", required=False, empty_label=_("None")
    )
    reference = forms.CharField(label=_("Reference"), max_length=200, required=False)
    note = forms.CharField(label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs=SHORT))
    to_write = forms.BooleanField(label=_("Remind us to write the corrected text at iTEP by hand"), required=False)
    allow_duplicate = forms.BooleanField(label=_("Yes, it is a second test of this person"), required=False)

    def now(self, one: Fulfillment) -> dict[str, Any]:
        names = ("name", "email", "external_id", "language", "reference", "note")
        return {name: getattr(one, name) for name in names} | {"payer": one.payer.code if one.payer else None}

    def fit(self, one: Fulfillment) -> None:
        payers = Payer.objects.filter(Q(is_active=True) | Q(pk=one.payer_id or 0))
        self.fields["payer"].queryset = payers  # type: ignore[attr-defined]
        if not one.claim.assigned_to_records.exists():
            del self.fields["to_write"]
        if "allow_duplicate" not in self.data:
            del self.fields["allow_duplicate"]

    def ask_for_a_yes(self) -> None:
        self.fields["allow_duplicate"] = self.base_fields["allow_duplicate"]

    @property
    def change(self) -> correcting.Correction:
        names = correcting.Correction.__annotations__
        return {name: value for name, value in self.cleaned_data.items() if name in names}  # type: ignore[return-value]


class ReplaceForm(ActForm):
    reason = _reason(required=True)
    aside = forms.BooleanField(
        label=_("It is broken: never give the old one to anybody"),
        required=False,
        help_text=_("It is set aside, also once it is free at iTEP."),
    )
    asker_is_told = forms.BooleanField(label=_("Whoever asked for the test knows, or I tell them now"))

    def fit(self, one: Fulfillment) -> None:
        if one.delivery != Delivery.NONE:
            del self.fields["asker_is_told"]


class SeenForm(ActForm):
    """What a person saw at iTEP: needed only where the portal does not know the ID, or iTEP shows another."""

    test_id = forms.CharField(label=_("Test ID that iTEP shows"), max_length=64, required=False)
    password = forms.CharField(label=_("Password"), max_length=200, required=False)

    def now(self, one: Fulfillment) -> dict[str, Any]:
        current = one.claim.current
        return {"test_id": current.test_id if current else ""}

    def fit(self, one: Fulfillment) -> None:
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"


class NothingForm(ActForm):
    """A yes is all that it takes."""


FORMS: dict[str, type[ActForm]] = {
    "call_again": NothingForm,
    "done_at_itep": SeenForm,
    "not_done_at_itep": NothingForm,
    "resend": ResendForm,
    "remind": RemindForm,
    "did_not_arrive": DidNotArriveForm,
    "extend": ExtendForm,
    "correct": CorrectForm,
    "cancel": CancelForm,
    "replace": ReplaceForm,
    "text_written": NothingForm,
    "text_left": NothingForm,
}

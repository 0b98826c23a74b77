"""What an administrator fills in: payers, people, API clients; and the filter of the audit trail."""

from __future__ import annotations

from django import forms
from django.core.validators import validate_slug
from django.utils.translation import gettext_lazy as _

from access.models import ActorKind, ApiClient, Payer, Scope, User
from access.roles import ADMINISTRATOR, STAFF

ROLE_CHOICES = [
    (STAFF, _("Staff: gives tests, sees candidates and results")),
    (ADMINISTRATOR, _("Administrator: sets everything up as well")),
]
SCOPE_CHOICES = [
    (Scope.PROVISION.value, _("Give tests")),
    (Scope.READ.value, _("Read fulfillments, products and test IDs")),
    (Scope.RESULTS.value, _("Read results")),
    (Scope.SECRETS.value, _("Read test passwords, and test IDs that it hands out itself")),
]


class PayerChangeForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    contact = forms.CharField(
        label=_("Contact"), required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("Kept encrypted.")
    )
    is_active = forms.BooleanField(label=_("Tests can be given for this payer"), required=False, initial=True)


class PayerForm(PayerChangeForm):
    code = forms.CharField(
        label=_("Code"), max_length=64, validators=[validate_slug], help_text=_("Short, as HR. It never changes.")
    )
    field_order = ("code", "name")

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if Payer.objects.filter(code=code).exists():
            raise forms.ValidationError(_("There is a payer with this code already."))
        return code


class PersonForm(forms.Form):
    email = forms.EmailField(label=_("Email"), help_text=_("They log in with it."))
    name = forms.CharField(label=_("Name"), max_length=150)
    role = forms.ChoiceField(label=_("Role"), choices=ROLE_CHOICES, widget=forms.RadioSelect, initial=STAFF)

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Somebody with this email works here already."))
        return email


class PersonChangeForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=150)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[*ROLE_CHOICES, ("", _("None"))],
        required=False,
        widget=forms.RadioSelect,
    )
    is_active = forms.BooleanField(
        label=_("Can log in"), required=False, help_text=_("Without this they are logged out everywhere at once.")
    )


class ApiClientChangeForm(forms.Form):
    scopes = forms.MultipleChoiceField(
        label=_("It may"), choices=SCOPE_CHOICES, widget=forms.CheckboxSelectMultiple, initial=["provision", "read"]
    )
    payers = forms.ModelMultipleChoiceField(
        label=_("Only for these payers"),
        queryset=Payer.objects.all(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: it sees everything."),
    )
    is_active = forms.BooleanField(label=_("Its keys work"), required=False, initial=True)


class ApiClientForm(ApiClientChangeForm):
    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("The system that calls, as Careers site."))
    field_order = ("name",)

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if ApiClient.objects.filter(name=name).exists():
            raise forms.ValidationError(_("There is an API client with this name already."))
        return name


class TrailFilterForm(forms.Form):
    who = forms.CharField(label=_("Who"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Author"), required=False, choices=[("", _("Anybody")), *ActorKind.choices])
    verb = forms.CharField(label=_("What"), required=False, max_length=64)
    test_id = forms.CharField(label=_("Test ID"), required=False, max_length=64)
    oid = forms.UUIDField(label=_("Fulfillment (OID)"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

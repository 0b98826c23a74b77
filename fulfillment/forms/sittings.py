"""A sitting, whom to seat there, and a sitting to choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fulfillment import attending, sittings
from fulfillment.arranging import Arrangement
from fulfillment.forms.fields import JudgedForm
from fulfillment.models import Sitting, SittingKind
from inventory.models import Product

if TYPE_CHECKING:  # Django's forms take no parameters at run time
    _SittingChoice = forms.ModelChoiceField[Sitting]
else:
    _SittingChoice = forms.ModelChoiceField

KINDS = [
    (SittingKind.CENTRE, _("At a centre: on a day, at an hour, watched")),
    (SittingKind.HOME, _("At home: by a common last day")),
]


class SittingChoice(_SittingChoice):
    """Sittings with room, each with its day and its seats."""

    def label_from_instance(self, sitting: Any) -> str:
        return sittings.in_words(sitting)


class SittingForm(JudgedForm):
    """The names of its fields are those of `Arrangement`, so that its faults find them."""

    kind = forms.ChoiceField(label=_("Where"), choices=KINDS, widget=forms.RadioSelect, initial=SittingKind.CENTRE)
    title = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("By which you find it again. Candidates do not see it.")
    )
    date = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    starts_at = forms.TimeField(
        label=_("Starts at"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    arrive_by = forms.TimeField(
        label=_("Arrive by"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    place = forms.CharField(label=_("Place"), required=False, max_length=200, help_text=_("As “Room 3”."))
    address = forms.CharField(label=_("Address"), required=False, max_length=300)
    proctor = forms.CharField(label=_("Who watches"), required=False, max_length=200)
    seats = forms.IntegerField(
        label=_("Seats"), required=False, min_value=1, help_text=_("At home, blank means: no limit.")
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For staff alone."),
    )
    tell = forms.BooleanField(label=_("Tell them the change by mail"), required=False, initial=True)

    at_a_centre = ("starts_at", "arrive_by", "place", "address", "proctor")

    def __init__(self, *args: Any, sitting: Sitting | None = None, **kwargs: Any) -> None:
        if sitting is not None:
            kwargs["initial"] = {name: getattr(sitting, name) for name in Arrangement.__dataclass_fields__}
        super().__init__(*args, **kwargs)
        if sitting is not None:
            self.fields["kind"].disabled = True

    @property
    def arrangement(self) -> Arrangement:
        """What was said, once it is valid."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "tell"}
        return Arrangement(**said | {"kind": SittingKind(said["kind"])})

    def centre_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.at_a_centre]


class SearchForm(forms.Form):
    """Who might be seated."""

    q = forms.CharField(label=_("Name, email, own number, test ID"), required=False)
    product = forms.ModelChoiceField(
        label=_("Product"), queryset=Product.objects.all(), to_field_name="code", required=False, empty_label=_("Any")
    )


class PasteForm(forms.Form):
    """A list of people, a line for each."""

    lines = forms.CharField(
        label=_("Own numbers, emails or test IDs"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("A line for each person; copied from a sheet, other columns do no harm."),
    )


class AccommodationForm(forms.Form):
    """What a candidate needs."""

    text = forms.CharField(
        label=_("Needs"),
        required=False,
        max_length=attending.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("As “25 % more time”. Nothing about health that nobody there needs to know."),
    )


class MoveForm(forms.Form):
    """What to do with the people who were ticked."""

    sitting = SittingChoice(
        label=_("Another sitting"), queryset=Sitting.objects.none(), required=False, empty_label=_("Choose one")
    )
    reason = forms.CharField(label=_("Why"), required=False, max_length=500)

    def __init__(self, *args: Any, without: Sitting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sitting"].queryset = sittings.with_room().exclude(pk=without.pk)  # type: ignore[attr-defined]

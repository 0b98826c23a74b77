"""The text of a letter, as an administrator writes it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment import languages
from fulfillment.letters import previewing
from fulfillment.letters.choosing import Place, Text
from fulfillment.letters.editing import BadLetter
from fulfillment.letters.reading import Fault
from fulfillment.models import Fulfillment

EXAMPLE = "example"


class LetterForm(forms.Form):
    """Subject, body, and whom the preview is about. `revision`: the newest version that the writer has seen."""

    subject = forms.CharField(label=gettext_lazy("Subject"))
    body = forms.CharField(label=gettext_lazy("Text"), strip=False, widget=forms.Textarea(attrs={"rows": 22}))
    about = forms.ChoiceField(label=gettext_lazy("Preview about"))
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, *args: Any, place: Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.oid): one for one in previewing.latest(place.product)}
        choices = [
            (EXAMPLE, _("An example")),
            *((oid, f"{one.name}, {one.product}") for oid, one in self.people.items()),
        ]
        self.fields["about"].choices = choices  # type: ignore[attr-defined]
        for name in ("subject", "body"):
            self.fields[name].widget.attrs |= {"lang": place.language, "dir": direction(place.language)}
        self.fields["body"].widget.attrs["spellcheck"] = "true"

    @property
    def text(self) -> Text:
        """What was typed so far, right or wrong."""
        return Text(self.data.get("subject", ""), self.data.get("body", ""))

    @property
    def person(self) -> Fulfillment | None:
        return self.people.get(self.data.get("about", ""))

    def take(self, refused: BadLetter) -> None:
        """The refusals beside the fields that they are about."""
        for field, wrong in (("subject", refused.subject), ("body", refused.body)):
            self.errors.pop(field, None)  # "required": the room says it, and more
            for words in in_words(wrong, with_line=field == "body"):
                self.add_error(field, words)


def in_words(wrong: Iterable[Fault], *, with_line: bool = True) -> list[str]:
    """Each with its place, where it has one."""
    return [f"{_where(one, with_line)}{one.message}" for one in wrong]


def _where(one: Fault, with_line: bool) -> str:
    if not one.line:
        return ""
    if not with_line:
        return _("Character %d: ") % one.column
    return _("Line %(line)d, character %(column)d: ") % {"line": one.line, "column": one.column}


def direction(language: str) -> str:
    return "rtl" if language in languages.RIGHT_TO_LEFT else "ltr"

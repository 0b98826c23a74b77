"""Which column of a file holds what, chosen by hand: the form of one header, whatever kind of file it is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from inventory.columns import Vocabulary

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Words


class ChooseColumns(forms.Form):
    """Each field of the vocabulary with its column, as recognized, and corrected by hand.

    Of the first header of a file everything needed must be said. Sheets of another one that lack it are left out.
    `extra`: the fields that are asked once for the file, below the columns of its first header.
    """

    vocabulary: ClassVar[Vocabulary]
    labels: ClassVar[Mapping[Any, str | Words]]
    without: ClassVar[str | Words]
    extra: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, names: list[str], first: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first = first
        if not first:
            for name in self.extra:
                del self.fields[name]
        choices = [("", _("not in this file")), *((name, name) for name in names)]
        for one in self.vocabulary.fields:
            needed = first and one in self.vocabulary.needed
            field = forms.ChoiceField(label=self.labels[one], choices=choices, required=needed)
            field.error_messages["required"] = self.without
            field.widget.attrs["data-column-of"] = str(one)
            self.fields[str(one)] = field
        self.order_fields([str(one) for one in self.vocabulary.fields])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.first:
            self.check_first(cleaned)
        taken = [name for one in self.vocabulary.fields if (name := cleaned.get(str(one)))]
        for one in self.vocabulary.fields:
            if taken.count(cleaned.get(str(one), "")) > 1:
                self.add_error(str(one), _("This column is chosen twice."))
        return cleaned

    def check_first(self, cleaned: dict[str, Any]) -> None:
        """What must be said of a file as a whole; its faults go beside the fields."""

    @property
    def chosen(self) -> dict[str, str]:
        """Field -> column name, as it is kept."""
        return {str(one): name for one in self.vocabulary.fields if (name := self.cleaned_data.get(str(one)))}

    def columns(self) -> list[BoundField]:
        return [self[str(one)] for one in self.vocabulary.fields]

    def extras(self) -> list[BoundField]:
        return [self[name] for name in self.extra] if self.first else []

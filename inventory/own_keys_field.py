"""The field in which an administrator types a product's own keys, with what they make of Assigned-to below it."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from inventory import own_keys
from itep.assigned_to_keys import UnreadableKeys, read


class OwnKeysWidget(forms.Textarea):
    """The preview renews itself while one types (htmx); without JavaScript it shows what was saved or sent."""

    template_name = "inventory/widgets/own_keys.html"
    product = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        return context | {"preview": own_keys.preview(value or "", product=self.product), "product": self.product}


class OwnKeysField(forms.CharField):
    """JSON as text, into the object that it is. All that is wrong is said at once, each by the name of its key."""

    widget = OwnKeysWidget

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return json.dumps(value, ensure_ascii=False, indent=2) if value else ""

    def clean(self, value: Any) -> Any:
        try:
            keys = read(super().clean(value))
            own_keys.check(keys)
        except UnreadableKeys as error:
            raise ValidationError(str(error)) from error
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return keys

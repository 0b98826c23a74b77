"""What callers send: its shape. What it means is judged by the room, so that every door refuses alike."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from fulfillment.candidates import Candidate
from inventory.models import Delivery

MOST_ITEMS = 500


class StrictText(serializers.CharField):
    """A text; a number or a boolean is a mistake of the caller, not a text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"allow_blank": True, "trim_whitespace": True} | options))

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class StrictBoolean(serializers.BooleanField):
    """true or false; "no" and 1 are mistakes of the caller."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class CandidateIn(serializers.Serializer[Any]):
    name = StrictText(allow_blank=False)
    email = StrictText(required=False, allow_null=True)
    external_id = StrictText(required=False, allow_null=True)
    language = StrictText(required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> Any:
        found = super().to_internal_value(data)
        return Candidate(**{name: value or "" for name, value in found.items()})


class FulfillmentIn(serializers.Serializer[Any]):
    """`POST /api/v1/fulfillments`: only product and the candidate's name are required, and email where one is sent."""

    product = StrictText(allow_blank=False, help_text="A product code of iTEP, as ACAD-PLUS.")
    candidate = CandidateIn()
    delivery = serializers.ChoiceField(
        choices=Delivery.choices, required=False, allow_null=True, help_text="Default: the product's."
    )
    reference = StrictText(required=False, allow_null=True, help_text="Yours; handed back as it is.")
    payer = StrictText(required=False, allow_null=True, help_text="Default: the client's only payer.")
    deadline = serializers.DateField(required=False, allow_null=True, input_formats=["iso-8601"])
    metadata = serializers.DictField(required=False, allow_null=True, help_text="Texts, numbers, true, false or null.")
    allow_duplicate = StrictBoolean(required=False, default=False)
    wait = StrictBoolean(required=False, default=True, help_text="false: refused where no test ID is available now.")


class ReasonIn(serializers.Serializer[Any]):
    reason = StrictText(required=False, allow_null=True, max_length=500)


class BulkIn(serializers.Serializer[Any]):
    items = serializers.ListField(
        child=serializers.JSONField(allow_null=True),
        allow_empty=False,
        min_length=1,
        max_length=MOST_ITEMS,
        help_text="Each as a single one.",
    )

"""The text that goes into iTEP's Assigned-to for a fulfillment: the call and a person's copy carry the same."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from fulfillment.models import Fulfillment
from inventory.models import Claim
from itep import assigned_to, placeholders
from itep.assigned_to import AssignedToTooLong
from itep.wire import JSON


def text_of(fulfillment: Fulfillment) -> str:
    """Raises `itep.assigned_to.AssignedToTooLong`."""
    return assigned_to.compose(
        settings.ITEP_DIALECT,
        name=fulfillment.name,
        email=fulfillment.email,
        oid=fulfillment.oid,
        external_id=fulfillment.external_id,
        product_keys=placeholders.fill(fulfillment.product.assigned_to_keys, values_of(fulfillment)),
    )


def text_for(oid: UUID) -> str:
    """For *To do at iTEP*; "" where the oid is no fulfillment's. Raises `AssignedToTooLong`."""
    one = Fulfillment.objects.select_related("product", "payer").filter(oid=oid).first()
    return text_of(one) if one else ""


def why_too_long(fulfillment: Fulfillment, error: AssignedToTooLong) -> str:
    """What a person can do about it."""
    keys = " Or the product has too many keys of its own." if fulfillment.product.assigned_to_keys else ""
    return f"{error} Shorten the name or the numbers.{keys}"


def names_another_test(one: Fulfillment, text: str) -> str:
    """The field that brings the oid of another test of ours into this text; "" where none does.

    An export that shows two of our oids in one text is a conflict for ever (DESIGN.md section 5, row c), so such a text
    must never be written: as where a retake's reference is the oid of the first test.
    """
    others = set(assigned_to.oids_in(text)) - {one.oid}
    strangers = set(Claim.objects.filter(oid__in=others).values_list("oid", flat=True)) if others else set()
    asked = {"candidate.name": one.name, "candidate.email": one.email, "candidate.external_id": one.external_id}
    asked |= {"reference": one.reference} | {f"metadata.{key}": str(value) for key, value in one.metadata.items()}
    return next((name for name, value in asked.items() if strangers & set(assigned_to.oids_in(value))), "")


def values_of(one: Fulfillment) -> dict[str, JSON]:
    """What a product's own keys may refer to (`itep.placeholders`). Numbers, true and false of the metadata stay so."""
    values: dict[str, JSON] = {
        "reference": one.reference,
        "payer": one.payer.code if one.payer else "",
        "product": one.product.code,
        "language": one.language,
        "deadline": one.deadline.isoformat() if one.deadline else "",
        "name": one.name,
        "email": one.email,
        "external_id": one.external_id,
        "oid": str(one.oid),
    }
    return values | {f"{placeholders.METADATA}{key}": value for key, value in one.metadata.items()}

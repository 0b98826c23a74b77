"""The text that goes into iTEP's Assigned-to for a fulfillment: the call and a person's copy carry the same."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from fulfillment.models import Fulfillment
from itep import assigned_to


def text_of(fulfillment: Fulfillment) -> str:
    """Raises `itep.assigned_to.AssignedToTooLong`."""
    return assigned_to.compose(
        settings.ITEP_DIALECT,
        name=fulfillment.name,
        email=fulfillment.email,
        oid=fulfillment.oid,
        external_id=fulfillment.external_id,
        product_keys=assigned_to.fill(fulfillment.product.assigned_to_keys, _values(fulfillment)),
    )


def text_for(oid: UUID) -> str:
    """For *To do at iTEP*; "" where the oid is no fulfillment's."""
    one = Fulfillment.objects.select_related("product", "payer").filter(oid=oid).first()
    return text_of(one) if one else ""


def _values(one: Fulfillment) -> dict[str, str]:
    """What a product's own keys may refer to."""
    values = {
        "reference": one.reference,
        "payer": one.payer.code if one.payer else "",
        "product": one.product.code,
        "language": one.language,
        "deadline": one.deadline.isoformat() if one.deadline else "",
    }
    return values | {f"metadata.{key}": str(value) for key, value in one.metadata.items()}

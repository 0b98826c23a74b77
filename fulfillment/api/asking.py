"""From what a caller sent to the room's one way of giving a test."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ValidationError

from access.actors import Actor
from access.models import ApiClient
from access.problems import Invalid, pointed
from fulfillment import provisioning
from fulfillment.api import answers, requests
from fulfillment.api.refusals import as_problems
from fulfillment.models import Fulfillment, Origin
from inventory.models import Product


def give(client: ApiClient, data: Any) -> Fulfillment:
    """Raises Problem with all that is wrong."""
    with as_problems():
        return provisioning.give(**_asked(client, data))


def would_give(client: ApiClient, data: Any) -> dict[str, Any]:
    """The dry run's answer. Raises Problem as `give` does."""
    with as_problems():
        would_be = provisioning.would_give(**_asked(client, data))
    return answers.not_kept(would_be.fulfillment)


def _asked(client: ApiClient, data: Any) -> dict[str, Any]:
    shape = requests.FulfillmentIn(data=data)
    try:
        shape.is_valid(raise_exception=True)
    except ValidationError as error:
        raise Invalid(pointed(error.detail)) from error
    asked = shape.validated_data
    product = Product.objects.filter(code=asked["product"]).first()
    if product is None:
        raise Invalid([{"pointer": "/product", "detail": f'There is no product "{asked["product"]}".'}])
    return {
        "product": product,
        "candidate": asked["candidate"],
        "actor": Actor.api(client),
        "origin": Origin.SYSTEM,
        "client": client,
        "delivery": asked.get("delivery"),
        "payer": asked.get("payer"),
        "reference": asked.get("reference") or "",
        "deadline": asked.get("deadline"),
        "metadata": asked.get("metadata"),
        "allow_duplicate": asked["allow_duplicate"],
        "allow_earlier_result": True,  # who asks by a program has decided; the API knows no such refusal
        "wait": asked["wait"],
    }

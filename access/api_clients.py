"""API clients: the systems that may call, each with scopes, payers and keys."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from access import audit
from access.actors import Actor
from access.errors import Refused, UnknownPayer
from access.models import ApiClient, Payer, Scope

USUAL_SCOPES = (Scope.PROVISION, Scope.READ)


@transaction.atomic
def create_or_change(
    *,
    name: str,
    actor: Actor,
    scopes: Iterable[str] | None = None,
    payers: Iterable[str] | None = None,
    is_active: bool | None = None,
) -> ApiClient:
    """The client of that name, made or changed; what is None stays as it is. `payers` are codes.

    A new client without scopes may provision and read. Raises `UnknownPayer`, and `Refused` for an unknown scope.
    """
    wanted_payers = None if payers is None else _payers(payers)
    wanted_scopes = None if scopes is None else _scopes(scopes)
    client, made = ApiClient.objects.get_or_create(
        name=name, defaults={"scopes": wanted_scopes or [scope.value for scope in USUAL_SCOPES]}
    )
    if wanted_scopes is not None:
        client.scopes = wanted_scopes
    if is_active is not None:
        client.is_active = is_active
    client.save()
    if wanted_payers is not None:
        client.payers.set(wanted_payers)
    audit.record(
        actor=actor,
        verb="api_client.created" if made else "api_client.changed",
        subject=name,
        detail={
            "scopes": list(client.scopes),
            "payers": sorted(client.payers.values_list("code", flat=True)),
            "active": client.is_active,
        },
    )
    return client


def _scopes(names: Iterable[str]) -> list[str]:
    wanted = set(names)
    if unknown := sorted(wanted - set(Scope.values)):
        raise Refused(f"There is no scope {', '.join(unknown)}. Scopes are {', '.join(Scope.values)}.")
    return [scope for scope in Scope.values if scope in wanted]


def _payers(codes: Iterable[str]) -> list[Payer]:
    found = {code: Payer.objects.filter(code=code).first() for code in codes}
    for code, payer in found.items():
        if payer is None:
            raise UnknownPayer(code)
    return [payer for payer in found.values() if payer is not None]

"""Whose test it is: the payer that a request names, or may leave out (DESIGN.md section 7, `create_api_client`)."""

from __future__ import annotations

from access.models import ApiClient, Payer
from fulfillment.errors import UnknownPayer


def payer_of(payer: Payer | str | None, *, client: ApiClient | None) -> Payer | None:
    """The payer named, or the only one of a client that is limited to one. Raises `UnknownPayer`.

    A payer that the client may not see is as unknown as one that does not exist: the answer tells nothing of others.
    """
    mine = limits(client)
    code = payer.code if isinstance(payer, Payer) else (payer or "").strip()
    if not code:
        return _only_one(mine)
    among = Payer.objects.all() if mine is None else Payer.objects.filter(pk__in=mine)
    found = among.filter(code=code, is_active=True).first()
    if found is None:
        raise UnknownPayer(code)
    return found


def limits(client: ApiClient | None) -> list[int] | None:
    """The payers that a client is limited to; None where it sees everything."""
    if client is None:
        return None
    return list(client.payers.order_by("pk").values_list("pk", flat=True)) or None


def _only_one(mine: list[int] | None) -> Payer | None:
    if mine is None:
        return None
    if len(mine) > 1:
        raise UnknownPayer("")
    payer = Payer.objects.get(pk=mine[0])
    if not payer.is_active:
        raise UnknownPayer(payer.code)
    return payer

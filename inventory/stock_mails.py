"""Mails about the stock: to whom they go, and the way out. Each is written with what made it necessary."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.urls import reverse

from access import audit
from access.actors import Actor
from access.users import addresses_of_administrators
from inventory.models import MailsTo, StockMails
from outbox import registry, staff_mails

KIND = "inventory.stock_mail"


def ours() -> StockMails:
    """The one row, or its defaults where nobody has set it yet."""
    return StockMails.objects.filter(pk=1).first() or StockMails(pk=1)


@transaction.atomic
def change(*, actor: Actor, to: str, addresses: str, digest_on: int | None) -> StockMails:
    """To whom the mails go, and the weekday of the digest. Raises ValidationError. The trail keeps no address."""
    one, given = ours(), {"to": to, "addresses": addresses, "digest_on": digest_on}
    changed = sorted(name for name, value in given.items() if getattr(one, name) != value)
    for name, value in given.items():
        setattr(one, name, value)
    one.addresses = "\n".join(one.listed)
    one.full_clean(validate_unique=False)
    one.save()
    if changed:
        audit.record(actor=actor, verb="stock_mails.changed", subject="stock mails", detail={"fields": list(changed)})
    return one


def receivers() -> list[str]:
    """The addresses to which mails about the stock go."""
    one = ours()
    if one.to == MailsTo.ADMINISTRATORS:
        return addresses_of_administrators()
    return one.listed if one.to == MailsTo.ADDRESSES else []


def nobody_is_told() -> bool:
    """Whether only Today says what runs low."""
    return not receivers()


def write(*, template: str, words: Mapping[str, object], key: str) -> int:
    """One mail to each receiver; their number. `key` names the occasion."""
    settings_url = staff_mails.address(reverse("inventory:stock_mails"))
    return staff_mails.write(
        kind=KIND, template=f"stock/{template}", words={"settings_url": settings_url, **words}, key=key, to=receivers()
    )


def register() -> None:
    """Tells the outbox how such a mail goes out."""
    registry.register_outgoing(KIND, staff_mails.outgoing())

"""Mails about the stock: to whom they go, and the way out. Each is written with what made it necessary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from access import audit
from access.actors import Actor
from access.users import addresses_of_administrators
from inventory.models import MailsTo, StockMails
from outbox import entries, letters, mail
from outbox.models import Entry
from outbox.registry import Answer, Outgoing, register_outgoing

KIND = "inventory.stock_mail"
Letter = dict[str, str]


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
    """One mail to each receiver, under a Message-ID of its own; their number. `key` names the occasion."""
    common = {
        "practice": settings.PRACTICE,
        "portal": settings.PORTAL_URL,
        "settings_url": address(reverse("inventory:stock_mails")),
    }
    subject, body = letters.render(f"stock/{template}", {**common, **words})
    found = receivers()
    for number, to in enumerate(found, 1):
        message_id = f"<stock-{key}.{number}@{letters.domain()}>"
        letter: Letter = {"to": to, "subject": subject, "body": body, "message_id": message_id}
        entries.write(kind=KIND, key=f"{key}.{number}", payload=letter)
    return len(found)


def address(path: str) -> str:
    """A page's address, as it stands in a mail."""
    return settings.PORTAL_URL.rstrip("/") + path


def register() -> None:
    """Tells the outbox how such a mail goes out. It may be repeated: its Message-ID stays the same."""
    outgoing = Outgoing(prepare=_prepare, perform=_perform, repeatable=True, lease_seconds=mail.LEASE_SECONDS)
    register_outgoing(KIND, outgoing)


def _prepare(entry: Entry, lease_until: datetime) -> Letter:
    letter: Letter = entry.payload
    return letter


def _perform(letter: Letter) -> Answer:
    return mail.send(message_id=letter["message_id"], to=letter["to"], subject=letter["subject"], body=letter["body"])

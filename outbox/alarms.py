"""Alarms: what administrators are told by mail at once, each occasion once. Today says it as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from access.users import addresses_of_administrators
from outbox import registry, staff_mails

KIND = "outbox.alarm"


def sound(*, template: str, words: Mapping[str, object], key: str, also: Sequence[str] = ()) -> int:
    """Mails `mail/alarms/<template>` to every administrator, and to `also`; their number. `key` names the occasion.

    In the transaction that made it necessary: what was rolled back alarms nobody.
    """
    to = list(dict.fromkeys([*addresses_of_administrators(), *also]))
    return staff_mails.write(kind=KIND, template=f"alarms/{template}", words=words, key=key, to=to)


def register() -> None:
    """Tells the outbox how an alarm goes out."""
    registry.register_outgoing(KIND, staff_mails.outgoing())

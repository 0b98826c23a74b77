"""Mails to those who work here: rendered when they become necessary, each to one person, sent by the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings

from outbox import entries, letters, mail
from outbox.models import Entry
from outbox.registry import Answer, Outgoing

Letter = dict[str, str]


def write(*, kind: str, template: str, words: Mapping[str, object], key: str, to: Sequence[str]) -> int:
    """One mail to each of `to`, under a Message-ID of its own; their number. The same `key` again writes none anew.

    `template` as `letters.render` takes it; `kind` is registered with `outgoing`.
    """
    common = {"practice": settings.PRACTICE, "portal": settings.PORTAL_URL}
    subject, body = letters.render(template, {**common, **words})
    name = kind.rpartition(".")[2].replace("_mail", "")
    for number, receiver in enumerate(to, 1):
        message_id = f"<{name}-{key}.{number}@{letters.domain()}>"
        letter: Letter = {"to": receiver, "subject": subject, "body": body, "message_id": message_id}
        entries.write(kind=kind, key=f"{key}.{number}", payload=letter)
    return len(to)


def address(path: str) -> str:
    """A page's address, as it stands in a mail."""
    return settings.PORTAL_URL.rstrip("/") + path


def outgoing() -> Outgoing:
    """How such a mail goes out. It may be repeated: its Message-ID stays the same."""
    return Outgoing(prepare=_prepare, perform=_perform, repeatable=True, lease_seconds=mail.LEASE_SECONDS)


def _prepare(entry: Entry, lease_until: datetime) -> Letter:
    letter: Letter = entry.payload
    return letter


def _perform(letter: Letter) -> Answer:
    return mail.send(message_id=letter["message_id"], to=letter["to"], subject=letter["subject"], body=letter["body"])

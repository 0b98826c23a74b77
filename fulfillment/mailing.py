"""The candidate's mail, written in the transaction that made it due, and kept as sent. `sending` brings it out."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.utils import translation

from access import audit
from access.actors import Actor
from fulfillment import languages
from fulfillment.letters import values, writing
from fulfillment.letters.choosing import Place
from fulfillment.letters.filling import Values
from fulfillment.letters.writing import Written
from fulfillment.models import Fulfillment, LetterKind, Mail, MailState
from inventory.models import TestID
from outbox import entries, letters

KIND = "fulfillment.mail"


def states(fulfillment: Fulfillment, test_id: str) -> tuple[MailState, ...]:
    """The states of its mails that tell this ID, oldest first."""
    return tuple(MailState(one) for one in fulfillment.mails.filter(test_id=test_id).values_list("state", flat=True))


def write(fulfillment: Fulfillment, *, kind: str) -> Mail:
    """The mail and the entry that sends it, in the transaction that made it necessary. `kind`: one of `LetterKind`."""
    words = render(fulfillment, kind=kind)
    held = TestID.objects.filter(holder=fulfillment.claim_id, holding="current").first()
    written = Mail.objects.create(
        fulfillment=fulfillment,
        test_id=held.test_id if held else "",
        kind=kind,
        message_id=letters.new_message_id(),
        to=fulfillment.email,
        subject=words.subject,
        body=words.body,
        language=words.language,
    )
    entries.write(kind=KIND, key=str(written.pk), payload={"mail": written.pk}, oid=fulfillment.oid)
    audit.record(
        actor=Actor.system("worker"),
        verb="mail.written",
        oid=fulfillment.oid,
        product=fulfillment.product.code,
        subject=f"mail {written.pk}",
        detail={"kind": kind},
    )
    return written


def first_kind(fulfillment: Fulfillment) -> LetterKind:
    """What the candidate is told first of the ID that it has now: one that was told before may no longer count."""
    held = TestID.objects.filter(holder=fulfillment.claim_id, holding="current").first()
    return LetterKind.REPLACED if values.void_test_id(fulfillment, held) else LetterKind.INSTRUCTIONS


def withdraw(queued: Iterable[Mail], *, why: str) -> str:
    """Mails that no server has taken do not go out. Returns the kind of the latest, "" where there was none.

    Whoever withdraws one writes another. `queued` as `locks.queued_mails` gives them.
    """
    kind = ""
    for one in queued:
        one.state, one.note, kind = MailState.WITHHELD, why, one.kind
        one.save(update_fields=["state", "note"])
        audit.record(
            actor=Actor.system("worker"),
            verb="mail.withheld",
            oid=one.fulfillment.oid,
            subject=f"mail {one.pk}",
            detail={"kind": one.kind, "why": why},
        )
    return kind


def is_on_its_way(oid: uuid.UUID) -> bool:
    """Whether a mail waits for the mail server."""
    return Mail.objects.filter(fulfillment__oid=oid, state=MailState.QUEUED).exists()


def render(fulfillment: Fulfillment, *, kind: str) -> Written:
    """The mail as it would be written now, in the candidate's language or the one that stands in for it."""
    language = languages.chosen(fulfillment.language)
    with translation.override(language):
        told = values.of(fulfillment)
    return writing.write(Place(_kind(kind, told), language, fulfillment.product), told)


def _kind(kind: str, told: Values) -> LetterKind:
    """The text that fits: at a centre, where no deadline is left, and where a sitting at home moved its last day."""
    match LetterKind(kind):
        case LetterKind.INSTRUCTIONS if told.get("sitting_date"):
            return LetterKind.CENTRE
        case LetterKind.SITTING_MOVED | LetterKind.DEADLINE_MOVED if not told.get("sitting_date"):
            return LetterKind.DEADLINE_MOVED if told.get("deadline") else LetterKind.DEADLINE_GONE
        case LetterKind.DEADLINE_MOVED:
            return LetterKind.SITTING_MOVED
        case same:
            return same

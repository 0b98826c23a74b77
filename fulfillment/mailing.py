"""The candidate's mail, written in the transaction that made it due, and kept as sent. `sending` brings it out."""

from __future__ import annotations

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


def render(fulfillment: Fulfillment, *, kind: str) -> Written:
    """The mail as it would be written now, in the candidate's language or the one that stands in for it."""
    language = languages.chosen(fulfillment.language)
    with translation.override(language):
        told = values.of(fulfillment)
    return writing.write(Place(_kind(kind, told), language, fulfillment.product), told)


def _kind(kind: str, told: Values) -> LetterKind:
    """Whoever goes to a centre is told other things than whoever takes the test at home."""
    at_centre = kind == LetterKind.INSTRUCTIONS and told["sitting_date"]
    return LetterKind.CENTRE if at_centre else LetterKind(kind)

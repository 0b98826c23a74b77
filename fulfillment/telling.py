"""A person tells the candidate what happened to the test at iTEP: a mail that they have read, and may have changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from access import audit
from access.actors import Actor
from fulfillment import locks, mailing, rules, settling, troubles
from fulfillment.errors import BadRequest, FieldError, NotResendable
from fulfillment.models import Fulfillment, LetterKind, Mail, Trouble

KIND = LetterKind.RESET
LONGEST_SUBJECT, LONGEST_BODY = 300, 10_000
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Words:
    """What the candidate reads."""

    subject: str
    body: str


def draft(one: Fulfillment) -> Words:
    """Where a person starts from: after a reset the text of that; after a problem one that promises nothing."""
    latest = troubles.latest_open(one)
    was_reset = latest is None or latest.kind == Trouble.Kind.RESET
    written = mailing.render(one, kind=KIND if was_reset else LetterKind.TROUBLE)
    return Words(written.subject, written.body)


@transaction.atomic
def tell(*, oid: UUID, words: Words, actor: Actor) -> Mail:
    """The mail goes out exactly as it stands, and what happened is seen to. Raises NotResendable, BadRequest."""
    one = locks.fulfillment(oid)
    if why := rules.why_not_tell(one):
        raise NotResendable(why)
    subject, body = " ".join(words.subject.split()), words.body.replace("\r\n", "\n").strip() + "\n"
    if faults := _faults(subject, body):
        raise BadRequest(faults)
    mail = mailing.write(one, kind=KIND)
    mail.subject, mail.body = subject, body
    mail.save(update_fields=["subject", "body"])
    troubles.close(one, actor=actor, mail_id=mail.pk)
    audit.record(actor=actor, verb="candidate.told", oid=oid, product=one.product.code, subject=f"mail {mail.pk}")
    settling.settle(oid=oid)
    return mail


def _faults(subject: str, body: str) -> list[FieldError]:
    found = []
    for name, text, longest in (("subject", subject, LONGEST_SUBJECT), ("body", body, LONGEST_BODY)):
        if not text.strip():
            found.append(FieldError(name, "A mail needs some words here."))
        elif len(text) > longest:
            found.append(FieldError(name, f"At most {longest} characters."))
        elif _CONTROLS.search(text):
            found.append(FieldError(name, "It has characters that cannot be printed."))
    return found

"""Brings a candidate's mail to the mail server. It may be repeated: its Message-ID stays the same."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from fulfillment import locks, organization, reminders, settling
from fulfillment.models import Mail, MailState, Reminder
from inventory import claims
from outbox import backoff, mail
from outbox.models import Attempt, Entry, Outcome
from outbox.registry import Answer, Outgoing, Postpone, Verdict


@dataclass(frozen=True, slots=True)
class Letter:
    """What leaves the house."""

    pk: int
    oid: uuid.UUID
    to: str
    subject: str
    body: str
    message_id: str
    reply_to: str
    language: str


def prepare(entry: Entry, lease_until: datetime) -> Letter | None:
    """The letter, if it is still due: what was cancelled, or contradicted by iTEP meanwhile, is told to nobody."""
    one = Mail.objects.select_related("fulfillment").get(pk=entry.payload["mail"])
    if one.state == MailState.WITHHELD:
        return None  # it was written anew, and that one goes
    held = settling.held_by(one.fulfillment)
    if one.test_id and (held is None or held.test_id != one.test_id):
        _withhold(one, "The candidate has another test ID by now.")
        return None
    if why := claims.tell(oid=one.fulfillment.oid):
        _withhold(one, why)
        return None
    if one.kind == reminders.KIND and not _still_reminds(one):
        return None
    ours = organization.ours()
    return Letter(
        one.pk, one.fulfillment.oid, one.to, one.subject, one.body, one.message_id, ours.help_email, one.language
    )


def _still_reminds(one: Mail) -> bool:
    """Judged again at the last moment: who has begun meanwhile is not reminded. Raises Postpone at night."""
    locks.fulfillment(one.fulfillment.oid)
    if why := reminders.why_too_late(one):
        _withhold(one, why)
        return False
    by_itself = Reminder.objects.filter(mail=one).exists()
    if by_itself and (later := reminders.decent_hour(timezone.now())):
        raise Postpone(later, "Candidates are not reminded at night.")
    return True


def _withhold(one: Mail, why: str) -> None:
    """It is written anew once it may be told, where it was the first one (`position`)."""
    Mail.objects.filter(pk=one.pk).update(state=MailState.WITHHELD, note=why[:300])
    audit.record(
        actor=Actor.system("worker"),
        verb="mail.withheld",
        oid=one.fulfillment.oid,
        subject=f"mail {one.pk}",
        detail={"kind": one.kind, "why": why},
    )
    settling.settle(oid=one.fulfillment.oid)


def perform(letter: Letter) -> Answer:
    return mail.send(
        message_id=letter.message_id,
        to=letter.to,
        subject=letter.subject,
        body=letter.body,
        reply_to=letter.reply_to,
        headers={"Content-Language": letter.language} if letter.language else None,
    )


def record(entry: Entry, attempt: Attempt, letter: Letter, answer: Answer) -> Verdict | None:
    """Accepted, or refused for good, is written down; anything in between is tried again, for days."""
    last_try = entry.tries + 1 >= backoff.outgoing_tries()
    if answer.outcome not in (Outcome.DONE, Outcome.REFUSED) and not last_try:
        return None
    accepted = answer.outcome == Outcome.DONE
    _write_down(letter.pk, accepted=accepted, note=answer.note)
    settling.settle(oid=letter.oid)
    return Verdict.DONE if accepted else Verdict.DEAD


@transaction.atomic
def _write_down(pk: int, *, accepted: bool, note: str) -> None:
    one = locks.mail(pk)
    one.state = MailState.ACCEPTED if accepted else MailState.REFUSED
    one.note, one.accepted_at = note[:300], timezone.now() if accepted else None
    one.save(update_fields=["state", "note", "accepted_at"])
    audit.record(
        actor=Actor.system("worker"),
        verb=f"mail.{one.state}",
        oid=one.fulfillment.oid,
        subject=f"mail {pk}",
        detail={"kind": one.kind},
    )


OUTGOING = Outgoing(prepare=prepare, perform=perform, record=record, repeatable=True, lease_seconds=mail.LEASE_SECONDS)

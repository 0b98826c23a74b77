"""Reminders are written: by a scheduled sweep before the deadline, or by a person, for one or for many."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from fulfillment import deadlines, locks, mailing, organization, reminders, rules, settling
from fulfillment.errors import BadRequest, FieldError, NotResendable
from fulfillment.models import Fulfillment, Reminder, ReminderRound
from fulfillment.reminders import Due

SWEEP = Actor.system("reminders")
AT_ONCE = 200  # in one sweep; the next one, ten minutes later, goes on


def sweep() -> int:
    """Writes what is due now, at a decent hour: how many. Run again, or twice at once, it writes nothing twice."""
    if reminders.decent_hour(timezone.now()) is not None:
        return 0
    found = reminders.due()
    if not found or not _may_go(len(found)):
        return 0
    return sum(_write(one) for one in found[:AT_ONCE])


def open_round() -> ReminderRound | None:
    """Whether a person is asked today if that many may go. What was asked on another day is asked anew when due."""
    return ReminderRound.objects.filter(day=deadlines.today(), goes=None).first()


@transaction.atomic
def answer(*, round_id: int, goes: bool, actor: Actor) -> ReminderRound:
    """A person says whether so many reminders go. No: none of those that are due now goes later either.

    What was answered stays. Raises ReminderRound.DoesNotExist.
    """
    asked = locks.reminder_round(round_id)
    if asked.goes is not None:
        return asked
    asked.goes, asked.answered_at, asked.answered_by = goes, timezone.now(), actor.user
    asked.save(update_fields=["goes", "answered_at", "answered_by"])
    if not goes:
        _pass_over(reminders.all_due())
    verb = "reminders.allowed" if goes else "reminders.refused"
    audit.record(actor=actor, verb=verb, subject=f"reminders {asked.day}", detail={"number": asked.number})
    return asked


@transaction.atomic
def remind(*, oid: UUID, actor: Actor, reason: str = "", deadline: date | None = None) -> Fulfillment:
    """A reminder by a person's wish, with another last day where one is given. Raises NotResendable, BadRequest."""
    one = locks.fulfillment(oid)
    if deadline is not None:
        _move(one, deadline, actor, reason)
    if why := rules.why_not_remind(one):
        raise NotResendable(why)
    mailing.write(one, kind=reminders.KIND)
    audit.record(actor=actor, verb="fulfillment.reminded", oid=oid, product=one.product.code, reason=reason)
    return settling.settle(oid=oid)


def remind_many(
    *, oids: Collection[UUID], actor: Actor, reason: str = "", deadline: date | None = None
) -> Mapping[UUID, str]:
    """As `remind`, each in a transaction of its own. Returns why not, for those that were not."""
    refused: dict[UUID, str] = {}
    for oid in oids:
        try:
            remind(oid=oid, actor=actor, reason=reason, deadline=deadline)
        except (NotResendable, BadRequest) as error:
            refused[oid] = str(error)
    return refused


def _move(one: Fulfillment, deadline: date, actor: Actor, reason: str) -> None:
    if deadlines.is_over(deadline):
        raise BadRequest([FieldError("deadline", "The deadline is in the past.")])
    was, one.deadline = one.deadline, deadline
    one.save(update_fields=["deadline", "updated_at"])
    audit.record(
        actor=actor,
        verb="fulfillment.extended",
        oid=one.oid,
        product=one.product.code,
        reason=reason,
        detail={"was": was.isoformat() if was else "", "deadline": deadline.isoformat()},
    )


def _may_go(number: int) -> bool:
    """Whether so many may be written now. A first time over the limit of a day, a person is asked."""
    today, most = deadlines.today(), organization.ours().reminders_unasked
    asked = ReminderRound.objects.filter(day=today).first()
    if asked is not None and asked.goes:
        return True
    written = Reminder.objects.filter(mail__isnull=False, created_at__gte=deadlines.begins_at(today)).count()
    if number + written <= most:
        return True
    if asked is None:
        ReminderRound.objects.bulk_create([ReminderRound(day=today, number=number)], ignore_conflicts=True)
    return False


@transaction.atomic
def _write(one: Due) -> bool:
    """False where another sweep was first, or something happened since. Without the locks both would write it."""
    locks.people([one.person])
    candidate = locks.fulfillment(one.oid)
    if not reminders.still_due(one):
        return False
    mail = mailing.write(candidate, kind=reminders.KIND)
    Reminder.objects.create(fulfillment=candidate, deadline=one.deadline, days_before=one.days_before, mail=mail)
    return True


def _pass_over(found: Collection[Due]) -> None:
    pks = dict(Fulfillment.objects.filter(oid__in=[one.oid for one in found]).values_list("oid", "pk"))
    Reminder.objects.bulk_create(
        (Reminder(fulfillment_id=pks[one.oid], deadline=one.deadline, days_before=one.days_before) for one in found),
        batch_size=500,
        ignore_conflicts=True,
    )

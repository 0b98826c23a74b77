"""Two schedulers remind at once, or a webhook comes as a reminder leaves: one mail, or none. Each with its control.

The suite runs these on SQLite and on PostgreSQL (tests/run). SQLite has one writer: there the second sweep comes after.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from unittest.mock import patch
from uuid import UUID

import pytest
from django.core import mail
from django.db import IntegrityError
from django.utils import timezone

from access.actors import Actor
from fulfillment import acts, deadlines, locks, mailing, progress, reminders, reminding, sending, troubles
from fulfillment.models import Fulfillment, Mail, MailState, Reminder
from inventory.models import Product
from outbox import running
from tests.concurrency.conftest import interleaves, together
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, give_test

__all__ = ["give_test"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def one(academic: Product, give_test: Give, by_sam: Actor) -> Iterator[Fulfillment]:
    """Sent a month ago, to be taken in two days; at any hour of the clock."""
    stock(academic, 1)
    given = give_test(academic, deadline=deadlines.today() + timedelta(days=2))
    acts.say_done_at_itep(oid=given.oid, actor=by_sam)
    running.run_due()
    long_ago = timezone.now() - timedelta(days=30)
    Fulfillment.objects.update(sent_at=long_ago)
    Mail.objects.update(created_at=long_ago)
    mail.outbox.clear()
    with patch.object(reminders, "decent_hour", lambda moment: None):
        yield fresh(given)


def _sweep_twice() -> list[int | str]:
    """What each of two sweeps wrote: the second begins once the first has written its mail, and not committed yet."""
    written, write = Event(), mailing.write

    def slowly(one: Fulfillment, *, kind: str) -> Mail:
        done = write(one, kind=kind)
        if not written.is_set():
            written.set()
            Event().wait(0.5)  # the other one is at the same point by now, or waits for our lock
        return done

    def first() -> int | str:
        try:
            return reminding.sweep()
        except IntegrityError:
            return "refused by the database"

    def second() -> int | str:
        assert written.wait(timeout=30)
        return first()

    with patch.object(mailing, "write", slowly):
        return together([first, second])


@contextmanager
def _no_lock() -> Iterator[None]:
    def look(oid: UUID) -> Fulfillment:
        return Fulfillment.objects.select_related("claim", "product", "payer").get(oid=oid)

    with patch.object(locks, "people", lambda keys: None), patch.object(locks, "fulfillment", look):
        yield


def reminders_sent() -> int:
    return Mail.objects.filter(kind="reminder").count()


def test_two_sweeps_remind_once(one: Fulfillment) -> None:
    assert _sweep_twice() == [1, 0]
    assert (Reminder.objects.count(), reminders_sent()) == (1, 1)


def test_the_control_without_a_lock_meets_the_database(one: Fulfillment) -> None:
    with _no_lock():
        came_to = _sweep_twice()
    assert 1 in came_to
    assert ("refused by the database" in came_to) is interleaves()
    assert (Reminder.objects.count(), reminders_sent()) == (1, 1)


def test_eight_sweeps_at_once(one: Fulfillment) -> None:
    assert sorted(together([reminding.sweep] * 8)) == [0] * 7 + [1]
    assert reminders_sent() == 1


def _started_as_it_leaves(one: Fulfillment) -> None:
    """A webhook has written *Started*, and has not committed yet when the worker judges the reminder."""
    assert reminding.sweep() == 1
    written, seen = Event(), troubles.follow

    def slowly(changed: Fulfillment, *, before: str) -> None:
        seen(changed, before=before)
        written.set()
        Event().wait(0.5)

    def webhook() -> int:
        return int(progress.seen(oid=one.oid, status_raw="Started", at=timezone.now(), by="webhook"))

    def worker() -> int:
        assert written.wait(timeout=30)
        return running.run_due()

    with patch.object(troubles, "follow", slowly):
        together([webhook, worker])


def test_who_starts_as_it_leaves_is_not_reminded(one: Fulfillment) -> None:
    _started_as_it_leaves(one)
    assert (mail.outbox, Mail.objects.get(kind="reminder").state) == ([], MailState.WITHHELD)


def test_the_control_without_a_lock_reminds_whoever_has_begun(one: Fulfillment) -> None:
    def unlocked(mail: Mail) -> bool:
        return not reminders.why_too_late(mail)

    with patch.object(sending, "_still_reminds", unlocked):
        _started_as_it_leaves(one)
    assert len(mail.outbox) == (1 if interleaves() else 0)

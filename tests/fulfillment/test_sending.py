"""A mail leaves only while what it says still holds."""

from __future__ import annotations

import pytest
from django.core import mail
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import acts
from fulfillment.models import MailState, State
from inventory import announcing, claims
from inventory.claims import Word, moves
from inventory.models import Product, WordSource
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work

pytestmark = pytest.mark.django_db


def test_while_itep_contradicts_nobody_is_mailed_and_once_explained_the_mail_goes(
    academic: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(academic, 1)
    given = give_test(academic)
    acts.say_done_at_itep(oid=given.oid, actor=by_sam)
    assert given.mails.get().state == MailState.QUEUED
    word = Word(WordSource.EXPORT, timezone.now(), by_sam, "upload 1")
    claims.note_conflict(fresh(given).claim, because="An export shows its test ID free.", test_id="", word=word)
    work()

    one = fresh(given)
    assert (mail.outbox, given.mails.get().state, one.claim.told_at) == ([], MailState.WITHHELD, None)
    assert (one.state, one.reason) == (State.ASSIGNED, "An export shows its test ID free.")
    assert AuditEntry.objects.filter(oid=one.oid, verb="mail.withheld").count() == 1

    moves.note(one.claim, conflict_at=None, conflict_because="")
    announcing.look_again([one.claim])
    work()
    assert (fresh(given).state, len(mail.outbox)) == (State.SENT, 1)


def test_an_export_is_heard_by_the_fulfillment_too(academic: Product, give_test: Give, by_sam: Actor) -> None:
    stock(academic, 1)
    given = give_test(academic)
    acts.say_done_at_itep(oid=given.oid, actor=by_sam)
    work()
    word = Word(WordSource.EXPORT, timezone.now(), by_sam, "upload 1")
    claims.note_conflict(fresh(given).claim, because="An export shows its test ID free.", test_id="", word=word)
    work()
    assert fresh(given).reason == "An export shows its test ID free."

"""A spoiled ID is replaced: what the candidate gets, what is not mixed with the old one, and when it is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import acts, progress, replacing, rules, settling
from fulfillment.errors import BadRequest, NotNow
from fulfillment.models import Fulfillment, MailState, State
from inventory import claims
from inventory.errors import ReasonNeeded
from inventory.models import Delivery, Product, TestID
from itep.statuses import Status
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep, Reply

pytestmark = pytest.mark.django_db
OLD, NEW = "BUSPLUS0001", "BUSPLUS0002"


@pytest.fixture
def sent(itep: PretendItep, called: Product, give_test: Give) -> Fulfillment:
    """Sent with the first ID; one more is there."""
    stock(called, 2)
    one = give_test(called)
    work()
    return fresh(one)


def test_the_candidate_gets_another_id_and_reads_that_the_old_one_no_longer_counts(
    itep: PretendItep, sent: Fulfillment, by_sam: Actor
) -> None:
    one = replacing.replace(oid=sent.oid, actor=by_sam, reason="does not open")
    assert (one.state, one.forget_test_id, one.assigned_at) == (State.CLAIMED, OLD, None)
    assert len(mail.outbox) == 1
    work()
    assert [asked["test_id"] for asked in itep.asked] == [OLD, NEW]
    one = fresh(sent)
    assert (one.state, one.sent_test_id, one.link_token) == (State.SENT, NEW, sent.link_token)
    letter = mail.outbox[1]
    assert "New test ID" in letter.subject
    assert f"The one that you had before, {OLD}, no longer counts: please do not use it." in letter.body
    assert f"Your test ID:  {NEW}" in letter.body
    told = AuditEntry.objects.get(verb="fulfillment.replaced")
    assert (told.user, told.test_id, told.reason) == (by_sam.user, OLD, "does not open")


def test_a_resent_mail_says_it_again(itep: PretendItep, sent: Fulfillment, by_sam: Actor) -> None:
    replacing.replace(oid=sent.oid, actor=by_sam, reason="x")
    work()
    acts.resend(oid=sent.oid, actor=by_sam, reason="lost")
    work()
    assert f"{OLD}, no longer counts" in mail.outbox[2].body


def test_one_that_itep_gives_again_counts_again(itep: PretendItep, sent: Fulfillment, by_sam: Actor) -> None:
    replacing.replace(oid=sent.oid, actor=by_sam, reason="x")
    itep.replies.append(Reply(body={"test_id": OLD}))
    work()
    assert (fresh(sent).state, len(mail.outbox)) == (State.SENT, 1)  # the candidate has it already
    acts.resend(oid=sent.oid, actor=by_sam, reason="lost")
    work()
    assert "no longer counts" not in mail.outbox[1].body


def test_without_stock_it_waits_and_is_mailed_when_there_is_some(
    itep: PretendItep, called: Product, sent: Fulfillment, by_sam: Actor
) -> None:
    TestID.objects.filter(test_id=NEW).delete()
    one = replacing.replace(oid=sent.oid, actor=by_sam, reason="x")
    assert (one.state, one.reason) == (State.WAITING, "No test ID is available. Requests wait in order.")
    work()
    assert len(mail.outbox) == 1
    stock(called, 1, first=3)
    claims.serve_waiting(product=called, actor=by_sam)
    settling.settle(oid=sent.oid)
    work()
    assert (fresh(sent).sent_test_id, len(mail.outbox)) == ("BUSPLUS0003", 2)


def test_one_that_nobody_was_told_is_not_spoken_of(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    """A mail that is on its way is held back: it would tell the old ID."""
    stock(called, 2)
    one = give_test(called)
    claims.done_at_itep(oid=one.oid, actor=by_sam)
    settling.settle(oid=one.oid)
    replacing.replace(oid=one.oid, actor=by_sam, reason="x")
    work()
    assert [letter.body.count(OLD) for letter in mail.outbox] == [0]
    assert list(one.mails.values_list("state", flat=True)) == [MailState.WITHHELD, MailState.ACCEPTED]


def test_what_itep_said_of_the_old_one_says_nothing_of_the_new(
    itep: PretendItep, sent: Fulfillment, by_sam: Actor
) -> None:
    progress.seen(oid=sent.oid, status_raw="Technical Difficulty", at=timezone.now() + timedelta(1), by="webhook")
    one = replacing.replace(oid=sent.oid, actor=by_sam, reason="x")
    assert (one.itep_status, one.itep_status_raw, one.itep_status_by, one.itep_status_at) == ("", "", "", None)
    assert progress.seen(oid=sent.oid, status_raw="Started", at=timezone.now(), by="webhook") is True


@pytest.mark.parametrize("status", list(Status))
def test_only_a_test_that_was_not_taken_gets_another_id(sent: Fulfillment, by_sam: Actor, status: Status) -> None:
    progress.seen(oid=sent.oid, status_raw=status.value, at=timezone.now(), by="webhook")
    taken = status in (Status.FINISHED, Status.REVIEW, Status.COMPLETED)
    if not taken:
        assert replacing.replace(oid=sent.oid, actor=by_sam, reason="x").state == State.CLAIMED
        return
    with pytest.raises(NotNow) as refused:
        replacing.replace(oid=sent.oid, actor=by_sam, reason="x")
    assert str(refused.value) == rules.why_not_replace(fresh(sent))
    assert (fresh(sent).state, fresh(sent).itep_status) == (State.SENT, status)


def test_a_post_that_was_quicker_is_heeded(sent: Fulfillment, by_sam: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule was asked before the lock was ours."""
    monkeypatch.setattr(rules, "why_not_replace", lambda one: "")
    progress.seen(oid=sent.oid, status_raw="Finished", at=timezone.now(), by="webhook")
    with pytest.raises(NotNow):
        replacing.replace(oid=sent.oid, actor=by_sam, reason="x")
    current = fresh(sent).claim.current
    assert current is not None
    assert (fresh(sent).itep_status, current.test_id) == ("finished", OLD)


def test_not_while_a_call_is_unknown(itep: PretendItep, called: Product, give_test: Give, by_sam: Actor) -> None:
    stock(called, 2)
    itep.replies.append(Reply(body=None))
    one = give_test(called)
    work()
    assert fresh(one).state == State.UNKNOWN
    with pytest.raises(NotNow, match="whoever looks at iTEP says what they saw"):
        replacing.replace(oid=one.oid, actor=by_sam, reason="x")
    assert TestID.objects.get(test_id=NEW).is_available is True


def test_it_needs_a_reason_and_happens_once(sent: Fulfillment, by_sam: Actor) -> None:
    with pytest.raises(ReasonNeeded):
        replacing.replace(oid=sent.oid, actor=by_sam, reason="")
    assert fresh(sent).state == State.SENT
    replacing.replace(oid=sent.oid, actor=by_sam, reason="x")
    with pytest.raises(NotNow, match="there is none to replace"):
        replacing.replace(oid=sent.oid, actor=by_sam, reason="x")


def test_where_the_asker_hands_it_out_the_asker_is_told_first(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 2)
    one = give_test(called, delivery=Delivery.NONE)
    work()
    with pytest.raises(BadRequest):
        replacing.replace(oid=one.oid, actor=by_sam, reason="x")
    assert fresh(one).state == State.ASSIGNED
    replacing.replace(oid=one.oid, actor=by_sam, reason="x", asker_is_told=True)
    work()
    assert (fresh(one).state, mail.outbox) == (State.ASSIGNED, [])


def test_where_itep_sends_itep_sends_the_new_one(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 2)
    one = give_test(called, delivery=Delivery.ITEP)
    work()
    replacing.replace(oid=one.oid, actor=by_sam, reason="x")
    work()
    assert [(asked["path"], asked["test_id"]) for asked in itep.asked] == [
        ("/api/assign-and-send", OLD),
        ("/api/assign-and-send", NEW),
    ]
    assert (fresh(one).state, mail.outbox) == (State.SENT, [])

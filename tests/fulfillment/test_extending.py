"""Another deadline: who is told, what is exchanged, and what stays as it was."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import deadlines, extending, progress, settling
from fulfillment.errors import BadRequest, NotNow
from fulfillment.models import Fulfillment, State
from inventory import claims
from inventory.models import Claim, Delivery, Product, TestID
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep

pytestmark = pytest.mark.django_db


def _day(days: int) -> date:
    return deadlines.today() + timedelta(days)


@pytest.fixture
def sent(itep: PretendItep, called: Product, give_test: Give) -> Fulfillment:
    stock(called, 1)
    one = give_test(called, deadline=_day(10))
    work()
    return fresh(one)


@pytest.mark.parametrize("days", [20, 5])
def test_a_later_or_earlier_one_is_kept_and_told(
    itep: PretendItep, sent: Fulfillment, by_sam: Actor, days: int
) -> None:
    found = extending.extend(oid=sent.oid, deadline=_day(days), actor=by_sam, reason="ill")
    assert (found.is_told, found.exchanged, found.fulfillment.state) == (True, "", State.SENT)
    work()
    assert (fresh(sent).deadline, len(itep.asked), len(mail.outbox)) == (_day(days), 1, 2)
    assert "New deadline" in mail.outbox[1].subject
    assert f"Please take the test by {deadlines.in_words(_day(days))}" in mail.outbox[1].body
    told = AuditEntry.objects.get(verb="fulfillment.extended")
    assert (told.user, told.reason) == (by_sam.user, "ill")
    assert told.detail == {"was": _day(10).isoformat(), "deadline": _day(days).isoformat()}


def test_none_at_all_can_be_said(sent: Fulfillment, by_sam: Actor) -> None:
    assert extending.extend(oid=sent.oid, deadline=None, actor=by_sam).is_told
    work()
    assert (fresh(sent).deadline, "there is none any more" in mail.outbox[1].body) == (None, True)


def test_the_candidate_is_not_told_where_staff_do_not_wish_it(sent: Fulfillment, by_sam: Actor) -> None:
    assert extending.extend(oid=sent.oid, deadline=_day(20), actor=by_sam, tell=False).is_told is False
    work()
    assert (fresh(sent).deadline, len(mail.outbox)) == (_day(20), 1)


def test_the_deadline_that_it_has_changes_nothing(sent: Fulfillment, by_sam: Actor) -> None:
    assert extending.extend(oid=sent.oid, deadline=_day(10), actor=by_sam).is_told is False
    assert not AuditEntry.objects.filter(verb="fulfillment.extended").exists()


def test_one_in_the_past_is_refused(sent: Fulfillment, by_sam: Actor) -> None:
    with pytest.raises(BadRequest) as refused:
        extending.extend(oid=sent.oid, deadline=_day(-1), actor=by_sam)
    assert refused.value.errors[0].field == "deadline"
    assert fresh(sent).deadline == _day(10)


def test_a_mail_that_has_not_gone_out_is_written_anew(called: Product, give_test: Give, by_sam: Actor) -> None:
    stock(called, 1)
    one = give_test(called, deadline=_day(10))
    claims.done_at_itep(oid=one.oid, actor=by_sam)
    settling.settle(oid=one.oid)
    extending.extend(oid=one.oid, deadline=_day(20), actor=by_sam, tell=False)
    work()
    assert [deadlines.in_words(_day(20)) in letter.body for letter in mail.outbox] == [True]
    assert one.mails.count() == 2


def test_who_waits_is_not_told_and_takes_an_id_that_outlives_it(
    called: Product, give_test: Give, by_sam: Actor
) -> None:
    one = give_test(called, deadline=_day(10))
    assert extending.extend(oid=one.oid, deadline=_day(20), actor=by_sam).is_told is False
    assert Claim.objects.get().outlive == _day(20)


def test_one_that_is_reserved_takes_an_id_that_outlives_it(called: Product, give_test: Give, by_sam: Actor) -> None:
    stock(called, 2)
    TestID.objects.filter(test_id="BUSPLUS0001").update(valid_until=_day(15))
    one = give_test(called, deadline=_day(10))
    assert extending.extend(oid=one.oid, deadline=_day(20), actor=by_sam).exchanged == "BUSPLUS0002"


def test_it_says_that_the_id_ends_before(sent: Fulfillment) -> None:
    TestID.objects.update(valid_until=_day(15))
    assert extending.expires_before(sent, _day(16)) == _day(15)
    assert extending.expires_before(sent, _day(15)) is None
    assert extending.expires_before(sent, None) is None


@pytest.mark.parametrize("status", ["Started", "Finished", "Completed"])
def test_once_the_test_was_taken_no_deadline_matters(sent: Fulfillment, by_sam: Actor, status: str) -> None:
    progress.seen(oid=sent.oid, status_raw=status, at=timezone.now(), by="webhook")
    with pytest.raises(NotNow):
        extending.extend(oid=sent.oid, deadline=_day(20), actor=by_sam)
    assert fresh(sent).deadline == _day(10)


def test_where_the_asker_hands_it_out_nobody_is_mailed(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 1)
    one = give_test(called, deadline=_day(10), delivery=Delivery.NONE)
    work()
    assert extending.extend(oid=one.oid, deadline=_day(20), actor=by_sam).is_told is False
    assert mail.outbox == []

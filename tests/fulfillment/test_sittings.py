"""What a candidate is told of a sitting: on the page, in the mail, in the calendar, in place of the deadline."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from access.actors import Actor
from fulfillment import attending, calendar, deadlines, organization, seating, showing, sitting_mails, sittings
from fulfillment.models import Fulfillment, MailState, Sitting, SittingKind
from fulfillment.showing import Moment
from inventory.models import Delivery, Product
from tests.conftest import stock
from tests.fulfillment.conftest import Arrange, Give, fresh, today_is, work
from tests.fulfillment.pretend_itep import PretendItep

pytestmark = pytest.mark.django_db
DAY = date(2035, 3, 12)


@pytest.fixture
def sitting(arrange: Arrange, by_sam: Actor) -> Sitting:
    organization.change(actor=by_sam, name="Lisbon School", time_zone="Europe/Lisbon")
    return arrange(date=DAY)


@pytest.fixture
def ana(itep: PretendItep, called: Product, give_test: Give, sitting: Sitting) -> Fulfillment:
    stock(called, 1)
    called.minutes = 90
    called.save()
    one = give_test(called, sitting=sitting)
    work()
    return fresh(one)


def test_the_facts(ana: Fulfillment) -> None:
    facts = sittings.facts_of(ana)
    assert facts is not None
    assert (facts.when, facts.arrive_by, facts.zone) == ("Monday 12 March 2035, 10:00", "09:30", "Lisbon time")
    assert (facts.where, facts.day_short, facts.is_over) == ("Room 3, Rua Nova 1, Lisbon", "12 March", False)
    assert facts.starts_at.isoformat() == "2035-03-12T10:00:00+00:00"


def test_at_home_and_without_a_seat_the_deadline_says_it(arrange: Arrange, academic: Product, give_test: Give) -> None:
    at_home = give_test(academic, sitting=arrange(kind=SittingKind.HOME, date=DAY))
    assert (sittings.facts_of(at_home), at_home.deadline) == (None, DAY)
    assert sittings.facts_of(give_test(academic, allow_duplicate=True)) is None


def test_the_mail_names_day_and_place_instead_of_the_deadline(ana: Fulfillment) -> None:
    sent = mail.outbox[0]
    assert sent.subject == "Your iTEP test for Lisbon School: please come on 12 March"
    lines = [
        "When:          Monday 12 March 2035, 10:00, Lisbon time",
        "Arrive by:     09:30",
        "Where:         Room 3, Rua Nova 1, Lisbon",
        "Your test ID:  BUSPLUS0001",
    ]
    assert "\n".join(lines) in sent.body
    assert "Take it by" not in sent.body
    assert "quiet room" not in sent.body
    assert "Bring a valid photo ID." in sent.body


def test_the_page_names_day_and_place_instead_of_the_deadline(ana: Fulfillment, client: Client) -> None:
    page = client.get(f"/c/{ana.link_token}/").content.decode()
    for words in ("Come on Monday 12 March 2035, 10:00, Lisbon time", "Room 3", "Rua Nova 1, Lisbon", "09:30"):
        assert words in page
    assert "Take it by" not in page
    assert "Spring" not in page  # staff's own name for it


def test_the_calendar_has_the_hour_and_the_place(ana: Fulfillment) -> None:
    lines = calendar.entry(ana).split("\r\n")
    for line in (
        "DTSTART:20350312T100000Z",
        "DTEND:20350312T113000Z",
        "SUMMARY:Your iTEP test for Lisbon School",
        "LOCATION:Room 3\\, Rua Nova 1\\, Lisbon",
        "DESCRIPTION:Arrive by 09:30. Bring a valid photo ID.",
    ):
        assert line in lines


def test_after_the_day_the_time_is_over_but_not_for_who_came(
    ana: Fulfillment, by_sam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    today_is(DAY, monkeypatch)
    assert showing.moment_of(fresh(ana)) == Moment.READY
    today_is(DAY + timedelta(days=1), monkeypatch)
    assert showing.moment_of(fresh(ana)) == Moment.EXPIRED
    attending.arrived(oid=ana.oid, actor=by_sam)
    assert showing.moment_of(fresh(ana)) == Moment.STARTED


def test_coming_past_and_with_room(arrange: Arrange, academic: Product, give_test: Give) -> None:
    later, today = arrange(title="Later"), arrange(title="Today", date=deadlines.today(), seats=1)
    over, off = arrange(title="Over"), arrange(title="Off")
    Sitting.objects.filter(pk=over.pk).update(date=deadlines.today() - timedelta(days=1))
    Sitting.objects.filter(pk=off.pk).update(cancelled_at=off.created_at)
    give_test(academic, sitting=today)
    assert [(one.title, vars(one)["taken"]) for one in sittings.coming()] == [("Today", 1), ("Later", 0)]
    assert [one.title for one in sittings.past()] == ["Off", "Over"]
    assert list(sittings.with_room()) == [later]
    Sitting.objects.filter(pk=later.pk).update(closed_at=later.created_at)
    assert list(sittings.with_room()) == []


def test_one_line_to_choose_it_by(arrange: Arrange) -> None:
    arrange(title="Spring", date=DAY, starts_at=time(10), seats=2)
    arrange(title="Own time", date=DAY, kind=SittingKind.HOME, seats=None)
    assert [sittings.in_words(one) for one in sittings.with_room().order_by("id")] == [
        "Spring: Monday 12 March 2035, 10:00, 2 seats left",
        "Own time: Monday 12 March 2035, at home",
    ]


def test_who_was_mailed_something_else_can_be_told_anew(ana: Fulfillment, sitting: Sitting, by_sam: Actor) -> None:
    assert (sitting_mails.told(sitting).count(), sitting_mails.told_otherwise(sitting).count()) == (1, 0)
    Sitting.objects.update(place="Room 9", changed_at=timezone.now())
    sitting.refresh_from_db()
    assert list(sitting_mails.told_otherwise(sitting)) == [ana]
    told = sitting_mails.tell_anew(sitting=sitting, actor=by_sam)
    assert (told.count, told.refused, sitting_mails.told_otherwise(sitting).count()) == (1, [], 0)
    work()
    assert (len(mail.outbox), "Room 9" in mail.outbox[1].body) == (2, True)


def test_who_was_mailed_before_the_seat_knows_nothing_of_it(
    itep: PretendItep, called: Product, give_test: Give, sitting: Sitting, by_sam: Actor
) -> None:
    stock(called, 2)
    by_mail = give_test(called)
    by_hand = give_test(called, delivery=Delivery.NONE, allow_duplicate=True)
    work()
    seating.seat(sitting_id=sitting.pk, oids=[by_mail.oid, by_hand.oid], actor=by_sam)
    assert list(sitting_mails.told_otherwise(sitting)) == [by_mail]


def test_whom_no_mail_can_reach_is_named(ana: Fulfillment, sitting: Sitting, by_sam: Actor) -> None:
    Sitting.objects.update(changed_at=timezone.now())
    sitting.refresh_from_db()
    ana.mails.update(state=MailState.QUEUED)
    told = sitting_mails.tell_anew(sitting=sitting, actor=by_sam)
    assert (told.count, [each.why for each in told.refused]) == (0, ["A mail is on its way already."])
    assert ana.mails.count() == 1

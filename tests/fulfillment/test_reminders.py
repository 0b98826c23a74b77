"""Who is reminded before the deadline, once each, and who is not; judged again when the mail leaves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry, User
from fulfillment import acts, organization, progress, reminders, reminding
from fulfillment.candidates import Candidate
from fulfillment.errors import NotResendable
from fulfillment.models import Fulfillment, Mail, MailState, Reminder, ReminderRound
from fulfillment.reminders import mark
from inventory import claims, reminder_days
from inventory.claims import Word
from inventory.models import Delivery, Product, TestID, WordSource
from outbox.models import Entry, EntryState
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work

pytestmark = pytest.mark.django_db
GIVEN = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
DEADLINE = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("today", "told", "due"),
    [
        ("2026-11-22", "2026-11-02", None),
        ("2026-11-23", "2026-11-02", 7),
        ("2026-11-27", "2026-11-02", 7),  # the worker had paused
        ("2026-11-28", "2026-11-02", 2),
        ("2026-11-30", "2026-11-02", 2),
        ("2026-12-01", "2026-11-02", None),
        ("2026-11-24", "2026-11-23", None),  # told on the very day
        ("2026-11-24", "2026-11-22", 7),
        ("2026-11-29", "2026-11-28", None),
        ("2026-11-29", "2026-11-24", 2),
    ],
)
def test_which_one_is_due(today: str, told: str, due: int | None) -> None:
    days = {"today": date.fromisoformat(today), "told_on": date.fromisoformat(told)}
    assert mark((7, 2), deadline=DEADLINE, **days) == due


def test_no_days_no_reminder() -> None:
    assert mark((), deadline=DEADLINE, today=DEADLINE, told_on=date(2026, 1, 1)) is None


@pytest.fixture
def one(academic: Product, give_test: Give, by_sam: Actor) -> Fulfillment:
    """Sent on 2 November, to be taken by the 30th; reminders 7 and 2 days before."""
    return sent(academic, give_test, by_sam)


def sent(product: Product, give_test: Give, by: Actor, *, number: int = 1, **more: Any) -> Fulfillment:
    with time_machine.travel(GIVEN, tick=False):
        stock(product, 1, first=number)
        given = give_test(product, deadline=DEADLINE, **more)
        acts.say_done_at_itep(oid=given.oid, actor=by)
        work()
    mail.outbox.clear()
    return fresh(given)


def at(text: str) -> time_machine.travel:
    return time_machine.travel(datetime.fromisoformat(f"{text}+00:00"), tick=False)


def sweep_at(text: str) -> int:
    with at(text):
        number = reminding.sweep()
        work()
        return number


def test_each_goes_once_and_says_what_to_do(one: Fulfillment) -> None:
    assert [sweep_at(f"2026-11-{day} 10:00") for day in (22, 23, 23, 24, 28, 29, 30)] == [0, 1, 0, 0, 1, 0, 0]
    assert [letter.subject for letter in mail.outbox] == ["Reminder: your iTEP test, to be taken by 30 November"] * 2
    assert "Take it by:    Monday 30 November 2026, 23:59" in str(mail.outbox[0].body)
    assert list(Reminder.objects.values_list("days_before", flat=True)) == [7, 2]
    assert fresh(one).state == "sent"


def test_after_a_pause_the_latest_alone(one: Fulfillment) -> None:
    assert [sweep_at(f"2026-11-{day} 10:00") for day in (29, 30)] == [1, 0]
    assert Reminder.objects.get().days_before == 2


@pytest.mark.parametrize(("hour", "goes"), [("08:59", 0), ("09:00", 1), ("17:59", 1), ("18:00", 0)])
def test_at_a_decent_hour_where_the_organization_is(one: Fulfillment, by_sam: Actor, hour: str, goes: int) -> None:
    organization.change(actor=by_sam, time_zone="Asia/Tokyo")
    there = datetime.fromisoformat(f"2026-11-24 {hour}+09:00")
    with time_machine.travel(there, tick=False):
        assert reminding.sweep() == goes


def test_what_could_not_leave_by_evening_waits_for_the_morning(one: Fulfillment) -> None:
    with at("2026-11-24 17:59"):
        assert reminding.sweep() == 1
    with at("2026-11-24 19:00"):
        work()
        entry = Entry.objects.get(kind="fulfillment.mail", state=EntryState.PENDING)
        assert (entry.due_at, mail.outbox) == (datetime(2026, 11, 25, 9, tzinfo=UTC), [])
    with at("2026-11-25 09:00"):
        Entry.objects.filter(pk=entry.pk).update(due_at=timezone.now() - timedelta(days=400))  # the database's clock
        work()
        assert len(mail.outbox) == 1


def to_ana() -> list[str]:
    """The subjects of what she was sent; staff are mailed too."""
    return [str(letter.subject) for letter in mail.outbox if letter.to == ["ana@example.org"]]


def not_by_status(one: Fulfillment, by: Actor) -> None:
    progress.seen(oid=one.oid, status_raw="Started", at=timezone.now(), by="webhook")


def not_by_unknown_word(one: Fulfillment, by: Actor) -> None:
    progress.seen(oid=one.oid, status_raw="Something new", at=timezone.now(), by="webhook")


def not_by_panel(one: Fulfillment, by: Actor) -> None:
    TestID.objects.update(left_panel_at=timezone.now())


def not_by_mirror(one: Fulfillment, by: Actor) -> None:
    TestID.objects.update(progress="started", progress_at=timezone.now())


def not_by_reset(one: Fulfillment, by: Actor) -> None:
    progress.seen(oid=one.oid, status_raw="Ready", at=timezone.now(), by="webhook")


def not_by_conflict(one: Fulfillment, by: Actor) -> None:
    word = Word(WordSource.EXPORT, timezone.now(), by, "upload 1")
    claims.note_conflict(one.claim, because="An export shows its test ID free.", test_id="", word=word)


def not_by_cancel(one: Fulfillment, by: Actor) -> None:
    acts.cancel(oid=one.oid, actor=by, reason="x")


NOT = [not_by_status, not_by_unknown_word, not_by_reset, not_by_panel, not_by_mirror, not_by_conflict, not_by_cancel]


@pytest.mark.parametrize("happened", NOT)
def test_nobody_whose_test_was_seen_or_is_in_doubt(one: Fulfillment, by_sam: Actor, happened: Any) -> None:
    with at("2026-11-20 10:00"):
        happened(one, by_sam)
    assert sweep_at("2026-11-24 10:00") == 0
    assert (Reminder.objects.count(), to_ana()) == (0, [])


@pytest.mark.parametrize("happened", NOT)
def test_what_happens_between_writing_and_sending_stops_it(one: Fulfillment, by_sam: Actor, happened: Any) -> None:
    with at("2026-11-24 10:00"):
        assert reminding.sweep() == 1
        happened(one, by_sam)
        work()
    assert to_ana() == []
    assert Mail.objects.get(kind="reminder").state == MailState.WITHHELD
    assert AuditEntry.objects.filter(verb="mail.withheld", oid=one.oid).count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"delivery": Delivery.ITEP},
        {"delivery": Delivery.NONE},
        {"deadline": None},
        {"email": ""},
        {"state": "assigned"},
    ],
)
def test_only_by_our_own_mail_before_a_deadline(one: Fulfillment, change: dict[str, Any]) -> None:
    Fulfillment.objects.update(**change)
    assert sweep_at("2026-11-24 10:00") == 0


def test_a_product_without_reminders(one: Fulfillment) -> None:
    Product.objects.update(reminder_days="")
    assert sweep_at("2026-11-24 10:00") == 0


def test_never_two_mails_to_one_person_in_a_day(
    one: Fulfillment, academic: Product, give_test: Give, by_sam: Actor
) -> None:
    sent(academic, give_test, by_sam, number=2, allow_duplicate=True)
    assert [sweep_at("2026-11-24 10:00"), sweep_at("2026-11-24 12:00"), sweep_at("2026-11-25 10:01")] == [1, 0, 1]
    assert len(mail.outbox) == 2


def test_a_mail_of_another_kind_counts_too(one: Fulfillment, by_sam: Actor) -> None:
    with at("2026-11-24 08:00"):
        acts.resend(oid=one.oid, actor=by_sam, reason="asked")
        work()
    assert [sweep_at("2026-11-24 10:00"), sweep_at("2026-11-25 10:00")] == [0, 1]


def many(product: Product, give_test: Give, by: Actor, count: int) -> list[Fulfillment]:
    people = [Candidate(f"Person {number}", f"p{number}@example.org") for number in range(count)]
    return [
        sent(product, give_test, by, number=number, candidate=person) for number, person in enumerate(people, start=1)
    ]


def test_more_than_usual_ask_a_person_first(academic: Product, give_test: Give, by_sam: Actor) -> None:
    many(academic, give_test, by_sam, 3)
    organization.change(actor=by_sam, reminders_unasked=2)
    assert [sweep_at("2026-11-24 10:00"), sweep_at("2026-11-24 10:10")] == [0, 0]
    assert (mail.outbox, Reminder.objects.count(), ReminderRound.objects.get().number) == ([], 0, 3)
    with at("2026-11-24 11:00"):
        asked = reminding.open_round()
        assert asked is not None
        reminding.answer(round_id=asked.pk, goes=True, actor=by_sam)
        assert reminding.open_round() is None
    assert sweep_at("2026-11-24 11:10") == 3
    assert AuditEntry.objects.filter(verb="reminders.allowed", user=by_sam.user).count() == 1


def test_a_no_holds_for_those_but_not_for_the_next_reminder(academic: Product, give_test: Give, by_sam: Actor) -> None:
    many(academic, give_test, by_sam, 3)
    organization.change(actor=by_sam, reminders_unasked=2)
    sweep_at("2026-11-24 10:00")
    with at("2026-11-24 11:00"):
        reminding.answer(round_id=ReminderRound.objects.get().pk, goes=False, actor=by_sam)
    organization.change(actor=by_sam, reminders_unasked=100)
    assert [sweep_at("2026-11-24 12:00"), sweep_at("2026-11-25 10:00"), sweep_at("2026-11-28 10:00")] == [0, 0, 3]


def test_the_limit_is_of_a_day_not_of_a_sweep(academic: Product, give_test: Give, by_sam: Actor) -> None:
    many(academic, give_test, by_sam, 2)
    organization.change(actor=by_sam, reminders_unasked=2)
    assert sweep_at("2026-11-24 10:00") == 2
    sent(academic, give_test, by_sam, number=9, candidate=Candidate("Late", "late@example.org"))
    assert sweep_at("2026-11-24 11:00") == 0
    assert ReminderRound.objects.count() == 1


def test_by_hand_with_the_reason_why_not(one: Fulfillment, by_sam: Actor) -> None:
    with at("2026-11-10 21:00"):
        reminding.remind(oid=one.oid, actor=by_sam, reason="on the phone")
        with pytest.raises(NotResendable, match="A mail is on its way already"):
            reminding.remind(oid=one.oid, actor=by_sam)
        work()  # a person decided: the hour is theirs
        assert len(mail.outbox) == 1
        entry = AuditEntry.objects.get(verb="fulfillment.reminded")
        assert (entry.user, entry.reason) == (by_sam.user, "on the phone")
        progress.seen(oid=one.oid, status_raw="Finished", at=timezone.now(), by="webhook")
        with pytest.raises(NotResendable, match="finished"):
            reminding.remind(oid=one.oid, actor=by_sam)
    assert Mail.objects.filter(kind="reminder").count() == 1


def test_where_itep_sends_a_person_may_remind_by_our_mail(one: Fulfillment, by_sam: Actor) -> None:
    Fulfillment.objects.update(delivery=Delivery.ITEP)
    with at("2026-11-10 21:00"):
        reminding.remind(oid=one.oid, actor=by_sam)
        work()
    assert len(mail.outbox) == 1


def test_after_the_deadline_only_with_another_one(one: Fulfillment, by_sam: Actor) -> None:
    with at("2026-12-03 10:00"):
        refused = reminding.remind_many(oids=[one.oid], actor=by_sam)
        assert refused == {one.oid: "The deadline has passed: give another one with the reminder."}
        assert reminding.remind_many(oids=[one.oid], actor=by_sam, deadline=date(2026, 12, 2)) != {}
        assert fresh(one).deadline == DEADLINE
        assert reminding.remind_many(oids=[one.oid], actor=by_sam, deadline=date(2026, 12, 20)) == {}
        work()
    assert "20 December" in mail.outbox[0].subject
    assert fresh(one).deadline == date(2026, 12, 20)
    assert AuditEntry.objects.get(verb="fulfillment.extended").detail == {
        "was": "2026-11-30",
        "deadline": "2026-12-20",
    }
    assert sweep_at("2026-12-14 10:00") == 1  # another deadline has reminders of its own


def test_what_was_refused_a_deadline_moves_nothing(one: Fulfillment, by_sam: Actor) -> None:
    with at("2026-12-03 10:00"):
        progress.seen(oid=one.oid, status_raw="Started", at=timezone.now(), by="webhook")
        assert len(reminding.remind_many(oids=[one.oid], actor=by_sam, deadline=date(2026, 12, 20))) == 1
    assert (fresh(one).deadline, Mail.objects.filter(kind="reminder").count()) == (DEADLINE, 0)


def test_two_sweeps_that_saw_the_same_write_one(one: Fulfillment) -> None:
    with at("2026-11-24 10:00"):
        seen = reminders.due()
        assert [reminding._write(due) for due in (*seen, *seen)] == [True, False]
    assert Reminder.objects.count() == 1


def test_staff_are_asked_on_today_and_answer_on_a_page(
    academic: Product, give_test: Give, by_sam: Actor, sam_browser: Client, sam: User
) -> None:
    many(academic, give_test, by_sam, 2)
    organization.change(actor=by_sam, reminders_unasked=1)
    sweep_at("2026-11-24 10:00")
    with at("2026-11-24 11:00"):
        sam_browser.force_login(sam)
        assert "2 reminders are due today" in sam_browser.get("/").content.decode()
        shown = sam_browser.get("/candidates/reminders/").content.decode()
        assert "Send 2 reminders?" in shown
        assert "Person 1" in shown
        sam_browser.post("/candidates/reminders/", {"goes": "yes"})
        assert "reminders are due today" not in sam_browser.get("/").content.decode()
    assert sweep_at("2026-11-24 11:10") == 2


def test_a_person_reminds_from_the_candidates_page(one: Fulfillment, sam_browser: Client, sam: User) -> None:
    with at("2026-11-20 11:00"):
        sam_browser.force_login(sam)
        assert 'data-dialog="act-remind"' in sam_browser.get(f"/candidates/{one.oid}/").content.decode()
        response = sam_browser.post(f"/candidates/{one.oid}/remind/", {"reason": "called"}, follow=True)
        assert "A reminder goes out." in response.content.decode()
    assert Mail.objects.filter(kind="reminder").count() == 1


@pytest.mark.parametrize(
    ("text", "days"), [("7, 2", (7, 2)), ("", ()), (" 2;7 7", (7, 2)), ("60", (60,)), ("1\t3", (3, 1))]
)
def test_the_days_as_they_are_typed(text: str, days: tuple[int, ...]) -> None:
    assert reminder_days.read(text) == days


@pytest.mark.parametrize("text", ["soon", "7, -2", "0", "61", "1,2,3,4,5,6", "7.5"])
def test_what_is_no_number_of_days_is_refused(text: str, ada_browser: Client, academic: Product) -> None:
    with pytest.raises(ValidationError):
        reminder_days.read(text)
    response = ada_browser.post(f"/inventory/products/{academic.code}/", product_form(reminder_days=text))
    assert response.status_code == 422
    assert Product.objects.get().reminder_days == "7, 2"


def test_an_administrator_sets_them_on_the_products_page(ada_browser: Client, academic: Product) -> None:
    ada_browser.post(f"/inventory/products/{academic.code}/", product_form(reminder_days="10, 3"))
    assert Product.objects.get().reminder_days == "10, 3"


def product_form(**changed: str) -> dict[str, str]:
    said = {"act": "save", "source": "inventory", "delivery": "portal", "calls": "manual", "lead_days": "7"}
    return said | {"assigned_to_keys": "{}"} | changed

"""A reset or a problem alarms staff at once, once; the candidate is told by a person alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry, User
from fulfillment import acts, progress, showing, telling, troubles
from fulfillment.errors import BadRequest, NotResendable
from fulfillment.models import Fulfillment, Mail, Trouble
from fulfillment.telling import Words
from inventory.models import Delivery, Product
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("", "ready", "reset"),
        ("started", "ready", "reset"),
        ("completed", "ready", "reset"),
        ("completed", "started", "reset"),
        ("finished", "started", "reset"),
        ("invalidated", "started", "reset"),
        ("", "started", None),
        ("ready", "started", None),
        ("problem", "started", None),  # the candidate goes on
        ("ready", "ready", None),
        ("started", "problem", "problem"),
        ("problem", "problem", None),
        ("completed", "invalidated", "invalidated"),
        ("", "disabled", "disabled"),
        ("started", "finished", None),
        ("finished", "review", None),
        ("review", "completed", None),
        ("completed", "", None),
    ],
)
def test_what_is_an_alarm(before: str, after: str, kind: str | None) -> None:
    assert troubles.kind_of(before=before, after=after) == kind


@pytest.fixture
def one(academic: Product, give_test: Give, by_sam: Actor, ada: User) -> Fulfillment:
    stock(academic, 1)
    given = give_test(academic)
    acts.say_done_at_itep(oid=given.oid, actor=by_sam)
    work()
    mail.outbox.clear()
    return fresh(given)


def seen(one: Fulfillment, *words: str, by: str = "webhook") -> None:
    for number, word in enumerate(words):
        progress.seen(oid=one.oid, status_raw=word, at=timezone.now() + timedelta(seconds=number), by=by)
    work()


def test_staff_are_alarmed_at_once_and_once(one: Fulfillment, ada: User) -> None:
    seen(one, "Started", "Problem", "Technical Difficulty", "Problem")
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["ada@example.org"], "iTEP reports a problem with a test of iTEP Academic-Plus"),
        (["sam@example.org"], "iTEP reports a problem with a test of iTEP Academic-Plus"),
    ]
    body = str(mail.outbox[0].body)
    assert f"/candidates/{one.oid}/" in body
    assert "Ana" not in body
    assert Trouble.objects.get().kind == "problem"
    assert AuditEntry.objects.filter(verb="trouble.problem", oid=one.oid).count() == 1
    assert one.mails.count() == 1  # nothing to the candidate by itself


def test_the_same_again_later_is_another_event(one: Fulfillment) -> None:
    seen(one, "Started", "Problem", "Started", "Problem")
    assert (Trouble.objects.count(), len(mail.outbox)) == (2, 4)


def test_an_older_word_alarms_nobody(one: Fulfillment) -> None:
    seen(one, "Finished")
    progress.seen(oid=one.oid, status_raw="Problem", at=timezone.now() - timedelta(days=1), by="webhook")
    assert Trouble.objects.count() == 0


def test_neither_what_a_person_saw_nor_what_happens_to_a_cancelled_test(one: Fulfillment, by_sam: Actor) -> None:
    seen(one, "Problem", by="person")
    acts.cancel(oid=one.oid, actor=by_sam, reason="x")
    seen(one, "Started", "Disabled")
    assert (Trouble.objects.count(), mail.outbox) == (0, [])


def test_once_it_is_graded_nothing_is_open(one: Fulfillment) -> None:
    seen(one, "Problem", "Completed")
    assert troubles.latest_open(fresh(one)) is None
    assert AuditEntry.objects.filter(verb="trouble.passed").count() == 1


def test_a_person_tells_the_candidate_in_their_own_words(one: Fulfillment, by_sam: Actor) -> None:
    seen(one, "Finished", "Started")
    assert showing.moment_of(fresh(one)) == "reset"
    words = telling.draft(fresh(one))
    assert words.subject == "iTEP has reset your test"
    assert "ACADPLUS0001" in words.body
    mail.outbox.clear()
    written = telling.tell(oid=one.oid, words=Words(words.subject, "Please begin again.\r\nToday."), actor=by_sam)
    work()
    assert [(letter.to, letter.body) for letter in mail.outbox] == [
        (["ana@example.org"], "Please begin again.\nToday.\n")
    ]
    trouble = Trouble.objects.get()
    assert (trouble.mail, trouble.handled_by) == (written, by_sam.user)
    assert showing.moment_of(fresh(one)) == "started"
    assert AuditEntry.objects.get(verb="candidate.told").user == by_sam.user
    with pytest.raises(NotResendable, match="Nothing happened"):
        telling.tell(oid=one.oid, words=words, actor=by_sam)


def test_after_a_problem_the_draft_promises_nothing(one: Fulfillment) -> None:
    seen(one, "Invalidated")
    words = telling.draft(fresh(one))
    assert "does not count" in words.body
    assert "Take it by" not in words.body


@pytest.mark.parametrize("words", [Words("", "x"), Words("x", " \n"), Words("x\x00", "x"), Words("x", "y" * 10_001)])
def test_what_cannot_stand_in_a_mail_is_refused_and_nothing_is_closed(
    one: Fulfillment, by_sam: Actor, words: Words
) -> None:
    seen(one, "Problem")
    with pytest.raises(BadRequest):
        telling.tell(oid=one.oid, words=words, actor=by_sam)
    assert (Mail.objects.filter(kind="reset").count(), troubles.latest_open(one) is not None) == (0, True)


def test_where_nobody_is_mailed_it_is_seen_to_otherwise(one: Fulfillment, by_sam: Actor) -> None:
    Fulfillment.objects.update(delivery=Delivery.NONE)
    seen(one, "Problem")
    with pytest.raises(NotResendable, match="whoever asked for it"):
        telling.tell(oid=one.oid, words=Words("x", "y"), actor=by_sam)
    assert troubles.handled(one, actor=by_sam, reason="by telephone") == 1
    assert troubles.handled(one, actor=by_sam) == 0
    entry = AuditEntry.objects.get(verb="trouble.handled")
    assert (entry.user, entry.reason) == (by_sam.user, "by telephone")


def test_staff_find_it_on_today_and_on_the_candidates_page(one: Fulfillment, sam_browser: Client) -> None:
    seen(one, "Started", "Problem", "Ready")
    today = sam_browser.get("/").content.decode()
    assert today.count("iTEP has reset the test of Ana Silva") == 1
    assert "iTEP reports a problem with the test of Ana Silva" not in today
    assert "iTEP has reset this test." in sam_browser.get(f"/candidates/{one.oid}/").content.decode()
    page = f"/candidates/{one.oid}/tell/"
    assert "What was done in it before no longer counts." in sam_browser.get(page).content.decode()
    assert Mail.objects.filter(kind="reset").count() == 0
    refused = sam_browser.post(page, {"subject": "", "body": "x"})
    assert (refused.status_code, Mail.objects.filter(kind="reset").count()) == (422, 0)
    sent = sam_browser.post(page, {"subject": "Begin again", "body": "Please."})
    assert (sent.status_code, Mail.objects.get(kind="reset").body) == (302, "Please.\n")
    assert "has reset" not in sam_browser.get("/").content.decode()
    assert "Nothing can be sent now" in sam_browser.get(page).content.decode()


def test_seen_to_otherwise_from_the_page(one: Fulfillment, sam_browser: Client, sam: User) -> None:
    seen(one, "Problem")
    assert sam_browser.post(f"/candidates/{one.oid}/seen-to/").status_code == 302
    assert Trouble.objects.get().handled_by == sam


def test_others_may_not(one: Fulfillment, nobody: User) -> None:
    seen(one, "Problem")
    client = Client()
    client.force_login(nobody)
    for path in ("tell/", "seen-to/", "remind/"):
        assert client.post(f"/candidates/{one.oid}/{path}", {"subject": "x", "body": "y"}).status_code == 403
    assert troubles.latest_open(one) is not None

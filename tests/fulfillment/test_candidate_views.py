"""The candidate's own page: GET changes nothing, and it says kindly where the test stands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import acts, deadlines, guessing, organization, progress
from fulfillment.models import CandidateRequest, Fulfillment
from inventory.models import Delivery, Product, TestID
from outbox.models import Entry
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep

pytestmark = pytest.mark.django_db


@pytest.fixture
def assigned(itep: PretendItep, called: Product, give_test: Give) -> Fulfillment:
    stock(called, 1)
    TestID.objects.update(password="open-sesame")
    one = give_test(called, deadline=deadlines.today() + timedelta(days=9))
    work()
    return fresh(one)


def page(one: Fulfillment, then: str = "") -> str:
    return f"/c/{one.link_token}/{then}"


def text(one: Fulfillment) -> str:
    return Client().get(page(one)).content.decode()


def everything() -> tuple[object, ...]:
    return (
        AuditEntry.objects.count(),
        Entry.objects.count(),
        CandidateRequest.objects.count(),
        list(Fulfillment.objects.values()),
        list(TestID.objects.values()),
    )


def test_get_and_head_change_nothing_and_show_no_secret(assigned: Fulfillment) -> None:
    before = everything()
    client = Client()
    for path in (page(assigned), page(assigned, "deadline.ics")):
        response = client.get(path)
        assert response.status_code == client.head(path).status_code == 200
        assert "BUSPLUS0001" not in response.content.decode()
        assert "open-sesame" not in response.content.decode()
    assert client.get(page(assigned, "show/")).status_code == 405
    assert client.get(page(assigned, "ask/")).status_code == 405
    assert everything() == before


def test_nothing_is_kept_and_no_other_site_learns_of_it(assigned: Fulfillment) -> None:
    response = Client().get(page(assigned))
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]


def test_the_candidate_asks_to_see_the_test_id(assigned: Fulfillment) -> None:
    told = assigned.claim.told_at
    response = Client().post(page(assigned, "show/"))
    shown = response.content.decode()
    assert ("BUSPLUS0001" in shown, "open-sesame" in shown) == (True, True)
    assert "no-store" in response["Cache-Control"]
    entry = AuditEntry.objects.get(verb="candidate.saw_test_id")
    assert (entry.oid, entry.actor_kind, entry.test_id) == (assigned.oid, "candidate", "BUSPLUS0001")
    assert fresh(assigned).claim.told_at == told is not None


def test_a_post_needs_the_token_of_the_page(assigned: Fulfillment) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(page(assigned, "show/")).status_code == 403
    client.get(page(assigned))
    token = {"csrfmiddlewaretoken": client.cookies[settings.CSRF_COOKIE_NAME].value}
    assert client.post(page(assigned, "show/"), token, headers={"Origin": "null"}).status_code == 200
    assert client.post(page(assigned, "show/"), token, headers={"Origin": "https://evil.example"}).status_code == 403


def test_whoever_is_waiting_sees_no_id_and_can_get_none(called: Product, give_test: Give) -> None:
    one = give_test(called)
    assert "being arranged" in text(one)
    response = Client().post(page(one, "show/"))
    assert "secret" not in response.content.decode()
    assert not AuditEntry.objects.filter(verb="candidate.saw_test_id").exists()


@pytest.mark.parametrize(
    ("status", "words", "shows"),
    [
        ("Started", "You have started your test.", True),
        ("Finished", "Finished. iTEP is grading.", False),
        ("Review", "Finished. iTEP is grading.", False),
        ("Completed", "Your test is graded.", False),
        ("Ready", "iTEP has reset your test; Lisbon School will tell you what to do.", True),
        ("Invalidated", "There is a question about your test; Lisbon School", False),
        ("Technical Difficulty", "There is a question about your test; Lisbon School", False),
    ],
)
def test_the_page_follows_the_test(assigned: Fulfillment, by_sam: Actor, status: str, words: str, shows: bool) -> None:
    organization.change(actor=by_sam, name="Lisbon School")
    progress.seen(oid=assigned.oid, status_raw=status, at=timezone.now(), by="webhook")
    found = text(assigned)
    assert words in found
    assert ("Show my test ID" in found) is shows


def test_cancelled_and_expired_are_said_kindly(assigned: Fulfillment, by_sam: Actor) -> None:
    Fulfillment.objects.update(deadline=deadlines.today() - timedelta(days=1))
    assert "The time for this test is over." in text(assigned)
    assert "Show my test ID" not in text(assigned)
    Fulfillment.objects.update(deadline=None)
    acts.cancel(oid=assigned.oid, actor=by_sam, reason="x")
    assert "This test was cancelled." in text(assigned)
    assert "BUSPLUS0001" not in Client().post(page(assigned, "show/")).content.decode()


def test_where_itep_sends_the_page_says_so(itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 1)
    one = give_test(called, delivery=Delivery.ITEP)
    work()
    assert "iTEP sends your test ID. Not there after a day?" in text(one)
    assert "Show my test ID" not in text(one)


@pytest.mark.parametrize("kind", CandidateRequest.Kind.values)
def test_a_request_changes_nothing_but_reaches_staff(assigned: Fulfillment, kind: str) -> None:
    client = Client()
    response = client.post(page(assigned, "ask/"), {"kind": kind, "text": "Please help"}, follow=True)
    assert "A person will read it" in response.content.decode()
    request = CandidateRequest.objects.get()
    assert (request.kind, request.text, request.handled_at) == (kind, "Please help", None)
    assert fresh(assigned).state == "sent"


def test_nonsense_is_no_request(assigned: Fulfillment) -> None:
    assert Client().post(page(assigned, "ask/"), {"kind": "free_money"}).status_code == 400
    assert CandidateRequest.objects.count() == 0


def test_the_calendar_holds_the_deadline_and_no_id(assigned: Fulfillment) -> None:
    response = Client().get(page(assigned, "deadline.ics"))
    assert assigned.deadline is not None
    lines = response.content.decode().split("\r\n")
    assert f"DTEND:{assigned.deadline:%Y%m%d}T235900Z" in lines
    assert all(len(line.encode()) <= 75 for line in lines)
    assert response["Content-Type"].startswith("text/calendar")


def test_guessing_is_slowed_down_and_a_right_link_never(assigned: Fulfillment) -> None:
    cache.clear()
    client = Client()
    statuses = [client.get(f"/c/wrong-{number}/").status_code for number in range(guessing.MOST_MISSES + 1)]
    assert statuses == [404] * guessing.MOST_MISSES + [429]
    assert client.get(page(assigned)).status_code == 200
    cache.clear()

"""Past the deadline, never seen started: who is idle, what it costs, and both acts for many with their preview."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry, User
from fulfillment import acts, deadlines, overdue, progress
from fulfillment.candidates import Candidate
from fulfillment.models import Fulfillment, Mail, State
from inventory.models import ClaimState, Product, TestID
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def late(academic: Product, give_test: Give, by_sam: Actor) -> list[Fulfillment]:
    """Three tests, three days over."""
    stock(academic, 3)
    Product.objects.update(price=Decimal("30.50"), currency="EUR")
    given = [give_test(academic, candidate=Candidate(name, f"{name}@example.org")) for name in ("Ana", "Bo", "Cy")]
    for one in given:
        acts.say_done_at_itep(oid=one.oid, actor=by_sam)
    work()
    mail.outbox.clear()
    Fulfillment.objects.update(deadline=deadlines.today() - timedelta(days=3))
    return [fresh(one) for one in given]


def names() -> list[str]:
    return [idle.one.name for idle in overdue.idle(overdue.tests().order_by("pk"))]


def test_who_is_idle_since_when_and_what_it_costs(late: list[Fulfillment]) -> None:
    found = overdue.idle(overdue.tests())
    assert [(idle.days, idle.price) for idle in found] == [(3, Decimal("30.50"))] * 3
    assert overdue.costs(found) == [(Decimal("91.50"), "EUR")]


def test_not_who_was_seen_started_by_either_way_or_left_the_list(late: list[Fulfillment], by_sam: Actor) -> None:
    progress.seen(oid=late[0].oid, status_raw="Started", at=timezone.now(), by="webhook")
    TestID.objects.filter(holder=late[1].claim_id).update(left_panel_at=timezone.now())
    assert names() == ["Cy"]
    TestID.objects.filter(holder=late[2].claim_id).update(progress="started")
    assert names() == []


def test_not_who_has_time_was_cancelled_or_waits(late: list[Fulfillment], by_sam: Actor) -> None:
    Fulfillment.objects.filter(pk=late[0].pk).update(deadline=deadlines.today())
    acts.cancel(oid=late[1].oid, actor=by_sam, reason="x")
    Fulfillment.objects.filter(pk=late[2].pk).update(state=State.WAITING)
    assert names() == []


def test_today_leads_to_the_list(late: list[Fulfillment], sam_browser: Client) -> None:
    today = sam_browser.get("/").content.decode()
    assert "3 tests past their deadline, never seen started" in today
    assert "Remind 3" in today
    assert "Free the IDs" in today
    shown = sam_browser.get("/candidates/overdue/?act=free").content.decode()
    assert "91.50 EUR" in shown
    assert [name in shown for name in ("Ana", "Bo", "Cy")] == [True] * 3


def test_empty_it_says_so(sam_browser: Client) -> None:
    assert "No test is past its deadline" in sam_browser.get("/candidates/overdue/").content.decode()


def test_the_preview_says_who_not_and_why_and_does_nothing(late: list[Fulfillment], sam_browser: Client) -> None:
    Fulfillment.objects.filter(pk=late[1].pk).update(email="")
    oids = [str(one.oid) for one in late]
    shown = sam_browser.post("/candidates/overdue/remind/", {"oid": oids}).content.decode()
    assert "Remind 2 candidates?" in shown
    assert "There is no email address." in shown
    assert Mail.objects.filter(kind="reminder").count() == 0
    assert "Free 1 test ID?" in sam_browser.post("/candidates/overdue/free/", {"oid": oids[:1]}).content.decode()
    assert TestID.objects.filter(to_clear_since__isnull=False).count() == 0


def test_many_are_reminded_with_a_new_last_day(late: list[Fulfillment], sam_browser: Client) -> None:
    oids = [str(one.oid) for one in late[:2]]
    day = deadlines.today() + timedelta(days=5)
    path = "/candidates/overdue/remind/do/"
    for wrong in ("", str(deadlines.today() - timedelta(days=1)), "soon"):
        assert sam_browser.post(path, {"oid": oids, "deadline": wrong}).status_code == 422
    assert Mail.objects.filter(kind="reminder").count() == 0
    response = sam_browser.post(path, {"oid": oids, "deadline": str(day)}, follow=True)
    assert "2 candidates are reminded." in response.content.decode()
    work()
    assert len(mail.outbox) == 2
    assert [fresh(one).deadline for one in late[:2]] == [day, day]
    assert names() == ["Cy"]


def test_many_ids_are_freed_with_a_reason_and_stay_until_a_person_frees_them(
    late: list[Fulfillment], sam_browser: Client, sam: User
) -> None:
    oids = [str(one.oid) for one in late[:2]]
    path = "/candidates/overdue/free/do/"
    assert sam_browser.post(path, {"oid": oids, "reason": " "}).status_code == 422
    assert [fresh(one).state for one in late] == [State.SENT] * 3
    response = sam_browser.post(path, {"oid": oids, "reason": "never came"}, follow=True)
    assert "2 tests are cancelled." in response.content.decode()
    assert [fresh(one).state for one in late] == [State.CANCELLED, State.CANCELLED, State.SENT]
    freed = TestID.objects.filter(to_clear_since__isnull=False)
    assert [one.holder.state for one in freed if one.holder] == [ClaimState.ENDED] * 2
    assert not any(one.is_available for one in freed)
    asked = AuditEntry.objects.filter(verb="fulfillment.cancel_asked")
    assert [(one.user, one.reason) for one in asked] == [(sam, "never came")] * 2


def test_who_began_meanwhile_is_left_out(late: list[Fulfillment], sam_browser: Client) -> None:
    progress.seen(oid=late[0].oid, status_raw="Started", at=timezone.now(), by="webhook")
    oids = [str(one.oid) for one in late] + ["nonsense"]
    sam_browser.post("/candidates/overdue/free/do/", {"oid": oids, "reason": "never came"})
    assert [fresh(one).state for one in late] == [State.SENT, State.CANCELLED, State.CANCELLED]


def test_only_the_two_acts_and_only_staff(late: list[Fulfillment], sam_browser: Client, nobody: User) -> None:
    assert sam_browser.post("/candidates/overdue/burn/").status_code == 404
    client = Client()
    client.force_login(nobody)
    assert client.get("/candidates/overdue/").status_code == 403
    oids = [str(one.oid) for one in late]
    assert client.post("/candidates/overdue/free/do/", {"oid": oids, "reason": "x"}).status_code == 403
    assert [fresh(one).state for one in late] == [State.SENT] * 3

"""What became of no call: unknown, stopped, given up, erased; and how each is settled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import acts, settling
from fulfillment.models import Fulfillment, State
from inventory.models import ClaimState, Product
from outbox import entries
from outbox.locks import seconds_from_now
from outbox.models import Attempt, Entry, EntryState
from tests.conftest import stock
from tests.fulfillment.call_world import call_entries, people, while_the_call_runs
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep, Reply

pytestmark = pytest.mark.django_db


def test_the_page_says_what_settles_the_unknown(
    itep: PretendItep, called: Product, give_test: Give, sam_browser: Client, settings: Settings
) -> None:
    settings.SETTLE_MINUTES = 15
    stock(called, 1)
    itep.replies.append(Reply(status=502, body={"error": {"message": "Jane Roe has it."}}))
    one = give_test(called)
    work()
    ended = fresh(one).claim.call_ended_at
    assert ended is not None
    page = sam_browser.get("/candidates/calls/")
    assert (page.context["which"], [row[1:] for row in page.context["rows"]]) == (
        "unknown",
        [("Jane Roe has it.", ended + timedelta(minutes=15))],
    )
    text = " ".join(sam_browser.get(f"/candidates/{one.oid}/").content.decode().split())
    assert "The next export downloaded after" in text
    assert "Jane Roe has it." in text
    metrics = Client().get("/metrics").content.decode()
    assert "portal_calls_unknown 1.0" in metrics
    assert "portal_itep_silent_seconds 0.0" in metrics


def test_all_that_stopped_are_called_again_in_order(
    itep: PretendItep, called: Product, give_test: Give, sam_browser: Client
) -> None:
    stock(called, 5)
    itep.replies.extend([Reply(status=422, body={"error": {"message": "Wrong."}})] * 3)
    given = [give_test(called, person) for person in people(3)]
    work()
    page = sam_browser.get("/candidates/calls/?which=stopped")
    assert [(one.oid, said) for one, said, _after in page.context["rows"]] == [(one.oid, "Wrong.") for one in given]
    assert "Make these 3 calls again" in " ".join(page.content.decode().split())

    itep.replies.append(Reply(status=422))
    later = give_test(called, people(1, first=9)[0])
    work()
    sam_browser.post(f"/candidates/calls/again/{page.context['chosen']}")
    while work():
        pass
    assert [asked["test_id"] for asked in itep.asked[4:]] == ["BUSPLUS0001", "BUSPLUS0002", "BUSPLUS0003"]
    assert ([fresh(one).state for one in given], fresh(later).state) == ([State.SENT] * 3, State.FAILED)
    tried = AuditEntry.objects.filter(verb="claim.tried_again")
    assert list(tried.values_list("actor_kind", "user__email")) == [("user", "sam@example.org")] * 3


def test_a_call_that_a_person_gave_up_is_not_made_by_itself(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 1)
    itep.replies.append(Reply(status=422))
    one = give_test(called)
    work()
    [dead] = Entry.objects.filter(state=EntryState.DEAD)
    entries.drop(entry_id=dead.pk, actor=by_sam, reason="not needed")
    settling.settle(oid=one.oid)
    assert (work(), fresh(one).state, len(itep.asked)) == (0, State.FAILED, 1)
    acts.call_again(oid=one.oid, actor=by_sam)
    work()
    assert fresh(one).state == State.SENT


def test_what_stopped_and_was_settled_otherwise_needs_nobody(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 1)
    itep.replies.append(Reply(status=422))
    one = give_test(called)
    work()
    acts.say_done_at_itep(oid=one.oid, actor=by_sam)
    assert call_entries(state=EntryState.DEAD) == 0


def test_erased_with_the_person_is_what_was_sent_and_answered(
    itep: PretendItep, called: Product, give_test: Give
) -> None:
    stock(called, 2)
    gone, kept = (give_test(called, person) for person in people(2))
    itep.replies.append(Reply(422, {"error": {"message": "No."}}))
    work()
    assert entries.erase(oid=gone.oid) == Attempt.objects.filter(entry__oid=gone.oid).count() == 1
    assert entries.erase(oid=gone.oid) == 1  # again is no harm
    one = Attempt.objects.get(entry__oid=gone.oid)
    assert (one.request, one.answer, one.said) == ("", "", "")
    assert (one.outcome, one.status, one.seconds is not None) == ("refused", 422, True)
    other = Attempt.objects.get(entry__oid=kept.oid, entry__kind="fulfillment.call")
    assert "p2@example.org" in other.request


def test_erased_while_the_call_runs_nothing_is_written_down(
    itep: PretendItep, called: Product, give_test: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(called, 1)
    one = give_test(called)
    while_the_call_runs(monkeypatch, lambda: entries.erase(oid=one.oid))
    work()
    attempt = Attempt.objects.get(entry__kind="fulfillment.call")
    assert (attempt.request, attempt.answer, attempt.status) == ("", "", 200)
    assert fresh(one).claim.state == ClaimState.CONFIRMED
    assert Fulfillment.objects.count() == 1


def test_a_late_answer_settles_the_unknown(
    itep: PretendItep, called: Product, give_test: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lease was lost while iTEP thought about it: nobody calls again, and the answer still counts."""
    stock(called, 1)
    one = give_test(called)

    def another_worker_finds_it_lost() -> None:
        Entry.objects.filter(oid=one.oid).update(lease_until=seconds_from_now(-1))
        assert work() == 1
        assert fresh(one).state == State.UNKNOWN

    while_the_call_runs(monkeypatch, another_worker_finds_it_lost)
    while work():
        pass
    assert (fresh(one).state, len(itep.asked), len(mail.outbox)) == (State.SENT, 1, 1)
    assert Attempt.objects.get(entry__kind="fulfillment.call").late is True

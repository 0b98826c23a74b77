"""iTEP is gone, and comes back: what staff see, by hand meanwhile, and that nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from access.actors import Actor
from access.models import AuditEntry, User
from fulfillment import acts, calls
from fulfillment.models import State
from inventory import claims, products
from inventory.models import Claim, ClaimState, Product
from outbox.locks import seconds_from_now
from outbox.models import Attempt, Entry, EntryState, Way
from portal.today import needs
from tests.conftest import stock
from tests.fulfillment.call_world import call_entries, people
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep, Reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone(itep: PretendItep) -> PretendItep:
    """Nobody listens at iTEP's address any more."""
    itep.stop()
    return itep


def try_again(times: int = 1) -> None:
    for _try in range(times):
        Way.objects.update(held_until=seconds_from_now(-1))
        work()


def come_back(settings: Settings, itep: PretendItep) -> PretendItep:
    there = PretendItep()
    settings.ITEP_BASE_URL = there.url
    return there


def test_gone_it_is_accepted_reserved_and_queued_and_comes_back_in_order(
    gone: PretendItep, called: Product, give_test: Give, settings: Settings
) -> None:
    stock(called, 6)
    given = [give_test(called, person) for person in people(6)]
    work()
    try_again(5)
    assert {fresh(one).state for one in given} == {State.CLAIMED}
    assert (Attempt.objects.count(), call_entries(state=EntryState.PENDING), call_entries(tries__gt=0)) == (6, 6, 0)
    assert Claim.objects.exclude(state=ClaimState.RESERVED).count() == 0  # it never left: nothing is unknown

    itep = come_back(settings, gone)
    try_again()
    assert [asked["test_id"] for asked in itep.asked] == [f"BUSPLUS{n:04}" for n in range(1, 7)]
    assert {fresh(one).state for one in given} == {State.SENT}
    assert calls.silence() is None
    itep.stop()


def test_the_banner_says_since_when_how_many_and_how_long(
    gone: PretendItep, called: Product, give_test: Give, sam_browser: Client, nobody: User
) -> None:
    stock(called, 3)
    for person in people(3):
        give_test(called, person)
    work()
    assert "does not answer since" not in sam_browser.get("/").content.decode()  # one failure may be over at once
    try_again(calls.SHOWN_FROM)
    Entry.objects.filter(kind="fulfillment.call").update(created_at=timezone.now() - timedelta(minutes=40))
    for page in ("/", "/inventory/", "/candidates/give/"):
        text = sam_browser.get(page).content.decode()
        assert "iTEP does not answer since" in text
        assert "3 calls wait, the oldest 40\xa0minutes." in " ".join(text.split(" "))
        assert 'href="/candidates/calls/"' in text

    try_again()
    shown = sam_browser.get("/candidates/calls/").context
    assert (shown["silence"].waiting, [line.waiting for line in shown["lines"]]) == (3, [3])
    assert [one.name for one, _said, _after in shown["rows"]] == ["Person 001", "Person 002", "Person 003"]
    stranger = Client()
    stranger.force_login(nobody)
    assert stranger.get("/candidates/calls/").status_code == 403


def test_where_nobody_waits_it_is_not_said_for_ever(
    gone: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 1)
    one = give_test(called)
    work()
    try_again(calls.SHOWN_FROM)
    Way.objects.update(held_until=timezone.now() - timedelta(minutes=11))
    assert calls.silence() is not None
    acts.cancel(oid=one.oid, actor=by_sam, reason="no")
    assert calls.silence() is None
    Way.objects.update(held_until=timezone.now() - timedelta(minutes=9))
    assert calls.silence() is not None


def test_a_candidate_is_told_nothing_of_it(gone: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 1)
    one = give_test(called)
    try_again(1 + calls.SHOWN_FROM)
    page = Client().get(f"/c/{one.link_token}/")
    assert (page.status_code, "does not answer" in page.content.decode(), mail.outbox) == (200, False, [])


def test_by_hand_meanwhile_and_back_and_never_both_for_one(
    gone: PretendItep, called: Product, give_test: Give, sam_browser: Client, by_sam: Actor, settings: Settings
) -> None:
    stock(called, 3)
    written, done, left = (give_test(called, person) for person in people(3))
    work()
    try_again(2)
    assert sam_browser.post("/candidates/calls/by-hand/", {"product": "BUS-PLUS"}).url == "/inventory/todo/"  # type: ignore[attr-defined]
    work()
    assert call_entries(state=EntryState.PENDING) == 0
    todo = sam_browser.get("/inventory/todo/").context["work"].assign
    assert [row.oid for row in todo] == [written.oid, done.oid, left.oid]
    assert [need.what for need in needs.needs(timezone.localdate()) if "for now" in need.what] == [
        "iTEP Business-Plus goes by hand for now"
    ]

    claims.text_taken(oid=written.oid, text="mine", actor=by_sam)
    claims.done_at_itep(oid=done.oid, actor=by_sam)
    itep = come_back(settings, gone)
    sam_browser.post("/candidates/calls/by-calls/", {"product": "BUS-PLUS"})
    try_again()
    work()
    assert [asked["test_id"] for asked in itep.asked] == ["BUSPLUS0003"]
    assert [fresh(one).claim.state for one in (written, done, left)] == ["unknown", "confirmed", "confirmed"]
    claims.not_done_at_itep(oid=written.oid, actor=by_sam)  # put back: now it is called for
    work()
    assert [asked["test_id"] for asked in itep.asked] == ["BUSPLUS0003", "BUSPLUS0001"]
    assert fresh(written).state == State.SENT
    assert list(AuditEntry.objects.filter(verb__startswith="product.by_").values_list("verb", "actor_kind")) == [
        ("product.by_hand", "user"),
        ("product.by_calls", "user"),
    ]
    itep.stop()


def test_what_is_unknown_stays_so_by_hand_as_well(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor, sam_browser: Client
) -> None:
    stock(called, 2)
    itep.replies.append(Reply(body=None))
    one = give_test(called)
    work()
    products.go_by_hand(products=[called], actor=by_sam)
    work()
    assert (fresh(one).state, fresh(one).claim.by_hand) == (State.UNKNOWN, False)
    assert sam_browser.get("/inventory/todo/").context["work"].assign == []


def test_all_products_go_by_hand_but_those_that_do_already(academic: Product, called: Product, by_sam: Actor) -> None:
    everything = list(Product.objects.all())
    assert products.go_by_hand(products=everything, actor=by_sam) == ["BUS-PLUS"]
    assert products.go_by_hand(products=everything, actor=by_sam) == []
    assert products.go_by_calls(products=everything, actor=by_sam) == ["BUS-PLUS"]
    assert products.go_by_calls(products=everything, actor=by_sam) == []


def test_a_cancelled_call_waits_no_more(gone: PretendItep, called: Product, give_test: Give, by_sam: Actor) -> None:
    stock(called, 2)
    one, other = (give_test(called, person) for person in people(2))
    work()
    acts.cancel(oid=other.oid, actor=by_sam, reason="no")
    assert (call_entries(state=EntryState.PENDING), call_entries(state=EntryState.DROPPED)) == (1, 1)
    assert [found.oid for found in calls.listed("waiting")] == [one.oid]

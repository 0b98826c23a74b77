"""iTEP is gone, and comes back; its key is wrong; it wants fewer calls: what staff see, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from access.actors import Actor
from access.models import AuditEntry, User
from fulfillment import acts, calls, settling
from fulfillment.candidates import Candidate
from fulfillment.models import Fulfillment, State
from inventory import claims, products
from inventory.models import Calls, Claim, ClaimState, Product
from itep import client
from outbox import alarms, entries
from outbox.locks import seconds_from_now
from outbox.models import Attempt, Entry, EntryState, Pace, Way
from portal.today import needs
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep, Reply

pytestmark = pytest.mark.django_db


def people(count: int, first: int = 1) -> list[Candidate]:
    return [Candidate(f"Person {n:03}", f"p{n}@example.org", f"hr-{n}") for n in range(first, first + count)]


def call_entries(**which: object) -> int:
    return Entry.objects.filter(kind="fulfillment.call", **which).count()


@pytest.fixture
def gone(itep: PretendItep) -> PretendItep:
    """Nobody listens at iTEP's address any more."""
    itep.stop()
    return itep


def while_the_call_runs(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """`act` happens once, while iTEP thinks about the next call."""
    acts_, send = [act], client.send

    def send_meanwhile(*args: Any) -> client.Answer:
        if acts_:
            acts_.pop()()
        return send(*args)

    monkeypatch.setattr("fulfillment.calling.client.send", send_meanwhile)


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


# A key that iTEP refuses.


def three_with_one_key() -> list[Product]:
    made = []
    for code in ("A", "B", "C"):
        product = Product(code=code, calls=Calls.API)
        product.set_api_key("one-key-for-all")
        product.save()
        stock(product, 20)
        made.append(product)
    return made


def test_a_bad_key_is_one_alarm_and_not_a_failure_each(
    itep: PretendItep, called: Product, give_test: Give, ada: User, by_sam: Actor
) -> None:
    sharing = three_with_one_key()
    stock(called, 1)
    given = [give_test(sharing[n % 3], person) for n, person in enumerate(people(48))]
    other = give_test(called)
    itep.replies.append(Reply(status=401))
    while work():
        pass

    assert [asked["key"] for asked in itep.asked] == ["one-key-for-all", "key-of-business"]
    assert Product.objects.filter(paused_at__isnull=False).values_list("code", flat=True).count() == 3
    assert {fresh(one).state for one in given} == {State.CLAIMED}
    assert fresh(other).state == State.SENT
    told = [letter for letter in mail.outbox if letter.to == ["ada@example.org"]]
    assert [letter.subject for letter in told] == ["No calls to iTEP for 3 products"]
    assert all(code in told[0].body for code in ("\n  A", "\n  B", "\n  C", "48 requests wait"))
    assert Entry.objects.filter(kind=alarms.KIND).count() == 1
    assert len([need for need in needs.needs(timezone.localdate()) if "is paused" in need.what]) == 3

    for product in sharing:
        products.create_or_change(code=product.code, actor=by_sam, change={"api_key": "right-key"})
        products.resume(product=product, actor=by_sam)
    while work():
        pass
    asked = [one for one in itep.asked if one["key"] == "right-key"]
    for product in sharing:
        mine = [one["test_id"] for one in asked if one["product_code"] == product.code]
        assert mine == [f"{product.code}{n:04}" for n in range(1, 17)]
    assert {fresh(one).state for one in given} == {State.SENT}


def test_a_refusal_of_the_old_key_does_not_pause_the_new_one(
    itep: PretendItep,
    called: Product,
    give_test: Give,
    ada: User,
    by_sam: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stock(called, 1)
    one = give_test(called)

    def change_it() -> None:
        products.create_or_change(code=called.code, actor=by_sam, change={"api_key": "new-key"})

    itep.replies.append(Reply(status=401))
    while_the_call_runs(monkeypatch, change_it)
    while work():
        pass
    called.refresh_from_db()
    assert (called.paused_at, fresh(one).state) == (None, State.SENT)
    assert [asked["key"] for asked in itep.asked] == ["key-of-business", "new-key"]
    assert Entry.objects.filter(kind=alarms.KIND).count() == 0


def test_ten_refusals_in_a_row_pause_a_product_with_one_alarm(
    itep: PretendItep, called: Product, give_test: Give, ada: User
) -> None:
    stock(called, 30)
    itep.replies.extend([Reply(status=409)] * 40)
    for person in people(6):
        give_test(called, person)
    while work():
        pass
    called.refresh_from_db()
    assert (called.paused_at is not None, len(itep.asked)) == (True, 10)
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"]]
    assert mail.outbox[0].subject == "No calls to iTEP for iTEP Business-Plus"
    assert "10 test IDs in a row" in mail.outbox[0].body


def test_nine_and_one_that_is_had_pause_nothing(itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 30)
    refused = [Reply(status=409)] * 4 + [Reply(body={})]
    itep.replies.extend(refused * 3)
    for person in people(3):
        give_test(called, person)
        while work():
            pass
    called.refresh_from_db()
    assert (called.paused_at, len(itep.asked), len(mail.outbox)) == (None, 15, 3)


# Fewer calls, please.


@pytest.mark.parametrize("shape", ["seconds", "date", "nothing"])
def test_too_many_holds_back_every_call_with_that_key(
    itep: PretendItep, called: Product, give_test: Give, shape: str
) -> None:
    sharing = three_with_one_key()[:2]
    stock(called, 1)
    wish = {"seconds": "120", "date": _http_date(timezone.now() + timedelta(seconds=120)), "nothing": None}[shape]
    itep.replies.append(Reply(status=429, headers={"Retry-After": wish} if wish else {}))
    given = [give_test(sharing[n % 2], person) for n, person in enumerate(people(6))]
    other = give_test(called)
    work()
    assert [asked["key"] for asked in itep.asked] == ["one-key-for-all", "key-of-business"]
    assert ({fresh(one).state for one in given}, fresh(other).state) == ({State.CLAIMED}, State.SENT)
    until = Pace.objects.order_by("next_at").last()
    assert until is not None
    expected = 10 if shape == "nothing" else 120
    assert expected - 5 < (until.next_at - timezone.now()).total_seconds() <= expected + 1
    assert set(Entry.objects.filter(state="pending").values_list("pace", "tries")) == {(until.name, 0)}
    assert work() == 0

    Pace.objects.update(next_at=seconds_from_now(-1))
    while work():
        pass
    assert {fresh(one).state for one in given} == {State.SENT}
    assert [one["test_id"] for one in itep.asked[2:]] == ["A0001", "B0001", "A0002", "B0002", "A0003", "B0003"]


def _http_date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")


# What is unknown, and what stopped.


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

"""Leases and paces: one at a time, by the database's clock."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from outbox import leases, locks, registry
from outbox.locks import database_now, take_turn
from outbox.models import Attempt, Entry, EntryState, Lease, Pace
from outbox.registry import Rate
from outbox.running import run_due
from tests.outbox.conftest import Calls, need


def in_threads(count: int, work: Callable[[], object]) -> list[object]:
    """`work` in `count` threads at once, each with its own connection."""

    def alone() -> object:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(alone) for _ in range(count)]]


@pytest.mark.django_db(transaction=True)
def test_many_threads_do_each_entry_once(calls: Calls) -> None:
    registry.register_local("test.work", lambda entry: None)
    for number in range(30):
        need(str(number))
        need(str(number), kind="test.work")
    assert sum(int(str(count)) for count in in_threads(6, run_due)) == 60
    assert sorted(calls.sent, key=int) == [str(number) for number in range(30)]
    assert Entry.objects.filter(state=EntryState.DONE).count() == 60
    assert Attempt.objects.count() == 30


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_two_threads_do_the_same_entry(calls: Calls) -> None:
    """The same work without a lease meets itself: the test above can fail."""
    from threading import Barrier

    need()
    both = Barrier(2, timeout=10)

    def without_lease() -> None:
        entry = locks.due(registry.kinds()).first()
        both.wait()
        assert entry is not None
        calls.perform(entry.key)

    in_threads(2, without_lease)
    assert calls.sent == ["one", "one"]


@pytest.mark.django_db(transaction=True)
def test_a_named_lease_is_held_by_one() -> None:
    with leases.hold("sealer", 60) as first, leases.hold("sealer", 60) as second, leases.hold("drainer", 60) as other:
        assert (first, second, other) == (True, False, True)
    with leases.hold("sealer", 60) as again:
        assert again is True
    assert list(Lease.objects.order_by("name").values_list("name", "token")) == [("drainer", None), ("sealer", None)]


@pytest.mark.django_db
def test_a_named_lease_that_expired_is_free_and_not_given_back_by_its_first_holder() -> None:
    with leases.hold("sealer", 60) as first:
        Lease.objects.update(until=locks.seconds_from_now(-1))
        with leases.hold("sealer", 60) as second:
            assert (first, second) == (True, True)
            taken = Lease.objects.get().token
            locks.give_lease_back("sealer", uuid4())
            assert Lease.objects.get().token == taken


@pytest.mark.django_db(transaction=True)
def test_holding_outside_a_transaction_is_refused() -> None:
    entry = need()
    with pytest.raises(AssertionError):
        locks.hold(entry.pk)
    with pytest.raises(AssertionError):
        locks.hold_ours(entry)


@pytest.mark.django_db
def test_the_databases_now_is_this_machines_now() -> None:
    from django.utils import timezone

    assert abs(database_now() - timezone.now()) < timedelta(seconds=1)
    Pace.objects.create(name="clock", next_at=locks.seconds_from_now(90))
    assert timedelta(seconds=88) < Pace.objects.get().next_at - database_now() < timedelta(seconds=91)


@pytest.mark.django_db
def test_one_begins_and_the_next_may_at_the_pace() -> None:
    assert [take_turn("itep", 5), take_turn("itep", 5), take_turn("mail", 5)] == [True, False, True]
    wait = Pace.objects.get(name="itep").next_at - database_now()
    assert timedelta(milliseconds=50) < wait <= timedelta(seconds=0.2)
    Pace.objects.update(next_at=locks.seconds_from_now(-60))  # a long rest saves no turns up
    assert [take_turn("itep", 5), take_turn("itep", 5)] == [True, False]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_new", [True, False])
def test_one_turn_is_taken_by_one_of_many_threads(is_new: bool) -> None:
    if not is_new:
        Pace.objects.create(name="itep", next_at=locks.seconds_from_now(-1))
    assert sorted(map(bool, in_threads(4, lambda: take_turn("itep", 0.01)))) == [False, False, False, True]


@pytest.mark.django_db
def test_over_the_pace_an_entry_keeps_its_place_and_its_tries(calls: Calls) -> None:
    calls.register(pace=lambda entry: Rate("itep", 0.1))
    for key in ("one", "two", "three"):
        need(key)
    before = dict(Entry.objects.values_list("key", "due_at"))
    assert (run_due(), calls.sent) == (1, ["one"])
    assert (locks.due(["test.call"]).count(), run_due()) == (0, 0)
    assert set(Entry.objects.values_list("pace", "tries", "lease_token")) == {("itep", 0, None)}
    assert dict(Entry.objects.values_list("key", "due_at")) == before
    for key in ("two", "three"):
        Pace.objects.update(next_at=locks.seconds_from_now(-1))
        assert run_due() == 1
        assert calls.sent[-1] == key


@pytest.mark.django_db
def test_who_waits_for_a_turn_keeps_nobody_else_waiting(calls: Calls) -> None:
    calls.register(pace=lambda entry: Rate(entry.key[0], 0.1))
    for key in ("a1", "a2", "a3", "b1"):
        need(key)
    run_due()
    assert calls.sent == ["a1", "b1"]


@pytest.mark.django_db
def test_one_whose_pace_has_changed_waits_under_the_new_one_first(calls: Calls) -> None:
    """Else it would overtake whoever waits there."""
    calls.register(pace=lambda entry: Rate("old", 0.1))
    need("late")
    calls.register(pace=lambda entry: Rate("new", 0.1))
    need("first")
    Entry.objects.filter(key="first").update(due_at=locks.seconds_from_now(-60))
    run_due()
    assert calls.sent == ["first"]
    assert set(Entry.objects.values_list("key", "pace")) == {("late", "new"), ("first", "new")}


@pytest.mark.django_db
def test_how_long_until_the_next_turn(calls: Calls) -> None:
    calls.register(pace=lambda entry: Rate("itep", 0.1))
    for key in ("one", "two"):
        need(key)
    assert locks.until_a_turn() is None
    run_due()
    wait = locks.until_a_turn()
    assert wait is not None
    assert 8 < wait <= 10
    Entry.objects.update(due_at=locks.seconds_from_now(60))
    assert locks.until_a_turn() is None


@pytest.mark.django_db
def test_no_pace_is_no_limit(calls: Calls) -> None:
    calls.register(pace=lambda entry: Rate("itep", 0))
    for key in ("one", "two"):
        need(key)
    assert run_due() == 2
    assert Pace.objects.count() == 0


@pytest.mark.django_db
def test_inside_a_transaction_nothing_is_run(calls: Calls) -> None:
    """A call would hold its locks; and a lease that is not committed keeps nobody away."""
    need()
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        run_due()
    assert calls.sent == []


@pytest.mark.django_db(transaction=True)
def test_endless_work_keeps_its_lease_while_its_process_lives(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    """Renewed well before it expires, and only until the work is done."""
    renewed, real = threading.Event(), locks.renew

    def noted(entry: Entry, seconds: float) -> bool:
        ours = real(entry, seconds)
        renewed.set()
        return ours

    monkeypatch.setattr(locks, "renew", noted)
    calls.during = lambda: renewed.wait(10)
    calls.register(endless=True, lease_seconds=11, repeatable=True)
    need()
    monkeypatch.setattr(leases, "TURNS", 100)
    assert run_due() == 1
    assert renewed.is_set()
    assert Entry.objects.get().state == EntryState.DONE
    assert {one.name for one in threading.enumerate()} & {"lease"} == set()


def test_only_our_own_lease_is_renewed() -> None:
    entry = need()
    leased = locks.lease_next(["test.call"])
    assert leased is not None
    until = Entry.objects.get().lease_until
    assert until is not None
    assert locks.renew(leased, 120) is True
    assert (Entry.objects.get().lease_until or until) > until + timedelta(seconds=50)
    Entry.objects.filter(pk=entry.pk).update(lease_token=uuid4())
    assert locks.renew(leased, 120) is False

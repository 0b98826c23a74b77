"""Work inside the house: once, in order, tried again where it fails, dead where it never works."""

from datetime import UTC, datetime, timedelta

import pytest

from access.models import Payer
from outbox import registry
from outbox.locks import database_now, lease_next
from outbox.models import Entry, EntryState
from outbox.registry import Again, Postpone
from outbox.running import run_due
from tests.outbox.conftest import Killed, expire, make_due, need

pytestmark = pytest.mark.django_db


def work(key: str = "one") -> Entry:
    return need(key, kind="test.work")


def test_the_oldest_goes_first_and_the_unknown_kind_waits() -> None:
    done: list[str] = []
    registry.register_local("test.work", lambda entry: done.append(entry.key))
    early = datetime(2020, 1, 1, tzinfo=UTC)
    work("new")
    need("other", kind="test.nobody")
    need("old", kind="test.work", due_at=early)
    need("old too", kind="test.work", due_at=early)
    need("not yet", kind="test.work", due_at=datetime(2100, 1, 1, tzinfo=UTC))
    assert run_due() == 3
    assert done == ["old", "old too", "new"]
    assert Entry.objects.filter(state=EntryState.PENDING).count() == 2


def test_no_more_than_the_limit() -> None:
    registry.register_local("test.work", lambda entry: None)
    for number in range(5):
        work(str(number))
    assert run_due(limit=2) == 2
    assert Entry.objects.filter(state=EntryState.DONE).count() == 2


def test_a_failure_undoes_the_work_and_waits() -> None:
    def fail(entry: Entry) -> None:
        Payer.objects.create(code="half-done")
        raise ValueError("a name that must not be kept")

    registry.register_local("test.work", fail)
    work()
    assert run_due() == 1
    entry = Entry.objects.get()
    assert Payer.objects.count() == 0
    assert (entry.state, entry.tries, entry.note, entry.lease_token) == (EntryState.PENDING, 1, "ValueError", None)
    assert timedelta(seconds=1) < entry.due_at - database_now() < timedelta(seconds=3)
    assert run_due() == 0


def test_after_its_tries_it_is_dead_and_says_so() -> None:
    def fail(entry: Entry) -> None:
        raise ValueError

    registry.register_local("test.work", fail, max_tries=3)
    entry = work()
    for _ in range(3):
        assert run_due() == 1
        make_due(entry)
    entry.refresh_from_db()
    assert (entry.state, entry.note, entry.tries) == (EntryState.DEAD, "Given up after 3 tries. ValueError", 3)
    assert run_due() == 0


def test_chunks_come_again_until_done() -> None:
    seen: list[int] = []

    def chunk(entry: Entry) -> Again | None:
        seen.append(len(seen))
        return Again() if len(seen) < 4 else None

    registry.register_local("test.work", chunk)
    work()
    assert run_due() == 4
    assert Entry.objects.get().state == EntryState.DONE


def test_not_now_undoes_the_work_and_counts_no_try() -> None:
    until = datetime(2100, 1, 1, tzinfo=UTC)

    def wait(entry: Entry) -> None:
        Payer.objects.create(code="half-done")
        raise Postpone(until, "iTEP rests")

    registry.register_local("test.work", wait)
    work()
    assert run_due() == 1
    entry = Entry.objects.get()
    assert Payer.objects.count() == 0
    assert (entry.due_at, entry.tries, entry.note) == (until, 0, "iTEP rests")


def test_killed_in_the_middle_it_is_done_once_when_the_lease_expired() -> None:
    killed: list[bool] = []

    def die_once(entry: Entry) -> None:
        Payer.objects.create(code="once")
        if not killed:
            killed.append(True)
            raise Killed

    registry.register_local("test.work", die_once)
    entry = work()
    with pytest.raises(Killed):
        run_due()
    assert (Payer.objects.count(), run_due()) == (0, 0)
    expire(entry)
    assert run_due() == 1
    entry.refresh_from_db()
    assert (Payer.objects.count(), entry.state, entry.tries) == (1, EntryState.DONE, 1)


def test_what_kills_its_worker_every_time_is_dead_one_day() -> None:
    def die(entry: Entry) -> None:
        raise Killed

    registry.register_local("test.work", die, max_tries=2)
    entry = work()
    for _ in range(2):
        with pytest.raises(Killed):
            run_due()
        expire(entry)
    assert run_due() == 1
    entry.refresh_from_db()
    assert (entry.state, entry.note) == (EntryState.DEAD, "Given up: its worker ended before it did, 2 times.")


def test_a_lease_that_was_taken_over_does_nothing() -> None:
    from outbox.running import run_one

    done: list[str] = []
    registry.register_local("test.work", lambda entry: done.append(entry.key))
    work()
    slow = lease_next(registry.kinds())
    assert slow is not None
    expire(slow)
    assert run_due() == 1
    run_one(slow)
    assert done == ["one"]

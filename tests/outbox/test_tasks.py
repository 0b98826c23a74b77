"""Celery's doors."""

from datetime import timedelta

import pytest

from outbox import registry, tasks
from outbox.locks import database_now
from outbox.models import Entry, EntryState
from outbox.registry import Rate
from tests.outbox.conftest import Calls, expire, need

pytestmark = pytest.mark.django_db


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    calls: list[bool] = []
    monkeypatch.setattr("outbox.waking.wake_now", lambda: calls.append(True))
    return calls


def test_the_sweep_wakes_where_something_is_due(calls: Calls, woken: list[bool]) -> None:
    tasks.sweep()
    assert woken == []
    need()
    tasks.sweep()
    assert woken == [True]


def test_the_sweep_wakes_for_an_expired_lease_not_for_a_running_one(calls: Calls, woken: list[bool]) -> None:
    entry = need()
    from outbox.locks import lease_next

    lease_next(registry.kinds())
    tasks.sweep()
    assert woken == []
    expire(entry)
    tasks.sweep()
    assert woken == [True]


def test_a_run_does_what_is_due(calls: Calls, woken: list[bool]) -> None:
    for key in ("one", "two"):
        need(key)
    assert (tasks.run_due(), calls.sent, woken) == (2, ["one", "two"], [])


def test_a_long_run_ends_and_wakes_the_next(calls: Calls, woken: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "STRETCH", -1.0)
    for key in ("one", "two"):
        need(key)
    assert (tasks.run_due(), woken) == (1, [True])
    assert Entry.objects.filter(state=EntryState.PENDING).count() == 1


def test_a_run_waits_for_the_next_turn_rather_than_for_the_sweep(calls: Calls, woken: list[bool]) -> None:
    calls.register(pace=lambda entry: Rate("itep", 50))
    for number in range(4):
        need(str(number))
    began = database_now()
    tasks.run_due()
    assert calls.sent == ["0", "1", "2", "3"]
    assert timedelta(seconds=3 / 50) <= database_now() - began < timedelta(seconds=tasks.NEAR)


def test_a_run_does_not_wait_for_a_turn_that_is_far(calls: Calls, woken: list[bool]) -> None:
    calls.register(pace=lambda entry: Rate("itep", 0.01))
    for number in range(2):
        need(str(number))
    tasks.run_due()
    assert (calls.sent, woken) == (["0"], [])

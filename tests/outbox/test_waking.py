"""The wake-up call: seldom, and never felt by whoever caused it."""

import pytest

from outbox import waking


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waits: list[float] = []
    monkeypatch.setattr(waking, "_send", waits.append)
    monkeypatch.setattr(waking, "_latest", 0.0)
    return waits


def at(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr("outbox.waking.time.monotonic", lambda: seconds)


def test_many_needs_send_one_message_now_and_one_for_the_end_of_the_second(
    sent: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, 1000.0)
    waking.wake_now()
    at(monkeypatch, 1000.25)
    for _ in range(500):
        waking.wake_now()
    assert sent == [0.0, 0.75]


def test_after_a_second_the_next_message_goes_at_once(sent: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, 1000.0)
    waking.wake_now()
    at(monkeypatch, 1001.5)
    waking.wake_now()
    assert sent == [0.0, 0.0]


def test_a_dead_broker_is_not_felt(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(wait: float) -> None:
        raise ConnectionRefusedError("redis://secret@host")

    monkeypatch.setattr(waking, "_send", refuse)
    monkeypatch.setattr(waking, "_latest", 0.0)
    waking.wake_now()
    assert [record.getMessage() for record in caplog.records] == ["wake-up call failed: ConnectionRefusedError"]

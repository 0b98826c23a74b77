"""A world of its own for the outbox: kinds that note what was done with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from outbox import entries, registry
from outbox.models import Attempt, Entry, Outcome
from outbox.registry import Again, Answer, Outgoing, Verdict


class Killed(BaseException):
    """Stands for kill -9: nothing may catch it, nothing runs after it."""


@dataclass
class Calls:
    """An outgoing kind `test.call` that notes each step, and answers what the test says."""

    answer: Answer = field(default_factory=lambda: Answer(Outcome.DONE, status=200, note="fine"))
    verdict: Verdict | Again | None = None
    late_verdict: Verdict | None = None
    sent: list[str] = field(default_factory=list)
    recorded: list[Outcome] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    late: list[Outcome] = field(default_factory=list)
    during: Callable[[], Any] = lambda: None

    def prepare(self, entry: Entry, lease_until: datetime) -> str | None:
        return entry.key

    def perform(self, work: str) -> Answer:
        self.sent.append(work)
        self.during()
        return self.answer

    def record(self, entry: Entry, attempt: Attempt, work: str, answer: Answer) -> Verdict | Again | None:
        self.recorded.append(answer.outcome)
        return self.verdict

    def note_lost(self, entry: Entry, attempt: Attempt) -> None:
        self.lost.append(attempt.number)

    def note_late(self, entry: Entry, attempt: Attempt, work: str, answer: Answer) -> Verdict | None:
        self.late.append(answer.outcome)
        return self.late_verdict

    def register(self, **options: Any) -> None:
        steps: dict[str, Any] = {
            "prepare": self.prepare,
            "perform": self.perform,
            "record": self.record,
            "lost": self.note_lost,
            "late": self.note_late,
        }
        registry.register_outgoing("test.call", Outgoing(**(steps | options)))


@pytest.fixture(autouse=True)
def own_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the kinds that the test registers; and no message leaves for a broker."""
    monkeypatch.setattr(registry, "_handlers", {})
    monkeypatch.setattr("outbox.waking._send", lambda wait: None)


@pytest.fixture
def calls() -> Calls:
    made = Calls()
    made.register()
    return made


def need(key: str = "one", *, kind: str = "test.call", due_at: datetime | None = None) -> Entry:
    """An entry, committed."""
    with transaction.atomic():
        return entries.write(kind=kind, key=key, due_at=due_at)


def expire(entry: Entry) -> None:
    """Lets the lease of `entry` expire."""
    from outbox.locks import seconds_from_now

    Entry.objects.filter(pk=entry.pk).update(lease_until=seconds_from_now(-1))


def make_due(entry: Entry) -> None:
    """Lets its back-off pass."""
    from outbox.locks import seconds_from_now

    Entry.objects.filter(pk=entry.pk).update(due_at=seconds_from_now(-1))

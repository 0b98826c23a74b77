"""All that stopped, tried again or given up at once: what the person saw, in order, each with its author."""

from __future__ import annotations

import pytest
from django.test import Client

from access.models import AuditEntry
from outbox import registry
from outbox.models import Entry, EntryState
from outbox.running import run_due
from tests.outbox.conftest import Calls, need

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead(calls: Calls) -> list[Entry]:
    """Three of one kind and one of another; they died in another order than they were written in."""
    registry.register_local("test.work", lambda entry: None)
    made = [need("a"), need("b"), need("c"), need("other", kind="test.work")]
    for tries, entry in enumerate(reversed(made), 1):
        Entry.objects.filter(pk=entry.pk).update(state=EntryState.DEAD, tries=tries, note="no", due_at="2026-01-01T00Z")
    return made


def states() -> dict[str, str]:
    return dict(Entry.objects.values_list("key", "state"))


def chosen(browser: Client, query: str) -> str:
    return str(browser.get(f"/setup/work/{query}").context["chosen"])


def test_all_of_a_kind_are_tried_again_in_the_order_of_their_writing(
    calls: Calls, dead: list[Entry], ada_browser: Client
) -> None:
    page = ada_browser.get("/setup/work/?which=stopped&kind=test.call")
    assert [entry.key for entry, _where in page.context["rows"]] == ["a", "b", "c"]
    assert "Try all 3 again" in page.content.decode()
    ada_browser.post(f"/setup/work/all/again/{page.context['chosen']}")
    assert states() == {"a": "pending", "b": "pending", "c": "pending", "other": "dead"}
    assert set(Entry.objects.filter(state="pending").values_list("tries", "note", "ended_at")) == {(0, "", None)}
    run_due()
    assert calls.sent == ["a", "b", "c"]
    told = AuditEntry.objects.filter(verb="work.tried_again").order_by("pk")
    assert [(one.subject, one.user and one.user.email) for one in told] == [
        (f"work {entry.pk}", "ada@example.org") for entry in dead[:3]
    ]


def test_what_stops_after_the_look_is_left_alone(calls: Calls, dead: list[Entry], ada_browser: Client) -> None:
    seen = chosen(ada_browser, "?which=stopped")
    later = need("later")
    Entry.objects.filter(pk=later.pk).update(state=EntryState.DEAD)
    ada_browser.post(f"/setup/work/all/again/{seen}")
    assert (states()["later"], list(states().values()).count("pending")) == ("dead", 4)


def test_given_up_with_a_reason_only(dead: list[Entry], ada_browser: Client) -> None:
    seen = chosen(ada_browser, "?which=stopped&kind=test.work")
    ada_browser.post(f"/setup/work/all/drop/{seen}", {"reason": "  "})
    assert states()["other"] == "dead"
    ada_browser.post(f"/setup/work/all/drop/{seen}", {"reason": "old"})
    assert states() == {"a": "dead", "b": "dead", "c": "dead", "other": "dropped"}
    assert list(AuditEntry.objects.values_list("verb", "reason")) == [("work.given_up", "old")]


@pytest.mark.parametrize("act", ["again", "drop"])
def test_staff_may_not(dead: list[Entry], sam_browser: Client, act: str) -> None:
    query = f"?newest={dead[-1].pk}&kind="
    assert sam_browser.post(f"/setup/work/all/{act}/{query}", {"reason": "x"}).status_code == 403
    assert set(states().values()) == {"dead"}


def test_without_saying_which_nothing_happens(dead: list[Entry], ada_browser: Client) -> None:
    ada_browser.post("/setup/work/all/again/")
    assert set(states().values()) == {"dead"}

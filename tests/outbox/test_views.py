"""The page of work under way: what stands where, and two acts for what has stopped."""

from uuid import uuid4

import pytest
from django.test import Client

from access.models import AuditEntry
from outbox import queries
from outbox.locks import seconds_from_now
from outbox.models import Attempt, Entry, EntryState, Outcome
from outbox.queries import Counts
from tests.outbox.conftest import need

pytestmark = pytest.mark.django_db


@pytest.fixture
def some() -> dict[str, Entry]:
    """One entry of each kind of standing."""
    made = {name: need(name) for name in ("stopped", "unknown", "due", "working", "later", "done", "dropped")}
    states = {"stopped": "dead", "unknown": "unknown", "done": "done", "dropped": "dropped"}
    for name, state in states.items():
        Entry.objects.filter(key=name).update(state=state)
    Entry.objects.filter(key="working").update(lease_token=uuid4(), lease_until=seconds_from_now(60))
    Entry.objects.filter(key="later").update(due_at=seconds_from_now(60))
    return {name: Entry.objects.get(pk=entry.pk) for name, entry in made.items()}


def test_each_stands_in_one_place(some: dict[str, Entry], ada_browser: Client) -> None:
    assert queries.counts() == Counts(stopped=1, unknown=1, due=1, working=1, later=1)
    rows = ada_browser.get("/setup/work/").context["rows"]
    assert [(entry.key, where) for entry, where in rows] == [
        (name, name) for name in ("stopped", "unknown", "due", "working", "later")
    ]


@pytest.mark.parametrize("which", ["stopped", "unknown", "due", "working", "later"])
def test_a_filter_shows_its_own(which: str, some: dict[str, Entry], ada_browser: Client) -> None:
    rows = ada_browser.get(f"/setup/work/?which={which}").context["rows"]
    assert [entry.key for entry, _where in rows] == [which]


def test_our_own_words_stay_off_the_page(some: dict[str, Entry], ada_browser: Client) -> None:
    for page in ("/setup/work/", f"/setup/work/{some['stopped'].pk}/"):
        text = ada_browser.get(page).content.decode().lower()
        assert "outbox" not in text
        assert "lease" not in text.replace("release", "")


def test_an_entry_shows_its_attempts(some: dict[str, Entry], ada_browser: Client) -> None:
    Attempt.objects.create(
        entry=some["stopped"],
        number=1,
        lease_token=uuid4(),
        outcome=Outcome.REFUSED,
        status=409,
        request="POST <x>",
        answer="no",
        late=True,
    )
    text = ada_browser.get(f"/setup/work/{some['stopped'].pk}/").content.decode()
    assert all(words in text for words in ("(409)", "POST &lt;x&gt;", "came too late"))


def test_what_stopped_is_tried_again(some: dict[str, Entry], ada_browser: Client) -> None:
    page = f"/setup/work/{some['stopped'].pk}/again/"
    assert ada_browser.get(page).status_code == 405
    assert ada_browser.post(page).status_code == 302
    assert Entry.objects.get(key="stopped").state == EntryState.PENDING
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["work.tried_again"]


def test_what_stopped_is_given_up_with_a_reason(some: dict[str, Entry], ada_browser: Client) -> None:
    page = f"/setup/work/{some['stopped'].pk}/drop/"
    ada_browser.post(page, {"reason": " "})
    assert Entry.objects.get(key="stopped").state == EntryState.DEAD
    ada_browser.post(page, {"reason": "no longer wanted"})
    assert Entry.objects.get(key="stopped").state == EntryState.DROPPED
    assert [told.reason for told in AuditEntry.objects.all()] == ["no longer wanted"]


@pytest.mark.parametrize("name", ["unknown", "due", "working", "later", "done", "dropped"])
def test_the_others_have_no_acts(name: str, some: dict[str, Entry], ada_browser: Client) -> None:
    for act in ("again", "drop"):
        ada_browser.post(f"/setup/work/{some[name].pk}/{act}/", {"reason": "x"})
    assert Entry.objects.get(key=name).state == some[name].state
    assert AuditEntry.objects.count() == 0
    assert "Try again" not in ada_browser.get(f"/setup/work/{some[name].pk}/").content.decode()


def test_staff_do_neither(some: dict[str, Entry], sam_browser: Client) -> None:
    pk = some["stopped"].pk
    assert [sam_browser.post(f"/setup/work/{pk}/{act}/", {"reason": "x"}).status_code for act in ("again", "drop")] == [
        403,
        403,
    ]
    assert (sam_browser.get("/setup/work/").status_code, Entry.objects.get(pk=pk).state) == (403, EntryState.DEAD)

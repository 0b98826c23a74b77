"""Writing needs, trying again, giving up."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry
from outbox import entries
from outbox.entries import Need
from outbox.errors import NotNow
from outbox.models import Entry, EntryState
from tests.outbox.conftest import need


@pytest.mark.django_db(transaction=True)
def test_a_need_outside_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        entries.write(kind="test.call", key="one")
    assert Entry.objects.count() == 0


@pytest.mark.django_db
def test_the_same_need_twice_is_one_entry() -> None:
    oid = uuid4()
    first = entries.write(kind="test.call", key="one", payload={"a": 1}, oid=oid)
    second = entries.write(kind="test.call", key="one", payload={"a": 2})
    assert first == second
    assert (second.payload, second.oid, second.state) == ({"a": 1}, oid, EntryState.PENDING)
    entries.write(kind="test.mail", key="one")
    assert Entry.objects.count() == 2


@pytest.mark.django_db
def test_many_needs_leave_those_that_stand() -> None:
    later = timezone.now() + timedelta(hours=1)
    entries.write(kind="test.call", key="1", due_at=later)
    entries.write_many(Need("test.call", str(number)) for number in range(700))
    assert Entry.objects.count() == 700
    assert Entry.objects.get(key="1").due_at == later


@pytest.mark.django_db
def test_a_dead_entry_can_be_tried_again_by_a_person(by_sam: Actor) -> None:
    entry = need()
    Entry.objects.update(state=EntryState.DEAD, tries=9, ended_at=timezone.now(), note="no")
    again = entries.again(entry_id=entry.pk, actor=by_sam)
    assert (again.state, again.tries, again.note, again.ended_at) == (EntryState.PENDING, 0, "", None)
    assert AuditEntry.objects.get().verb == "work.tried_again"


@pytest.mark.django_db
@pytest.mark.parametrize("state", [EntryState.PENDING, EntryState.DONE, EntryState.UNKNOWN, EntryState.DROPPED])
def test_only_a_dead_entry_can_be_tried_again(state: EntryState, by_sam: Actor) -> None:
    entry = need()
    Entry.objects.update(state=state)
    with pytest.raises(NotNow):
        entries.again(entry_id=entry.pk, actor=by_sam)
    assert Entry.objects.get().state == state
    assert AuditEntry.objects.count() == 0


@pytest.mark.django_db
def test_a_person_gives_an_entry_up(by_sam: Actor) -> None:
    entry = need()
    Entry.objects.update(state=EntryState.DEAD)
    assert entries.drop(entry_id=entry.pk, actor=by_sam, reason="twice").state == EntryState.DROPPED
    told = AuditEntry.objects.get()
    assert (told.verb, told.reason) == ("work.given_up", "twice")


@pytest.mark.django_db
def test_what_is_being_worked_on_cannot_be_given_up(by_sam: Actor) -> None:
    entry = need()
    Entry.objects.update(lease_token=uuid4(), lease_until=timezone.now())
    with pytest.raises(NotNow):
        entries.drop(entry_id=entry.pk, actor=by_sam, reason="twice")
    assert Entry.objects.get().state == EntryState.PENDING
    assert AuditEntry.objects.count() == 0


@pytest.mark.django_db
def test_evidence_settles_the_unknown_alone() -> None:
    oid = uuid4()
    for number, state in enumerate(EntryState.values):
        entries.write(kind="test.call", key=str(number), oid=oid)
        Entry.objects.filter(key=str(number)).update(state=state)
    assert entries.settled(kind="test.call", oid=oid, note="an export says so") == 1
    assert Entry.objects.filter(state=EntryState.DONE, note="an export says so").count() == 1
    assert Entry.objects.filter(state=EntryState.PENDING).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_need_wakes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[float] = []
    monkeypatch.setattr("outbox.waking._send", woken.append)
    monkeypatch.setattr("outbox.waking._latest", 0.0)
    with transaction.atomic():
        entries.write(kind="test.call", key="one")
        transaction.set_rollback(True)
    assert woken == []
    need()
    assert woken == [0.0]

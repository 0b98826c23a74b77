"""The database keeps the trail append-only."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from access.actors import Actor
from access.append_only import unlocked
from access.audit import record
from access.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(by_sam: Actor) -> AuditEntry:
    return record(actor=by_sam, verb="payer.created", subject="hr", reason="asked by phone", oid=uuid4())


def change(told: AuditEntry, **fields: Any) -> None:
    with transaction.atomic():
        AuditEntry.objects.filter(pk=told.pk).update(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"verb": "payer.changed"},
        {"subject": "other"},
        {"at": timezone.now()},
        {"user": None},
        {"by": "x"},
        {"oid": None},
        {"test_id": "X"},
        {"product": "X"},
        {"source": "X"},
        {"detail": {"a": 1}},
        {"actor_kind": "system"},
        {"reason": "other words"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_row_does_not_change(fields: dict[str, Any], told: AuditEntry) -> None:
    before = AuditEntry.objects.values().get()
    with pytest.raises(DatabaseError, match="append-only"):
        change(told, **fields)
    assert AuditEntry.objects.values().get() == before


def test_a_row_is_not_deleted(told: AuditEntry) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        told.delete()
    assert AuditEntry.objects.count() == 1


def test_a_number_is_given_once(told: AuditEntry) -> None:
    change(told, number=7)
    for other in (8, None):
        with pytest.raises(DatabaseError, match="append-only"):
            change(told, number=other)
    assert AuditEntry.objects.get().number == 7


def test_a_persons_words_can_be_blanked(told: AuditEntry) -> None:
    change(told, reason="")
    assert AuditEntry.objects.get().reason == ""


def test_played_rows_can_be_removed_and_the_guard_is_back(told: AuditEntry, by_sam: Actor) -> None:
    with unlocked():
        AuditEntry.objects.all().delete()
        record(actor=by_sam, verb="portal.started_clean")
    assert AuditEntry.objects.count() == 1
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()


def test_the_guard_is_back_when_the_removal_fails(told: AuditEntry) -> None:
    def fail() -> None:
        with unlocked():
            AuditEntry.objects.all().delete()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()
    assert AuditEntry.objects.count() == 1


def test_words_are_not_readable_in_the_database(told: AuditEntry) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM access_auditentry")
        assert "phone" not in cursor.fetchone()[0]

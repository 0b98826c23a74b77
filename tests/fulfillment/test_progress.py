"""iTEP's status beside ours: a later word stands, an older one changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from access.models import AuditEntry
from fulfillment import progress
from fulfillment.models import Fulfillment, State
from inventory.models import Product
from tests.fulfillment.conftest import Give, fresh

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def one(academic: Product, give_test: Give) -> Fulfillment:
    return give_test(academic)


def seen(one: Fulfillment, raw: str, minutes: int = 0) -> bool:
    return progress.seen(oid=one.oid, status_raw=raw, at=NOW + timedelta(minutes=minutes), by="webhook")


def heard() -> int:
    return AuditEntry.objects.filter(verb="fulfillment.status_seen").count()


def test_the_word_and_its_spelling_are_kept(one: Fulfillment) -> None:
    assert seen(one, " Technical  Difficulty ") is True
    one = fresh(one)
    assert (one.itep_status, one.itep_status_raw) == ("problem", "Technical Difficulty")
    assert (one.itep_status_at, one.itep_status_by, one.state) == (NOW, "webhook", State.WAITING)


def test_an_older_word_changes_nothing(one: Fulfillment) -> None:
    seen(one, "Completed", 10)
    assert seen(one, "Finished", 5) is False
    assert (fresh(one).itep_status, heard()) == ("completed", 1)


def test_the_same_word_is_one_event(one: Fulfillment) -> None:
    assert [seen(one, "Finished", minute) for minute in range(3)] == [True, False, False]
    assert heard() == 1
    assert fresh(one).itep_status_at == NOW + timedelta(minutes=2)


def test_a_spelling_never_seen_before_is_kept(one: Fulfillment) -> None:
    seen(one, "Archived")
    assert (fresh(one).itep_status, fresh(one).itep_status_raw) == ("", "Archived")


def test_nothing_said_is_nothing(one: Fulfillment) -> None:
    seen(one, "Started")
    assert seen(one, " ", 5) is False
    assert fresh(one).itep_status == "started"

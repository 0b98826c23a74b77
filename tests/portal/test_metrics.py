"""`/metrics` says what the database says."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from inventory.models import Product
from outbox.models import Entry, EntryState
from tests.conftest import stock


def lines(client: Client) -> dict[str, str]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    found = [line.rsplit(" ", 1) for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return dict(found)


@pytest.mark.django_db
def test_an_empty_portal_waits_for_nothing(client: Client) -> None:
    assert lines(client) == {
        "portal_unexplained_differences": "0.0",
        "portal_outbox_oldest_due_seconds": "0.0",
        "portal_calls_unknown": "0.0",
        "portal_calls_waiting": "0.0",
        "portal_calls_oldest_waiting_seconds": "0.0",
        "portal_itep_silent_seconds": "0.0",
        "portal_webhook_oldest_kept_seconds": "0.0",
    }


@pytest.mark.django_db
def test_entries_are_counted_by_kind_and_state_and_the_oldest_due_one_is_timed(client: Client) -> None:
    now = timezone.now()
    Entry.objects.create(kind="a.call", key="1", due_at=now - timedelta(seconds=90))
    Entry.objects.create(kind="a.call", key="2", due_at=now + timedelta(hours=1))
    Entry.objects.create(kind="a.mail", key="1", state=EntryState.DEAD)

    found = lines(client)

    assert found['portal_outbox_entries{kind="a.call",state="pending"}'] == "2.0"
    assert found['portal_outbox_entries{kind="a.mail",state="dead"}'] == "1.0"
    assert 90 <= float(found["portal_outbox_oldest_due_seconds"]) < 100


def test_stock_is_counted_by_product(client: Client, academic: Product) -> None:
    rows = stock(academic, 3)

    found = lines(client)

    assert found['portal_test_ids{product="ACAD-PLUS",state="available"}'] == "3.0"
    assert all(row.test_id not in line for line in found for row in rows)


@pytest.mark.django_db
def test_it_only_reads(client: Client) -> None:
    assert client.post("/metrics").status_code == 405

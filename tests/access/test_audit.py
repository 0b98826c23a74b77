"""The trail is the story of a test ID and the timeline of a fulfillment."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from access.actors import Actor
from access.audit import record, story, who
from access.models import ApiClient, AuditEntry

OID = uuid4()


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        record(actor=Actor.system("x"), verb="a.b")
    assert AuditEntry.objects.count() == 0


@pytest.mark.django_db
def test_a_story_is_of_one_thing() -> None:
    by = Actor.system("x")
    record(actor=by, verb="test_id.reserved", test_id="T1", oid=OID)
    record(actor=by, verb="test_id.added", test_id="T1")
    record(actor=by, verb="test_id.added", test_id="T2", oid=uuid4())
    assert [told.verb for told in story(test_id="T1")] == ["test_id.reserved", "test_id.added"]
    assert [told.verb for told in story(oid=OID)] == ["test_id.reserved"]
    for wrong in ({}, {"test_id": "T1", "oid": OID}):
        with pytest.raises(ValueError, match="story"):
            story(**wrong)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_an_author_in_words(by_sam: Actor, hr_client: ApiClient) -> None:
    actors = [by_sam, Actor.api(hr_client), Actor.itep("webhook"), Actor.command("reconcile"), Actor.candidate()]
    words = [who(record(actor=actor, verb="a.b")) for actor in actors]
    assert words == ["Sam Staff", "API: hr-system", "iTEP: webhook", "Command line: reconcile", "The candidate"]


@pytest.mark.django_db
@pytest.mark.parametrize("about", [{"test_id": "A1"}, {"subject": "purchase 3"}, {"oid": OID}])
def test_a_story_is_found_by_an_index(about: dict[str, Any]) -> None:
    """On SQLite, which says which it takes; the trail grows by a hundred thousand rows with each export."""
    with CaptureQueriesContext(connection) as asked:
        story(**about)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[0]['sql']}")
            plan = " ".join(str(row) for row in cursor.fetchall())
        assert f"USING INDEX audit_{next(iter(about))}" in plan, plan

"""The trail is the story of a test ID and the timeline of a fulfillment."""

from uuid import uuid4

import pytest
from django.db.transaction import TransactionManagementError

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

"""Work that rooms below ask for through the outbox: an export contradicts a result."""

from __future__ import annotations

from access.actors import Actor
from fulfillment.models import Fulfillment
from outbox.models import Entry
from results import asking, recording
from results.recording import subject_of


def follow(entry: Entry) -> None:
    """An ID was adopted: the results that came of it before are its person's, unless they have some already."""
    assert entry.oid is not None
    fulfillment = Fulfillment.objects.get(oid=entry.oid)
    recording.join_outside(fulfillment, entry.payload["test_id"])


def doubt(entry: Entry) -> None:
    """The current result of the ID is in doubt, not recalled by itself (DESIGN.md section 5, row d)."""
    said = entry.payload
    fulfillment = Fulfillment.objects.filter(oid=entry.oid).first() if entry.oid else None
    asking.doubt(
        oid_subject=subject_of(fulfillment, said["test_id"]),
        why=said["why"],
        actor=Actor.itep("export"),
        source=said["source"],
    )

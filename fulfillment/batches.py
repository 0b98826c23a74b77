"""Giving many: a draft that somebody looks at, a yes, and the worker gives row by row (run again, nobody gets two)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from access.models import Payer
from fulfillment import adopting, batch_rows, batch_stock, holding, locks, old_knowledge, undoing
from fulfillment.adopting import Outside
from fulfillment.candidates import person_digest
from fulfillment.errors import BatchMoved, DoesNotFit
from fulfillment.models import Batch, BatchFile, BatchRow, BatchState, Decision, Found, RowState
from inventory.errors import NoInventory
from inventory.models import Delivery
from outbox import entries
from outbox.models import Entry
from outbox.registry import Again

KIND = "fulfillment.batch"
ROWS_AT_ONCE = 25  # given in one transaction, so that none stays open long


@transaction.atomic
def draft_adoption(*, found: list[Outside], actor: Actor, payer: Payer | None = None) -> Batch:
    """IDs assigned outside, each with the person whom its text names, kept for the preview. Nothing is adopted yet."""
    batch = Batch.objects.create(adopts=True, payer=payer, delivery=Delivery.NONE, user=actor.user)
    asked: list[Any] = [{**asdict(one.person), "test_id": one.row.test_id} for one in found]
    BatchRow.objects.bulk_create(
        [BatchRow(batch=batch, number=number, asked=row) for number, row in enumerate(asked, start=1)], batch_size=500
    )
    audit.record(actor=actor, verb="batch.drafted", subject=f"batch {batch.pk}", detail={"adopts": len(found)})
    return batch


@transaction.atomic
def decide(*, batch_id: int, decisions: Mapping[int, Decision], actor: Actor) -> int:
    """What a person wants of rows whose person has something already, by the rows' keys. Returns how many it changed.

    Rows of which nothing is known have nothing to decide. Raises BatchMoved once the batch was given, or given up.
    """
    batch = locks.batch(batch_id)
    if batch.state != BatchState.DRAFT or batch.adopts:
        raise BatchMoved("This batch was given, or given up, by now. Nothing was changed.")
    changed = 0
    for decision in Decision:
        rows = [pk for pk, wanted in decisions.items() if wanted == decision]
        open_ones = batch.rows.filter(pk__in=rows).exclude(found=Found.NOTHING).exclude(decision=decision)
        changed += open_ones.update(decision=decision)
    _tell_decided(batch, changed, actor)
    return changed


@transaction.atomic
def decide_all(*, batch_id: int, decision: Decision, actor: Actor) -> int:
    """As `decide`, one switch for all of them."""
    rows = BatchRow.objects.filter(batch=batch_id).exclude(found=Found.NOTHING).values_list("pk", flat=True)
    return decide(batch_id=batch_id, decisions=dict.fromkeys(rows, decision), actor=actor)


def _tell_decided(batch: Batch, changed: int, actor: Actor) -> None:
    if changed:
        about = f"batch {batch.pk}"
        audit.record(actor=actor, verb="batch.decided", subject=about, detail={"rows": changed})


@transaction.atomic
def confirm(
    *,
    batch_id: int,
    actor: Actor,
    allow_duplicate: bool = False,
    go_on: bool = False,
    all_or_nothing: bool = False,
) -> Batch:
    """Somebody has seen the rows and says yes. Again, it changes nothing.

    `all_or_nothing`: nothing is given unless every row gets a test ID now. Raises DoesNotFit where not every one would,
    OldKnowledge where a fresh export should come first (`go_on`: somebody said to go on anyway), BatchMoved.
    """
    batch = locks.batch(batch_id)
    if batch.state in (BatchState.CONFIRMED, BatchState.UNDONE):
        return batch
    if batch.state != BatchState.DRAFT:
        raise BatchMoved("This batch has no rows that could be given.")
    if not go_on:
        old_knowledge.check(batch)
    if all_or_nothing and (later := sum(one.later for one in batch_stock.fits(batch))):
        raise DoesNotFit(later)
    batch.state, batch.confirmed_at, batch.confirmed_by = BatchState.CONFIRMED, timezone.now(), actor.user
    batch.allow_duplicate, batch.all_or_nothing = allow_duplicate, all_or_nothing
    batch.calls_from = None if batch.adopts else holding.calls_from(all_or_nothing=all_or_nothing)
    batch.save()
    BatchFile.objects.filter(batch=batch).delete()
    entries.write(kind=KIND, key=str(batch.pk), payload={"batch": batch.pk})
    detail = {"over_old_knowledge": go_on} | ({"all_or_nothing": True} if all_or_nothing else {})
    audit.record(actor=actor, verb="batch.confirmed", subject=f"batch {batch.pk}", detail=detail)
    return batch


def run(entry: Entry) -> Again | None:
    """Some rows, and again until none is left. A row's outcome is written with what it came to."""
    batch = locks.batch(entry.payload["batch"])
    if batch.state != BatchState.CONFIRMED:
        return None
    try:
        given = _give_some(batch)
    except NoInventory as lacking:
        why = f"Nothing was given, as not every row could get a test ID: {lacking}"
        undoing.take_back(batch, actor=Actor.system("worker"), why=why)
        return None
    if given == ROWS_AT_ONCE:
        return Again()
    holding.let_go(batch)
    return None


@transaction.atomic
def _give_some(batch: Batch) -> int:
    """Raises NoInventory, and then gives none of these."""
    rows = list(batch.rows.filter(state=RowState.TODO).select_related("product", "payer")[:ROWS_AT_ONCE])
    for row in rows:
        batch_rows.give(batch, row, _by(batch))
    BatchRow.objects.bulk_update(rows, batch_rows.WRITTEN)
    return len(rows)


def known_before(batch: Batch) -> set[int]:
    """The rows of an adoption whose people have a test of the product already, or stand in the list twice with it."""
    rows = {row.asked["test_id"]: row for row in batch.rows.filter(state=RowState.TODO)}
    found = adopting.look(adopting.outside().filter(test_id__in=list(rows)))
    doubles, seen = set(), set()
    for one in sorted(found, key=lambda outside: rows[outside.row.test_id].number):
        key = (one.row.product_id, person_digest(one.person))
        if one.waits or one.known or (key[1] and key in seen):
            doubles.add(rows[one.row.test_id].pk)
        seen.add(key)
    return doubles


def _by(batch: Batch) -> Actor:
    """Who said yes."""
    user = batch.confirmed_by or batch.user
    return Actor.person(user) if user else Actor.system("worker")
